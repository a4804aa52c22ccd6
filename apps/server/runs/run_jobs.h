// Runs that the server started: each is a process of its own, followed by a thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runs/run_process.h"
#include "siku/catalog/catalog.h"
#include "siku/operator.h"

namespace siku::server {

/// How a process of this program finds the store.
struct StoreAddress {
  std::string place{};  // a folder, absolute, or s3://…
  std::string index{};  // of PostgreSQL; empty: beside the files
};

/// What is known of a run since the server started.
struct LiveRun {
  bool running = false;
  nlohmann::json progress{};  // null: none yet
  std::optional<Error> error{};
};

class RunJobs {
 public:
  RunJobs(Store& store, StoreAddress address) : store_(store), address_(std::move(address)) {}
  /// Asks those that run to end; they can be resumed.
  ~RunJobs();
  RunJobs(const RunJobs&) = delete;
  RunJobs& operator=(const RunJobs&) = delete;

  /// The id of the run, which goes on by itself. kBusy: `at_once` run already. What the process
  /// says where it did not begin.
  Result<std::string> Start(const std::string& recipe, const ProcessLimits& limits,
                            int64_t at_once);
  /// kConflict: it runs, or is done.
  Result<void> Resume(const std::string& run, const ProcessLimits& limits, int64_t at_once);
  /// kConflict: it does not run here.
  Result<void> Stop(const std::string& run);
  std::optional<LiveRun> State(const std::string& run) const;
  /// The page of a finished run: a file of the store's exports. kConflict: it is not finished.
  Result<std::string> Report(const std::string& run);

 private:
  struct Job;
  /// `run`: that is gone on with; empty: a new one.
  Result<std::shared_ptr<Job>> Launch(RunProcess::Order order, const std::string& run,
                                      int64_t at_once);
  RunProcess::Order OrderOf(std::vector<std::string> words, const ProcessLimits& limits) const;
  /// Of `siku run`; `what`: the recipe, or which run.
  RunProcess::Order RunOrder(std::vector<std::string> what, const ProcessLimits& limits) const;
  void Work(Job& job, const RunProcess::Order& order);
  void Sweep();

  Store& store_;
  StoreAddress address_;
  mutable std::mutex mutex_;
  std::condition_variable told_;
  std::atomic<bool> stopping_{false};
  std::vector<std::shared_ptr<Job>> jobs_{};  // in the order they began
  std::mutex reporting_;
};

}  // namespace siku::server
