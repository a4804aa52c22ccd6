// Other engines: the Python package drives them (`python -m siku.engines`).
#pragma once

#include <string>

#include "siku/run.h"

namespace siku::cli {

struct EngineRequest {
  std::string engine;   // ray, spark
  std::string address;  // of a cluster; empty: a local one
  int threads = 0;      // of a local one; 0: one per core
  std::string store;
  std::string index;  // URL of PostgreSQL's; empty: SQLite
  std::string run;
  std::string folder;      // of the run: engine.log comes to lie there
  std::string seal_key{};  // path
  int64_t memory = 0;
  int64_t spill_limit = -1;
};

/// Until all tasks are done. What the engine prints goes to `engine.log` of the run's folder.
/// kNotFound, kUnsupported: no Python with the package, or without the engine. kInterrupted:
/// `stop`.
Result<void> DriveByEngine(const EngineRequest& request, const RunHooks& hooks);

struct ClusterRequest {
  std::string engine;
  std::string address;
  std::string store;  // as workers should see it; empty: none
  std::string index;
  int64_t memory = 0;  // of a task
};
/// What python/siku/engines/doctor.py found, as JSON. What the engine prints goes to the file
/// `log`.
Result<std::string> ExamineCluster(const ClusterRequest& request, const std::string& log,
                                   const RunHooks& hooks);

}  // namespace siku::cli
