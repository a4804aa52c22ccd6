// A process of this program that works for the server: within limits, asked to end when the server
// does, and killed if it goes on.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "siku/result.h"

namespace siku::server {

struct ProcessLimits {
  int64_t memory = 0;   // bytes that the program may plan with; it is killed somewhat above
  int64_t disk = 0;     // bytes of the folder that it fills
  int64_t seconds = 0;  // by the clock on the wall
};

class RunProcess {
 public:
  struct Order {
    std::vector<std::string> words{};      // behind the program's name
    std::vector<std::string> variables{};  // NAME=value, beside those of the server
    std::string input{};                   // for its standard input
    ProcessLimits limits{};
  };
  /// From the thread that will ask for events until the end: the process ends with it.
  static Result<std::unique_ptr<RunProcess>> Start(const Order& order);
  RunProcess(const RunProcess&) = delete;
  RunProcess& operator=(const RunProcess&) = delete;
  /// Kills it if it runs.
  ~RunProcess();

  /// What it says on standard error, a line of JSON each, until it ended; `stopping` asked often,
  /// true lets it end in order. `folder` is what it fills, if that is known.
  void Follow(const std::function<void(const nlohmann::json&)>& event,
              const std::function<bool()>& stopping, const std::function<std::string()>& folder);
  /// After Follow: nothing where it ended well. What the process said itself, else which limit
  /// ended it. kInterrupted: it was asked to.
  std::optional<Error> Ended() const;
  bool WasKilled() const;

 private:
  using Clock = std::chrono::steady_clock;
  RunProcess(pid_t process, int events, const ProcessLimits& limits)
      : process_(process),
        events_(events),
        limits_(limits),
        end_(Clock::now() + std::chrono::seconds(limits.seconds)) {}
  void TakeLines(const std::function<void(const nlohmann::json&)>& event);
  void Look(const std::string& folder);
  void AskToEnd();
  void Kill(const Error& why);

  pid_t process_;
  int events_;
  ProcessLimits limits_;
  Clock::time_point end_;
  Clock::time_point next_look_{};
  std::optional<Clock::time_point> asked_{};
  std::string buffer_{};
  std::optional<Error> error_{};
  int status_ = -1;
};

}  // namespace siku::server
