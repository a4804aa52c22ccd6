// The numbers of one statistic, counted in bins that are exact where a reader moves a threshold.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "siku/kept_interval.h"

namespace siku::report {

class Bins {
 public:
  /// Code of a row without the number, and of one that did not reach the step.
  static constexpr uint16_t kNoNumber = 0xFFFE;
  static constexpr uint16_t kNotReached = 0xFFFF;

  /// Cuts at quantiles of `sample`, at the borders of bars to draw, and on both sides of what the
  /// run's thresholds say, so that no bin holds numbers that the run told apart.
  Bins(std::vector<double> sample, std::span<const KeptInterval> intervals);
  /// Counts a number; NaN: none. Gives the code of its bin.
  uint16_t Add(double value);
  /// `min`, `max`, `count` of each bin that has any, `bars` as borders; codes count such bins.
  nlohmann::ordered_json ToJson() const;
  /// By code as `Add` gave it: the code among the bins that have any numbers.
  std::vector<uint16_t> Compacted() const;

 private:
  void AddBars(const std::vector<double>& sorted, std::span<const KeptInterval> intervals);
  void Cut(double at) { cuts_.push_back(at); }

  std::vector<double> cuts_{};  // bin i has numbers from cuts_[i - 1] up to below cuts_[i]
  std::vector<double> bars_{};
  std::vector<int64_t> counts_{};
  std::vector<double> least_{};
  std::vector<double> most_{};
  int64_t none_ = 0;
};

}  // namespace siku::report
