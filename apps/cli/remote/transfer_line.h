// How far a transfer is, some times a second.
#pragma once

#include <chrono>

#include "progress.h"

namespace siku::cli {

class TransferLine {
 public:
  /// `phase`: as ProgressLine has them.
  TransferLine(const Context& context, const char* phase) : line_(context) {
    progress_.phase = phase;
  }
  void Begin(int64_t done, int64_t total) {
    progress_.bytes_total = total;
    At(done);
  }
  void Add(int64_t bytes) { At(progress_.bytes_done + bytes); }
  void At(int64_t done) {
    progress_.bytes_done = done;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    line_.Show(progress_);
  }

 private:
  ProgressLine line_;
  RunProgress progress_{};
  std::chrono::steady_clock::time_point shown_{};
};

}  // namespace siku::cli
