#include "stop.h"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "objects/objects.h"
#include "siku/result.h"

namespace siku::cli {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

constexpr double kPatienceSeconds = 1;
constexpr auto kLook = std::chrono::milliseconds(100);

void EndWhereServersHang(const std::stop_token& done, const std::function<void()>& say) {
  std::mutex mutex;
  std::condition_variable_any ended;
  int looks = 0;  // since the signal
  for (;;) {
    std::unique_lock lock(mutex);
    ended.wait_for(lock, done, kLook, [] { return false; });
    if (done.stop_requested()) return;
    if (!Stopping() || ++looks * kLook < std::chrono::duration<double>(kPatienceSeconds)) continue;
    if (objects::SecondsWaiting() < kPatienceSeconds) continue;
    say();
    (void)std::fflush(stderr);
    std::_Exit(static_cast<int>(Code::kInterrupted));
  }
}

}  // namespace

HangWatch::HangWatch(std::function<void()> say)
    : thread_([say = std::move(say)](const std::stop_token& done) {
        EndWhereServersHang(done, say);
      }) {}

void CatchStops() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested.store(true); };
  // The flag is unsigned in the headers, the member is not.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  // A terminal or a server that is gone only asks, however often it says so; nohup is obeyed.
  struct sigaction before {};
  ::sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;
  action.sa_flags = 0;
  ::sigaction(SIGHUP, &action, nullptr);
}

const std::atomic<bool>& StopFlag() { return stop_requested; }

}  // namespace siku::cli
