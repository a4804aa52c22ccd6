// One line on the terminal that says how far a run is; nothing where stderr is no terminal.
#pragma once

#include <chrono>
#include <string>

#include "context.h"
#include "siku/run.h"

namespace siku::cli {

class ProgressLine {
 public:
  explicit ProgressLine(const Context& context) : context_(context) {}
  ~ProgressLine() { Clear(); }
  void Show(const RunProgress& progress);
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::string Text(const RunProgress& progress, double seconds) const;

  const Context& context_;
  std::string phase_;
  Clock::time_point began_{};
  int64_t began_bytes_ = 0;  // done before the phase began: a resumed run starts further on
  int64_t began_tasks_ = 0;
  bool shown_ = false;
};

}  // namespace siku::cli
