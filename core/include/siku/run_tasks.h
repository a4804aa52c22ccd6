// Runs for engines other than the embedded one: they schedule descriptors, the work is done here.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "siku/run.h"

namespace siku {

/// Tasks that do not wait for each other. Phases run one after the other; then ResumeRun finds all
/// done, adds up and commits.
struct RunPhase {
  int stage = 0;
  /// Of a reduction; of a round before it, `step.round`. Empty: splits are read or settled.
  std::string step{};
  int tasks = 0;
};
/// Creates a run and does nothing of it; gives its id.
Result<std::string> PlanRun(Store& store, const OperatorSet& operators, const RunRequest& request);

/// The tasks of an unfinished run, in any process that sees store and sources: bound once, done one
/// at a time. Used by one thread.
class RunTasks {
 public:
  /// Of `options` only memory, spill_limit and seal_key count. kConflict as ResumeRun; also where
  /// the run is finished.
  static Result<std::unique_ptr<RunTasks>> Open(Store& store, const OperatorSet& operators,
                                                const std::string& run, const RunOptions& options);
  virtual ~RunTasks() = default;
  virtual const std::string& run() const = 0;
  virtual const std::vector<RunPhase>& phases() const = 0;
  /// Bytes of all sources.
  virtual int64_t input_bytes() const = 0;
  /// Only one driver works on a run. kBusy: another one does, or the embedded engine.
  virtual Result<void> Lock() = 0;
  /// Of the driver that has the lock: its attempt ended so. The run is "interrupted" or "failed".
  virtual void Ended(const std::string& code) = 0;
  /// Tasks of a phase that are not done, rising. kNotFound: no such phase.
  virtual Result<std::vector<int>> Left(const RunPhase& phase) = 0;
  /// Doing a task again, or twice at once, is harmless. Gives what it read. kConflict: a task that
  /// it needs is not done. kInterrupted where `stop` was set.
  struct Measure {
    int64_t rows = 0;
    int64_t bytes = 0;
  };
  virtual Result<Measure> Do(const RunPhase& phase, int task,
                             const std::atomic<bool>* stop = nullptr) = 0;
};

}  // namespace siku
