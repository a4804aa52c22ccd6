#include "take_over.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "run_state.h"
#include "task.h"
#include "text_bytes.h"

namespace siku::run {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json StepsOf(const Prepared& prepared, const json& file, int stage) {
  json steps = json::array();
  for (const auto& indices : {prepared.plan.Steps(stage), prepared.plan.Sketches(stage)}) {
    for (const int index : indices) {
      const std::string& name = prepared.plan.nodes()[static_cast<size_t>(index)].name;
      steps.push_back({file.at("recipe").at("canonical").at("steps").at(name),
                       file.at("graph").at(static_cast<size_t>(index))});
    }
  }
  return steps;
}

// `file`: the run's, as JSON. All stages read the same in the same way.
bool ReadAlike(const Prepared& a, const json& a_file, const Prepared& b, const json& b_file) {
  constexpr std::array kParts = {"inputs",     "sources", "splits",     "columns",  "schemas",
                                 "max_record", "limit",   "partitions", "decisions"};
  return TextColumns(a.plan) == TextColumns(b.plan) &&
         std::all_of(kParts.begin(), kParts.end(),
                     [&](const char* part) { return a_file.at(part) == b_file.at(part); });
}

// What the tasks of a stage do beside, and what they leave behind.
json WorkOf(const Prepared& prepared, const json& file, int stage) {
  const Plan& plan = prepared.plan;
  json work = {{"steps", StepsOf(prepared, file, stage)}};
  const auto in_stage = [&](PortId port) {
    return plan.nodes()[static_cast<size_t>(port.node)].stage == stage;
  };
  for (const PortId port : plan.Spooled(stage)) {
    work["spools"].push_back({plan.PortName(port), plan.IsMapped(port)});
  }
  for (const PlannedOutput& output : plan.outputs()) {
    if (in_stage(output.port)) work["outputs"][output.dataset] = plan.PortName(output.port);
  }
  for (const PortId port : plan.discards()) {
    if (in_stage(port)) work["discards"].push_back(plan.PortName(port));
  }
  return work;
}

// Files never change, so both runs can have the same one; a name of its own keeps an attempt of a
// process with the same number from writing into it.
Result<bool> Take(const std::string& from, const std::string& to) {
  SIKU_TRY(Bring(from));
  std::error_code error;
  fs::create_hard_link(from, to, error);
  if (error && !fs::copy_file(from, to, error)) {
    if (error == std::errc::no_such_file_or_directory) return false;
    return Fail(Code::kIo, "cannot write", error.message(), to);
  }
  SIKU_TRY(SyncFile(to));
  return true;
}

class Taking {
 public:
  Taking(const RunState& from, const RunState& to) : from_(from), to_(to) {}

  Result<int> Tasks(int stage) {
    int taken = 0;
    SIKU_TRY(const auto left, TasksLeft(from_, stage));
    for (int split = 0; split < static_cast<int>(from_.splits.size()); ++split) {
      if (std::binary_search(left.begin(), left.end(), split)) continue;
      SIKU_TRY(const bool whole, Task(stage, split));
      taken += whole ? 1 : 0;
    }
    return taken;
  }

  Result<int> Reduces(int node) {
    int taken = 0;
    SIKU_TRY(const auto left, ReducesLeft(from_, node));
    for (int i = 0; i < ReduceTasks(from_, to_.plan->nodes()[static_cast<size_t>(node)]); ++i) {
      if (std::binary_search(left.begin(), left.end(), i)) continue;
      const std::string marker = ReduceMarker(from_, node, i);
      // Rows about rows lie beside; the marker comes last.
      for (const char* end : {".side", ""}) {
        const std::string to = ReduceMarker(to_, node, i) + end;
        SIKU_TRY(const bool there, Take(marker + end, to));
        if (there) {
          SIKU_TRY(Share(to));
        }
        taken += there && *end == 0 ? 1 : 0;
      }
    }
    return taken;
  }

 private:
  Result<bool> Task(int stage, int split) const {
    SIKU_TRY(auto task, LoadTask(from_.folder, stage, split));
    for (const LedgerFile& table : task.ledger) {
      Expect(from_.folder + "/ledger/" + table.file, table.sha256);
    }
    for (const auto& [below, name] : FilesOf(task)) {
      const std::string old = from_.folder + below + *name;
      *name = "taken-" + *name;
      SIKU_TRY(const bool there, Take(old, to_.folder + below + *name));
      if (!there) return false;
    }
    SIKU_TRY(PublishTask(to_.folder, stage, split, task));
    return true;
  }

  const RunState& from_;
  const RunState& to_;
};

}  // namespace

Result<std::unique_ptr<Predecessor>> OpenPredecessor(Store& store, const OperatorSet& operators,
                                                     const std::string& run) {
  auto from = std::make_unique<Predecessor>();
  SIKU_TRY(const auto named, store.FindRun(run));
  from->run = named.id;
  // Of a run that another machine began this one has no folder yet.
  SIKU_TRY(MakeRunFolders(store.RunFolder(from->run)));
  SIKU_TRY(from->lock.Take(store.RunFolder(from->run)));
  SIKU_TRY(from->alone, store.LockRun(from->run));
  SIKU_TRY(from->lease, store.Hold("run " + from->run));
  // Whoever had it may have finished it.
  SIKU_TRY(const auto info, store.FindRun(from->run));
  if (info.state == "done") {
    return Fail(Code::kConflict, "the run is finished, and what it had in between is gone", info.id,
                "--resume", "start a new run");
  }
  SIKU_TRY(auto file, ReadRunFile(store.RunFolder(from->run)));
  if (!file.seal.empty()) {
    return Fail(Code::kUnsupported, "a run that conceals texts takes nothing over", from->run, {},
                "start a new run");
  }
  SIKU_TRY(from->prepared, PrepareAgain(operators, std::move(file), std::nullopt));
  return from;
}

Result<int> TakeOver(Store& store, const Predecessor& from, const Prepared& prepared,
                     const std::string& run) {
  if (!prepared.file.seal.empty()) {
    return Fail(Code::kUnsupported, "a run that conceals texts takes nothing over", from.run, {},
                "start a new run");
  }
  const Prepared& old = from.prepared;
  const std::atomic<bool> stop{false};
  Meter meter;
  const RunOptions options;
  SIKU_TRY(const auto sizing, SizeRun(options));
  const RunState before = StateOf(old, store, from.run, sizing, options, stop, meter);
  const RunState after = StateOf(prepared, store, run, sizing, options, stop, meter);
  Taking taking(before, after);
  const json was = json::parse(RunFileJson(old.file)), is = json::parse(RunFileJson(prepared.file));
  if (!ReadAlike(old, was, prepared, is)) return 0;
  int taken = 0;
  const int stages = std::min(old.plan.stages(), prepared.plan.stages());
  for (int stage = 0; stage < stages; ++stage) {
    if (WorkOf(old, was, stage) != WorkOf(prepared, is, stage)) break;
    SIKU_TRY(const int tasks, taking.Tasks(stage));
    taken += tasks;
    if (tasks < static_cast<int>(prepared.file.splits.size())) break;
    for (const int node : prepared.plan.Sketches(stage)) {
      SIKU_TRY(const int reduces, taking.Reduces(node));
      taken += reduces;
    }
  }
  return taken;
}

}  // namespace siku::run
