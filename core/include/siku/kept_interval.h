// What a step keeps by numbers, as reports draw it and let a reader move it.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace siku {

/// The numbers of one statistic that a step keeps. A row goes by the first interval it fails; a row
/// without the number fails nothing.
struct KeptInterval {
  std::string statistic;  // a column of the step's `stats` table
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_closed = true;  // the border itself belongs to the interval
  bool high_closed = true;
  bool reversed = false;     // kept is what lies outside
  bool zero_passes = false;  // 0 is kept whatever the borders
  /// Parameters of the step that set the borders; empty: the operator's own.
  std::string low_parameter{};
  std::string high_parameter{};

  bool Keeps(double value) const;
};

/// Beside MeasuredBound, for those whose rule is intervals. Runs note them in `run.json`.
class KeepsIntervals {
 public:
  virtual ~KeepsIntervals() = default;
  /// In the order in which they are tried.
  virtual std::vector<KeptInterval> intervals() const = 0;
};

}  // namespace siku
