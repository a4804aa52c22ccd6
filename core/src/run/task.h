// One task: one stage of one split. Done when its marker stands in the run's folder; doing it again
// is harmless, doing it twice at once gives the same bytes and one of the two is kept.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "plan.h"
#include "seal.h"
#include "siku/reader.h"
#include "siku/store.h"
#include "step.h"
#include "task_ledger.h"

namespace siku::run {

/// Counters every thread adds to and the progress line reads.
struct Meter {
  std::atomic<int64_t> bytes{0};
  std::atomic<int64_t> rows{0};
  std::atomic<int64_t> spilled{0};
};

/// What a finished task says of itself.
struct TaskResult {
  std::map<std::string, int64_t> rows{};  // read, by input
  /// Records of each source in reading order, and the file of their digests, 32 bytes each.
  std::vector<std::pair<int, int64_t>> records{};
  std::string record_digests{};
  std::map<std::string, int64_t> bad{};         // records that could not be read, by reason
  std::map<std::string, int64_t> read_flags{};  // undecodable bytes and the like, by kind
  std::map<std::string, StepCounts> steps{};
  struct Output {
    std::vector<DataFile> files{};
    int64_t rows = 0;
    std::string digests{};  // file of 32 bytes per row; empty if no rows
  };
  std::map<std::string, Output> outputs{};        // by dataset
  std::map<std::string, std::string> spools{};    // `node.port` -> file
  std::map<std::string, std::string> sketches{};  // step -> file; absent if no rows
  std::vector<LedgerFile> ledger{};
  SettledDecisions decisions{};
  std::map<std::string, std::string> failures{};  // step -> what was said of its first failing row
  int64_t spilled = 0;
};

std::string TaskJson(const TaskResult& result);
Result<TaskResult> TaskFromJson(const std::string& text, const std::string& place);
nlohmann::json CountsJson(const StepCounts& counts);
StepCounts CountsFromJson(const nlohmann::json& json);  // throws what nlohmann::json throws

/// Everything the tasks of a run share. Thread-safe to read.
struct RunState {
  const Plan* plan = nullptr;
  const SourceList* sources = nullptr;
  const Decisions* decisions = nullptr;
  const std::vector<InputSchema>* schemas = nullptr;  // per input
  std::vector<Split> splits{};
  ReadOptions reading{};
  Store* store = nullptr;
  std::string folder{};  // of the run
  int partitions = 1;    // of keyed exchanges
  int threads = 1;       // of a global step
  int64_t memory = 0;    // of a global step, bytes
  int64_t limit = -1;    // rows of input; -1: all
  int64_t spill_limit = -1;
  RunKey key{};                    // null: nothing is sealed
  std::set<std::string> sealed{};  // SealedNames
  const std::atomic<bool>* stop = nullptr;
  Meter* meter = nullptr;
};

std::string TaskMarker(const std::string& folder, int stage, int split);

/// What a task leaves behind beside output data: folders below the run's, and names within them.
std::vector<std::pair<std::string, std::string*>> FilesOf(TaskResult& task);
/// What the marker speaks of is on the disk and in the store before it. Of two attempts the first
/// stays.
Result<void> PublishTask(const std::string& folder, int stage, int split, TaskResult& task);
/// Begins the names of an attempt's files. No two attempts at a task share one, so a late one can
/// only write garbage of its own.
std::string AttemptPrefix(int stage, int split);
std::string ReduceMarker(const RunState& state, int node, int partition);
std::string RoundMarker(const RunState& state, int node, int round, int part);
/// Side rows of a global step.
std::string SideFileOf(const RunState& state, int node);
/// `folder`: of the run.
Result<TaskResult> LoadTask(const std::string& folder, int stage, int split);

/// kInterrupted where `stop` was set; whatever was half done is not visible.
Result<void> RunTask(const RunState& state, int stage, int split);
/// The tasks between two stages of a step that exchanges.
int ReduceTasks(const RunState& state, const Node& step);
Result<void> RunReduce(const RunState& state, int node, int partition);
/// Names of the rounds before that, which the embedded engine does without; none where they would
/// have one part.
std::vector<std::string> RoundsOf(const RunState& state, const Node& step);
int RoundParts(const RunState& state);
Result<void> RunRound(const RunState& state, int node, int round, int part);

/// Splits of a stage that are not done. A finished task whose data files a collector took counts as
/// not done, and its marker goes.
Result<std::vector<int>> TasksLeft(const RunState& state, int stage);
Result<std::vector<int>> ReducesLeft(const RunState& state, int node);
/// None where the step has its verdicts.
Result<std::vector<int>> RoundLeft(const RunState& state, int node, int round);

}  // namespace siku::run
