#include "pool.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace siku::run {
namespace {

class Pool {
 public:
  Pool(int count, std::atomic<bool>& stop, const std::function<Result<void>(int)>& task)
      : count_(count), stop_(stop), task_(task) {}

  void Work() {
    for (;;) {
      if (stop_.load()) break;
      const int i = next_++;
      if (i >= count_) break;
      if (auto done = Guarded(i); !done.has_value()) Fail(i, std::move(done).error());
      ++done_;
    }
    const std::lock_guard lock(mutex_);
    --working_;
    finished_.notify_one();
  }

  void Watch(const std::function<void()>& watch) {
    std::unique_lock lock(mutex_);
    while (!finished_.wait_for(lock, std::chrono::milliseconds(100),
                               [this] { return working_ == 0; })) {
      lock.unlock();
      watch();
      lock.lock();
    }
  }

  void Begin(int threads) { working_ = threads; }
  Result<void> Outcome() const {
    if (error_.has_value()) return tl::unexpected<Error>(*error_);
    if (done_.load() < count_) {
      return siku::Fail(Code::kInterrupted, "the run was asked to stop");
    }
    return {};
  }

 private:
  Result<void> Guarded(int i) {
    try {
      return task_(i);
    } catch (const std::bad_alloc&) {
      return siku::Fail(Code::kLimit, "out of memory", {}, {}, "give --memory and fewer --threads");
    } catch (const std::exception& e) {
      return siku::Fail(Code::kInternal, "a task ended in an exception", e.what());
    }
  }
  void Fail(int i, Error error) {
    const std::lock_guard lock(mutex_);
    const bool interrupted = error.code == Code::kInterrupted;
    const bool better = !error_.has_value() ||
                        (error_->code == Code::kInterrupted && !interrupted) ||
                        (interrupted == (error_->code == Code::kInterrupted) && i < failed_);
    if (better) {
      error_ = std::move(error);
      failed_ = i;
    }
    stop_.store(true);
  }

  int count_;
  std::atomic<bool>& stop_;
  const std::function<Result<void>(int)>& task_;
  std::atomic<int> next_{0};
  std::atomic<int> done_{0};
  std::mutex mutex_{};
  std::condition_variable finished_{};
  int working_ = 0;
  std::optional<Error> error_{};
  int failed_ = 0;
};

}  // namespace

Result<void> ForAll(int count, int threads, std::atomic<bool>& stop,
                    const std::function<Result<void>(int)>& task,
                    const std::function<void()>& watch) {
  watch();
  Pool pool(count, stop, task);
  const int workers = std::clamp(threads, 1, std::max(1, count));
  pool.Begin(workers);
  std::vector<std::thread> threads_running;
  for (int i = 0; i < workers; ++i) threads_running.emplace_back([&pool] { pool.Work(); });
  pool.Watch(watch);
  for (std::thread& thread : threads_running) thread.join();
  watch();
  return pool.Outcome();
}

}  // namespace siku::run
