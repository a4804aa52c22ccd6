// Ctrl-C and SIGTERM: the first asks, so that what was begun ends in order; the second kills.
// SIGHUP asks.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace siku::cli {

/// From here on the first signal sets the flag.
void CatchStops();
const std::atomic<bool>& StopFlag();
inline bool Stopping() { return StopFlag().load(std::memory_order_relaxed); }

/// Ends the process once it was asked to stop and a server of objects has not answered for a
/// second, for nothing else ends such a request; what is written survives that. `say` comes before,
/// in another thread.
class HangWatch {
 public:
  explicit HangWatch(std::function<void()> say);

 private:
  std::jthread thread_;
};

}  // namespace siku::cli
