// A process that answers one question about one file, in Python: about the rows of a version with
// DuckDB, about a file that came from outside with its reader (worker.py).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "siku/result.h"

namespace siku::catalog {

/// What one question may take.
struct QueryLimits {
  int seconds = 10;
  int64_t memory = int64_t{512} << 20;  // bytes, of DuckDB
  int64_t bytes = int64_t{16} << 20;    // of the answer
  // Asked now and then; true ends it (kInterrupted).
  const std::function<bool()>* stop = nullptr;
};

/// What the process says went wrong, in the words of errors.
struct WorkerFailure {
  const char* name;
  Code code;
  const char* message;
  const char* hint = "";
};

/// What the process runs: Python's modules, of which the last has `ANSWERS` and `failure`.
struct WorkerProgram {
  std::vector<std::pair<const char*, const char*>> modules;  // name, text
  /// The last is that of what has no other.
  std::vector<WorkerFailure> failures;
  const char* none;   // there is no Python
  const char* ended;  // the process
  const char* late;   // it took too long
  const char* hint;   // to a Python that has what is needed
};

/// DuckDB's answers about the rows of a version.
const WorkerProgram& QueryProgram();

class QueryProcess {
 public:
  struct Message {
    nlohmann::json head;
    std::string body;  // an Arrow stream, or empty
  };

  /// Asks SIKU_PYTHON about the file, the only one that the process can read. kUnsupported: it
  /// lacks a module that is needed.
  static Result<std::unique_ptr<QueryProcess>> Start(const std::string& file,
                                                     nlohmann::json question,
                                                     const QueryLimits& limits,
                                                     const WorkerProgram& program = QueryProgram());
  QueryProcess(const QueryProcess&) = delete;
  QueryProcess& operator=(const QueryProcess&) = delete;
  /// Kills the process.
  ~QueryProcess();

  /// The next message. kLimit: time, memory, size; kInvalid, with its place in the SQL: what DuckDB
  /// says of the question.
  Result<Message> Next();

 private:
  QueryProcess(pid_t process, int channel, const QueryLimits& limits, const WorkerProgram& program)
      : process_(process),
        channel_(channel),
        limits_(limits),
        program_(program),
        end_(std::chrono::steady_clock::now() + std::chrono::seconds(limits.seconds)) {}
  Result<void> Ask(const std::string& file, const nlohmann::json& question);
  Result<void> Wait(short events) const;
  Result<void> Send(const char* data, size_t size);
  Result<void> Receive(char* data, size_t size);
  tl::unexpected<Error> Failure(const nlohmann::json& head) const;

  pid_t process_;
  int channel_;
  QueryLimits limits_;
  const WorkerProgram& program_;
  std::chrono::steady_clock::time_point end_;
  std::string sql_{};
};

}  // namespace siku::catalog
