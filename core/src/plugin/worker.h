// A Python process that runs operators; and the messages to it (python/siku/_worker.py).
#pragma once

#include <arrow/type_fwd.h>
#include <sys/types.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku::plugin {

class Worker {
 public:
  struct Reply {
    nlohmann::json head;
    std::shared_ptr<arrow::Buffer> body;
  };

  /// Starts SIKU_PYTHON, else `python3` of the search path, and waits until it is ready.
  static Result<std::unique_ptr<Worker>> Start();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// Kills the process.
  ~Worker();

  /// kInterrupted where `context` (may be null) was asked to stop, kLimit after `seconds`; the
  /// worker is of no use then. An answer that says what went wrong is a Reply, too.
  Result<Reply> Ask(const nlohmann::json& head, const arrow::Buffer* body, double seconds,
                    const RowContext* context);

 private:
  class Deadline;
  Worker(pid_t process, int channel) : process_(process), channel_(channel) {}
  Result<void> Send(const char* data, int64_t size, const Deadline& deadline);
  Result<void> Receive(char* data, int64_t size, const Deadline& deadline);
  Result<Reply> Answer(const Deadline& deadline);
  tl::unexpected<Error> Ended();

  pid_t process_;
  int channel_;
};

}  // namespace siku::plugin
