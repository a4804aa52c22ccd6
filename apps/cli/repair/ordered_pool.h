// Work done by several threads, its results taken in the order it was handed in.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace siku::cli {

template <class T>
class OrderedPool {
 public:
  explicit OrderedPool(int threads) {
    for (int i = 0; i < std::max(threads, 1); ++i) workers_.emplace_back([this] { Work(); });
  }
  ~OrderedPool() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      waiting_.clear();
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }
  OrderedPool(const OrderedPool&) = delete;
  OrderedPool& operator=(const OrderedPool&) = delete;

  void Submit(std::function<T()> work) {
    std::packaged_task<T()> task(std::move(work));
    results_.push_back(task.get_future());
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(task));
    }
    wake_.notify_one();
  }
  size_t in_flight() const { return results_.size(); }
  /// More than this waits on what is being done, and holds memory.
  bool full() const { return results_.size() > 2 * workers_.size(); }
  /// Waits for the oldest result; false where `stop` was set before it came.
  bool Wait(const std::atomic<bool>& stop) const {
    constexpr std::chrono::milliseconds kLook{20};
    while (results_.front().wait_for(kLook) != std::future_status::ready) {
      if (stop.load(std::memory_order_relaxed)) return false;
    }
    return true;
  }
  /// The oldest result; waits for it.
  T Take() {
    std::future<T> first = std::move(results_.front());
    results_.pop_front();
    return first.get();
  }

 private:
  void Work() {
    for (;;) {
      std::packaged_task<T()> task;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (closed_) return;
        task = std::move(waiting_.front());
        waiting_.pop_front();
      }
      task();
    }
  }

  std::mutex mutex_{};
  std::condition_variable wake_{};
  std::deque<std::packaged_task<T()>> waiting_{};
  std::deque<std::future<T>> results_{};
  bool closed_ = false;
  std::vector<std::thread> workers_{};
};

}  // namespace siku::cli
