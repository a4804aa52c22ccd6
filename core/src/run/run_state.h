// What the tasks of a run share, and the lock of who drives them.
#pragma once

#include <atomic>
#include <string>

#include "prepare.h"
#include "task.h"

namespace siku::run {

/// Refers to all that is given; `prepared` outlives it.
RunState StateOf(const Prepared& prepared, Store& store, const std::string& run,
                 const Sizing& sizing, const RunOptions& options, const std::atomic<bool>& stop,
                 Meter& meter);

/// Where a machine has none of a run yet, or those of intermediates are gone.
Result<void> MakeRunFolders(const std::string& folder);

/// Only one process drives a run. The lock goes with the process, however that ends.
class RunLock {
 public:
  RunLock() = default;
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  ~RunLock();
  /// `folder`: of the run. kBusy where another process has it.
  Result<void> Take(const std::string& folder);

 private:
  int file_ = -1;
};

}  // namespace siku::run
