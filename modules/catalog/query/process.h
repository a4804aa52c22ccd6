// A process that answers one question about the rows of one version, with DuckDB (worker.py).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "siku/result.h"

namespace siku::catalog {

/// What one question may take.
struct QueryLimits {
  int seconds = 10;
  int64_t memory = int64_t{512} << 20;  // bytes, of DuckDB
  int64_t bytes = int64_t{16} << 20;    // of the answer
};

class QueryProcess {
 public:
  struct Message {
    nlohmann::json head;
    std::string body;  // an Arrow stream, or empty
  };

  /// Asks SIKU_PYTHON about the file, the only one that the process can read. kUnsupported: it has
  /// no DuckDB.
  static Result<std::unique_ptr<QueryProcess>> Start(const std::string& file,
                                                     nlohmann::json question,
                                                     const QueryLimits& limits);
  QueryProcess(const QueryProcess&) = delete;
  QueryProcess& operator=(const QueryProcess&) = delete;
  /// Kills the process.
  ~QueryProcess();

  /// The next message. kLimit: time, memory, size; kInvalid, with its place in the SQL: what DuckDB
  /// says of the question.
  Result<Message> Next();

 private:
  QueryProcess(pid_t process, int channel, const QueryLimits& limits)
      : process_(process),
        channel_(channel),
        limits_(limits),
        end_(std::chrono::steady_clock::now() + std::chrono::seconds(limits.seconds)) {}
  Result<void> Ask(const std::string& file, const nlohmann::json& question);
  Result<void> Wait(short events) const;
  Result<void> Send(const char* data, size_t size);
  Result<void> Receive(char* data, size_t size);
  tl::unexpected<Error> Failure(const nlohmann::json& head) const;

  pid_t process_;
  int channel_;
  QueryLimits limits_;
  std::chrono::steady_clock::time_point end_;
  std::string sql_{};
};

}  // namespace siku::catalog
