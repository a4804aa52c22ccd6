// Ctrl-C while C++ works without the GIL.
#pragma once

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <exception>

namespace siku::python {

/// Looks for signals now and then, remembers the exception their handlers raised, and asks the
/// work to stop.
class Signals {
 public:
  const std::atomic<bool>& stop() const { return stop_; }
  /// For the thread that works: looks about ten times a second. True: it should end.
  bool Poll() {
    const auto now = std::chrono::steady_clock::now();
    if (now - looked_ >= kPause) {
      looked_ = now;
      Look([] {});
    }
    return stop_.load(std::memory_order_relaxed);
  }
  /// Takes the GIL. Runs `with` under it, where given; its exception stops the work, too.
  template <class F>
  void Look(F with) {
    const nanobind::gil_scoped_acquire locked;
    if (raised_ != nullptr) return;
    try {
      if (PyErr_CheckSignals() != 0) throw nanobind::python_error();
      with();
    } catch (...) {
      raised_ = std::current_exception();
      stop_.store(true);
    }
  }
  /// What a handler raised; null: nothing.
  const std::exception_ptr& raised() const { return raised_; }
  /// Raises it. Needs the GIL.
  void Rethrow() const {
    if (raised_ != nullptr) std::rethrow_exception(raised_);
  }

 private:
  static constexpr auto kPause = std::chrono::milliseconds(100);
  std::chrono::steady_clock::time_point looked_ = std::chrono::steady_clock::now();
  std::atomic<bool> stop_{false};
  std::exception_ptr raised_{};
};

}  // namespace siku::python
