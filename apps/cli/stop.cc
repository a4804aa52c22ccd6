#include "stop.h"

#include <csignal>

namespace siku::cli {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

}  // namespace

void CatchStops() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested.store(true); };
  // The flag is unsigned in the headers, the member is not.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

const std::atomic<bool>& StopFlag() { return stop_requested; }

}  // namespace siku::cli
