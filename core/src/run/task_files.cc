// Where tasks say that they are done, and what they made.
#include <filesystem>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "task.h"

namespace siku::run {
namespace {

namespace fs = std::filesystem;

// A task of many steps says little; a larger file is none of ours.
constexpr int64_t kMarkerLimit = int64_t{64} << 20;

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

// Of one that has a marker.
Result<bool> IsDone(const RunState& state, int stage, int split) {
  SIKU_TRY(const auto task, LoadTask(state.folder, stage, split));
  for (const auto& [dataset, output] : task.outputs) {
    for (const DataFile& file : output.files) {
      SIKU_TRY(const bool there, state.store->HasData(file.sha256));
      if (there) continue;
      SIKU_TRY(Drop(TaskMarker(state.folder, stage, split)));
      return false;
    }
  }
  return true;
}

}  // namespace

std::string TaskMarker(const std::string& folder, int stage, int split) {
  return folder + "/tasks/" + std::to_string(stage) + "-" + std::to_string(split) + ".json";
}

std::string ReduceMarker(const RunState& state, int node, int partition) {
  return state.folder + "/parts/" + state.plan->nodes()[static_cast<size_t>(node)].name + "." +
         std::to_string(partition) + ".verdicts";
}

std::string AttemptPrefix(int stage, int split) {
  return std::to_string(stage) + "-" + std::to_string(split) + "-" + UniqueName();
}

std::string RoundMarker(const RunState& state, int node, int round, int part) {
  const Node& step = state.plan->nodes()[static_cast<size_t>(node)];
  return state.folder + "/parts/" + step.name + "." +
         step.global()->rounds()[static_cast<size_t>(round)].name + "." + std::to_string(part) +
         ".part";
}

std::string SideFileOf(const RunState& state, int node) {
  return ReduceMarker(state, node, 0) + ".side";
}

Result<TaskResult> LoadTask(const std::string& folder, int stage, int split) {
  const std::string path = TaskMarker(folder, stage, split);
  SIKU_TRY(Bring(path));
  const auto text = ReadWhole(path, kMarkerLimit);
  if (!text.has_value() && text.error().code == Code::kNotFound) {
    return Fail(Code::kConflict, "a task that this needs is not done", PlaceOf(path), {},
                "tasks of a phase need all of the phases before it");
  }
  if (!text.has_value()) return tl::unexpected<Error>(text.error());
  return TaskFromJson(*text, PlaceOf(path));
}

std::vector<std::pair<std::string, std::string*>> FilesOf(TaskResult& task) {
  std::vector<std::pair<std::string, std::string*>> files;
  const auto add = [&](const char* folder, std::string& name) {
    if (!name.empty()) files.emplace_back(folder, &name);
  };
  add("/parts/", task.record_digests);
  for (auto& [port, name] : task.spools) add("/parts/", name);
  for (auto& [step, name] : task.sketches) add("/parts/", name);
  for (auto& [dataset, output] : task.outputs) add("/parts/", output.digests);
  for (LedgerFile& table : task.ledger) add("/ledger/", table.file);
  return files;
}

Result<void> PublishTask(const std::string& folder, int stage, int split, TaskResult& task) {
  SIKU_TRY(SyncFolder(folder + "/ledger"));
  SIKU_TRY(SyncFolder(folder + "/parts"));
  const std::string marker = TaskMarker(folder, stage, split);
  const std::string temporary = marker + "." + UniqueName() + ".new";
  SIKU_TRY(WriteDurably(temporary, TaskJson(task)));
  for (const auto& [below, name] : FilesOf(task)) SIKU_TRY(Share(folder + below + *name));
  return ShareOnce(temporary, marker);
}

Result<std::vector<int>> TasksLeft(const RunState& state, int stage) {
  std::vector<int> left;
  SIKU_TRY(const auto names, NamesIn(state.folder + "/tasks"));
  for (int split = 0; split < static_cast<int>(state.splits.size()); ++split) {
    bool done = names.contains(NameOf(TaskMarker(state.folder, stage, split)));
    if (done) {
      SIKU_TRY(done, IsDone(state, stage, split));
    }
    if (!done) left.push_back(split);
  }
  return left;
}

Result<std::vector<int>> ReducesLeft(const RunState& state, int node) {
  std::vector<int> left;
  SIKU_TRY(const auto names, NamesIn(state.folder + "/parts"));
  const Node& step = state.plan->nodes()[static_cast<size_t>(node)];
  for (int i = 0; i < ReduceTasks(state, step); ++i) {
    if (!names.contains(NameOf(ReduceMarker(state, node, i)))) left.push_back(i);
  }
  return left;
}

Result<std::vector<int>> RoundLeft(const RunState& state, int node, int round) {
  std::vector<int> left;
  SIKU_TRY(const auto names, NamesIn(state.folder + "/parts"));
  if (names.contains(NameOf(ReduceMarker(state, node, 0)))) return left;
  for (int part = 0; part < RoundParts(state); ++part) {
    if (!names.contains(NameOf(RoundMarker(state, node, round, part)))) left.push_back(part);
  }
  return left;
}

}  // namespace siku::run
