// The tasks of a run for engines other than the embedded one.
#include "siku/run_tasks.h"

#include <algorithm>

#include "run_state.h"

namespace siku {
namespace {

using namespace run;

class Tasks final : public RunTasks {
 public:
  Tasks(Store& store, std::string run, Prepared prepared, const Sizing& sizing,
        const RunOptions& options)
      : run_(std::move(run)), prepared_(std::move(prepared)) {
    state_ = StateOf(prepared_, store, run_, sizing, options, never_, meter_);
    for (int stage = 0; stage < prepared_.plan.stages(); ++stage) {
      for (const int index : prepared_.plan.Steps(stage)) {
        const Node& node = prepared_.plan.nodes()[static_cast<size_t>(index)];
        if (node.exchanges()) Add({stage, node.name, ReduceTasks(state_, node)}, index);
      }
      Add({stage, {}, static_cast<int>(state_.splits.size())}, kSplits);
    }
  }
  Result<void> Hold(Store& store) {
    SIKU_TRY(lease_, store.Hold("run " + run_));
    return {};
  }

  const std::string& run() const override { return run_; }
  const std::vector<RunPhase>& phases() const override { return phases_; }
  int64_t input_bytes() const override { return InputBytes(prepared_.file); }
  Result<void> Lock() override {
    SIKU_TRY(lock_.Take(state_.folder));
    SIKU_TRY(alone_, state_.store->LockRun(run_));
    return {};
  }

  Result<std::vector<int>> Left(const RunPhase& phase) override {
    SIKU_TRY(const size_t at, Find(phase));
    if (nodes_[at] != kSplits) return ReducesLeft(state_, nodes_[at]);
    return TasksLeft(state_, phase.stage);
  }

  Result<Measure> Do(const RunPhase& phase, int task, const std::atomic<bool>* stop) override {
    SIKU_TRY(const size_t at, Find(phase, task));
    if (task < 0 || task >= phases_[at].tasks) return NoSuchTask(phase, task);
    state_.stop = stop != nullptr ? stop : &never_;
    const int64_t rows = meter_.rows, bytes = meter_.bytes;
    SIKU_TRY(nodes_[at] != kSplits ? RunReduce(state_, nodes_[at], task)
                                   : RunTask(state_, phase.stage, task));
    return Measure{meter_.rows - rows, meter_.bytes - bytes};
  }

 private:
  static constexpr int kSplits = -1;

  void Add(RunPhase phase, int node) {
    phases_.push_back(std::move(phase));
    nodes_.push_back(node);
  }
  tl::unexpected<Error> NoSuchTask(const RunPhase& phase, int task) const {
    return Fail(Code::kNotFound, "the run has no such task",
                std::to_string(phase.stage) + " " + phase.step + " " + std::to_string(task), run_);
  }
  // Its place among the phases; `task` for the error.
  Result<size_t> Find(const RunPhase& phase, int task = 0) const {
    const auto found = std::find_if(phases_.begin(), phases_.end(), [&](const RunPhase& one) {
      return one.stage == phase.stage && one.step == phase.step;
    });
    if (found == phases_.end()) return NoSuchTask(phase, task);
    return static_cast<size_t>(found - phases_.begin());
  }

  std::string run_;
  Prepared prepared_;
  const std::atomic<bool> never_{false};
  Meter meter_{};
  RunState state_{};
  std::vector<RunPhase> phases_{};
  std::vector<int> nodes_{};  // of each phase; kSplits
  RunLock lock_{};
  std::unique_ptr<Lease> alone_{};
  std::unique_ptr<Lease> lease_{};
};

}  // namespace

Result<std::unique_ptr<RunTasks>> RunTasks::Open(Store& store, const OperatorSet& operators,
                                                 const std::string& run,
                                                 const RunOptions& options) {
  SIKU_TRY(const auto sizing, SizeRun(options));
  SIKU_TRY(const auto info, store.FindRun(run));
  if (info.state == "done") return Fail(Code::kConflict, "the run is finished", info.id);
  SIKU_TRY(auto file, ReadRunFile(store.RunFolder(info.id)));
  SIKU_TRY(auto prepared, PrepareAgain(operators, std::move(file), options.seal_key));
  SIKU_TRY(MakeRunFolders(store.RunFolder(info.id)));
  auto tasks = std::make_unique<Tasks>(store, info.id, std::move(prepared), sizing, options);
  SIKU_TRY(tasks->Hold(store));
  return tasks;
}

}  // namespace siku
