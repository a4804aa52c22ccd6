// The tasks of a run for engines other than the embedded one.
#include "siku/run_tasks.h"

#include <algorithm>

#include "run_state.h"

namespace siku {
namespace {

using namespace run;

std::vector<RunPhase> PhasesOf(const Prepared& prepared, const RunState& state) {
  std::vector<RunPhase> phases;
  for (int stage = 0; stage < prepared.plan.stages(); ++stage) {
    for (const int index : prepared.plan.Steps(stage)) {
      const Node& node = prepared.plan.nodes()[static_cast<size_t>(index)];
      if (node.exchanges()) phases.push_back({stage, node.name, ReduceTasks(state, node)});
    }
    phases.push_back({stage, {}, static_cast<int>(state.splits.size())});
  }
  return phases;
}

class Tasks final : public RunTasks {
 public:
  Tasks(Store& store, std::string run, Prepared prepared, const Sizing& sizing,
        const RunOptions& options)
      : run_(std::move(run)), prepared_(std::move(prepared)) {
    state_ = StateOf(prepared_, store, run_, sizing, options, never_, meter_);
    phases_ = PhasesOf(prepared_, state_);
  }
  Result<void> Hold(Store& store) {
    SIKU_TRY(lease_, store.Hold("run " + run_));
    return {};
  }

  const std::string& run() const override { return run_; }
  const std::vector<RunPhase>& phases() const override { return phases_; }
  int64_t input_bytes() const override { return InputBytes(prepared_.file); }
  Result<void> Lock() override { return lock_.Take(state_.folder); }

  Result<std::vector<int>> Left(const RunPhase& phase) override {
    SIKU_TRY(const int node, NodeOf(phase));
    if (node >= 0) return ReducesLeft(state_, node);
    return TasksLeft(state_, phase.stage);
  }

  Result<Measure> Do(const RunPhase& phase, int task, const std::atomic<bool>* stop) override {
    SIKU_TRY(const int node, NodeOf(phase));
    const auto known = std::find_if(phases_.begin(), phases_.end(), [&](const RunPhase& one) {
      return one.stage == phase.stage && one.step == phase.step;
    });
    if (task < 0 || task >= known->tasks) return NoSuchTask(phase, task);
    state_.stop = stop != nullptr ? stop : &never_;
    const int64_t rows = meter_.rows, bytes = meter_.bytes;
    SIKU_TRY(node >= 0 ? RunReduce(state_, node, task) : RunTask(state_, phase.stage, task));
    return Measure{meter_.rows - rows, meter_.bytes - bytes};
  }

 private:
  tl::unexpected<Error> NoSuchTask(const RunPhase& phase, int task) const {
    return Fail(Code::kNotFound, "the run has no such task",
                std::to_string(phase.stage) + " " + phase.step + " " + std::to_string(task), run_);
  }
  // -1: splits.
  Result<int> NodeOf(const RunPhase& phase) const {
    if (phase.stage < 0 || phase.stage >= prepared_.plan.stages()) return NoSuchTask(phase, 0);
    if (phase.step.empty()) return -1;
    for (const int index : prepared_.plan.Steps(phase.stage)) {
      const Node& node = prepared_.plan.nodes()[static_cast<size_t>(index)];
      if (node.name == phase.step && node.exchanges()) return index;
    }
    return NoSuchTask(phase, 0);
  }

  std::string run_;
  Prepared prepared_;
  const std::atomic<bool> never_{false};
  Meter meter_{};
  RunState state_{};
  std::vector<RunPhase> phases_{};
  RunLock lock_{};
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
  auto tasks = std::make_unique<Tasks>(store, info.id, std::move(prepared), sizing, options);
  SIKU_TRY(tasks->Hold(store));
  return tasks;
}

}  // namespace siku
