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
        int round = 0;
        for (const std::string& name : RoundsOf(state_, node)) {
          Add({stage, node.name + "." + name, RoundParts(state_)}, {index, round++});
        }
        if (node.exchanges()) Add({stage, node.name, ReduceTasks(state_, node)}, {index});
      }
      Add({stage, {}, static_cast<int>(state_.splits.size())}, {});
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
    return state_.store->SetRunState(run_, "running");
  }
  void Ended(const std::string& code) override {
    const bool interrupted = code == CodeName(Code::kInterrupted);
    // Whatever failed is what must be said, also where the state cannot be written.
    (void)state_.store->SetRunState(run_, interrupted ? "interrupted" : "failed").has_value();
  }

  Result<std::vector<int>> Left(const RunPhase& phase) override {
    SIKU_TRY(const size_t at, Find(phase));
    const Work& work = works_[at];
    if (work.round >= 0) return RoundLeft(state_, work.node, work.round);
    return work.node >= 0 ? ReducesLeft(state_, work.node) : TasksLeft(state_, phase.stage);
  }

  Result<Measure> Do(const RunPhase& phase, int task, const std::atomic<bool>* stop) override {
    SIKU_TRY(const size_t at, Find(phase, task));
    if (task < 0 || task >= phases_[at].tasks) return NoSuchTask(phase, task);
    state_.stop = stop != nullptr ? stop : &never_;
    const int64_t rows = meter_.rows, bytes = meter_.bytes;
    SIKU_TRY(Do(works_[at], phase.stage, task));
    return Measure{meter_.rows - rows, meter_.bytes - bytes};
  }

 private:
  struct Work {
    int node = -1;   // of a step that exchanges; -1: splits are read or settled
    int round = -1;  // of a step's; -1: its verdicts
  };

  void Add(RunPhase phase, Work work) {
    phases_.push_back(std::move(phase));
    works_.push_back(work);
  }
  Result<void> Do(const Work& work, int stage, int task) const {
    if (work.round >= 0) return RunRound(state_, work.node, work.round, task);
    return work.node >= 0 ? RunReduce(state_, work.node, task) : RunTask(state_, stage, task);
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
  std::vector<Work> works_{};  // of each phase
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
