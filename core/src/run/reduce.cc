// Tasks between two stages of a step that exchanges: parts of rounds, then what gives verdicts.
#include <algorithm>
#include <filesystem>

#include "../objects/mirror.h"
#include "exchange.h"
#include "global.h"
#include "task.h"

namespace siku::run {
namespace {

// More would be too small even of large runs, and too many files.
constexpr int kMostParts = 256;

const Node& NodeOf(const RunState& state, int node) {
  return state.plan->nodes()[static_cast<size_t>(node)];
}

// Of a step, by split; empty where a split had no rows.
Result<std::vector<std::string>> SketchesOf(const RunState& state, const Node& step) {
  std::vector<std::string> sketches;
  for (int split = 0; split < static_cast<int>(state.splits.size()); ++split) {
    SIKU_TRY(const auto task, LoadTask(state.folder, step.stage - 1, split));
    const auto found = task.sketches.find(step.name);
    sketches.push_back(found == task.sketches.end() ? ""
                                                    : state.folder + "/parts/" + found->second);
  }
  return sketches;
}

// The spools of a port, by split.
Result<std::vector<std::string>> SpoolsOf(const RunState& state, PortId port) {
  const int stage = NodeOf(state, port.node).stage;
  std::vector<std::string> paths;
  for (int split = 0; split < static_cast<int>(state.splits.size()); ++split) {
    SIKU_TRY(const auto task, LoadTask(state.folder, stage, split));
    paths.push_back(state.folder + "/parts/" + task.spools.at(state.plan->PortName(port)));
  }
  return paths;
}

// Files of the rounds before `round`, up to the first that is not whole.
Result<std::vector<std::vector<std::string>>> LeftBefore(const RunState& state, int node,
                                                         int round) {
  std::vector<std::vector<std::string>> left;
  SIKU_TRY(const auto names, NamesIn(state.folder + "/parts"));
  const int parts = RoundParts(state);
  for (int i = 0; i < round; ++i) {
    std::vector<std::string> files;
    for (int part = 0; part < parts; ++part) {
      files.push_back(RoundMarker(state, node, i, part));
      if (!names.contains(std::filesystem::path(files.back()).filename().string())) return left;
    }
    left.push_back(std::move(files));
  }
  return left;
}

Result<GlobalTask> TaskOf(const RunState& state, int node, const std::string& attempt, bool whole) {
  const Node& step = NodeOf(state, node);
  SIKU_TRY(auto sketches, SketchesOf(state, step));
  std::vector<std::string> inputs;
  if (whole && step.from.size() == 1) {
    SIKU_TRY(inputs, SpoolsOf(state, step.from.front()));
  }
  return GlobalTask{.bound = step.global(),
                    .record = &step.op->record(),
                    .sketches = std::move(sketches),
                    .inputs = std::move(inputs),
                    .key = state.key,
                    .spill_folder = attempt + ".spill",
                    .memory = state.memory,
                    .threads = state.threads,
                    .stop = state.stop};
}

Result<void> Resolve(const RunState& state, int node, const std::string& attempt) {
  const Node& step = NodeOf(state, node);
  const bool side = step.ports.size() > 1;
  SIKU_TRY(GlobalTask task, TaskOf(state, node, attempt, true));
  const auto rounds = static_cast<int>(step.global()->rounds().size());
  SIKU_TRY(task.left, LeftBefore(state, node, rounds));
  task.verdicts = attempt + ".verdicts.new";
  if (side) task.side = attempt + ".side.new";
  SIKU_TRY(ResolveGlobal(task));
  if (side) SIKU_TRY(ShareOnce(task.side, SideFileOf(state, node)));
  return ShareOnce(task.verdicts, ReduceMarker(state, node, 0));
}

}  // namespace

int ReduceTasks(const RunState& state, const Node& step) {
  return step.global() != nullptr ? 1 : state.partitions;
}

int RoundParts(const RunState& state) {
  return std::min(static_cast<int>(state.splits.size()), kMostParts);
}

std::vector<std::string> RoundsOf(const RunState& state, const Node& step) {
  std::vector<std::string> names;
  if (step.global() == nullptr || RoundParts(state) == 1) return names;
  for (const auto& round : step.global()->rounds()) names.push_back(round.name);
  return names;
}

Result<void> RunReduce(const RunState& state, int node, int partition) {
  const Node& step = NodeOf(state, node);
  const std::string attempt = state.folder + "/parts/" + AttemptPrefix(step.stage, partition);
  if (step.global() != nullptr) return Resolve(state, node, attempt);
  SIKU_TRY(const auto sketches, SketchesOf(state, step));
  const std::string temporary = attempt + ".verdicts.new";
  SIKU_TRY(ReducePartition(*step.keyed(), step.op->record(), sketches, partition, state.partitions,
                           temporary, state.key));
  return ShareOnce(temporary, ReduceMarker(state, node, partition));
}

Result<void> RunRound(const RunState& state, int node, int round, int part) {
  const Node& step = NodeOf(state, node);
  const std::string attempt = state.folder + "/parts/" + AttemptPrefix(step.stage, part);
  const bool whole = step.global()->rounds()[static_cast<size_t>(round)].whole;
  SIKU_TRY(GlobalTask task, TaskOf(state, node, attempt, whole));
  SIKU_TRY(task.left, LeftBefore(state, node, round));
  if (std::ssize(task.left) < round) {
    return Fail(Code::kConflict, "a task that this needs is not done", step.name, {},
                "tasks of a phase need all of the phases before it");
  }
  const std::string temporary = attempt + ".part.new";
  SIKU_TRY(DoGlobalPart(task, round, part, RoundParts(state), temporary));
  return ShareOnce(temporary, RoundMarker(state, node, round, part));
}

}  // namespace siku::run
