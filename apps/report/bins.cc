#include "bins.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace siku::report {
namespace {

constexpr size_t kQuantiles = 1000;
constexpr int kBars = 64;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double Quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
}

bool AreWhole(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == std::floor(v); });
}

}  // namespace

Bins::Bins(std::vector<double> sample, std::span<const KeptInterval> intervals) {
  std::sort(sample.begin(), sample.end());
  std::vector<double> distinct = sample;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() <= kQuantiles) {
    cuts_ = distinct;
  } else {
    for (size_t i = 0; i < kQuantiles; ++i) Cut(sample[i * sample.size() / kQuantiles]);
  }
  if (!sample.empty()) AddBars(sample, intervals);
  for (const KeptInterval& kept : intervals) {
    for (const double border : {kept.low, kept.high, kept.zero_passes ? 0.0 : kInfinity}) {
      if (!std::isfinite(border)) continue;
      Cut(border);
      Cut(std::nextafter(border, kInfinity));
    }
  }
  std::sort(cuts_.begin(), cuts_.end());
  cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
  counts_.assign(cuts_.size() + 1, 0);
  least_.assign(cuts_.size() + 1, kInfinity);
  most_.assign(cuts_.size() + 1, -kInfinity);
}

// From where nearly all numbers lie, and the thresholds that are not far from them.
void Bins::AddBars(const std::vector<double>& sorted, std::span<const KeptInterval> intervals) {
  double low = Quantile(sorted, 0.005), high = Quantile(sorted, 0.995);
  const double spread = std::max(high - low, std::abs(high));
  const double reach = spread > 0 ? spread : 1;  // all are 0
  const double first = low - reach, last = high + reach;
  bool whole = AreWhole(sorted);
  for (const KeptInterval& kept : intervals) {
    for (const double border : {kept.low, kept.high}) {
      if (border < first || border > last) continue;
      low = std::min(low, border);
      high = std::max(high, border);
      whole = whole && border == std::floor(border);
    }
  }
  double width = (high - low) / kBars;
  if (whole) {
    low = std::floor(low);
    width = std::max(1.0, std::ceil((high - low + 1) / kBars));
  } else if (width <= 0) {
    width = std::max(std::abs(low), 1.0) / kBars;
  }
  for (int i = 0; i <= kBars; ++i) {
    bars_.push_back(low + width * i);
    Cut(bars_.back());
    if (bars_.back() > high) break;
  }
}

uint16_t Bins::Add(double value) {
  if (std::isnan(value)) {
    ++none_;
    return kNoNumber;
  }
  const auto bin =
      static_cast<size_t>(std::upper_bound(cuts_.begin(), cuts_.end(), value) - cuts_.begin());
  ++counts_[bin];
  least_[bin] = std::min(least_[bin], value);
  most_[bin] = std::max(most_[bin], value);
  return static_cast<uint16_t>(bin);
}

std::vector<uint16_t> Bins::Compacted() const {
  std::vector<uint16_t> codes;
  uint16_t next = 0;
  for (const int64_t count : counts_) codes.push_back(count > 0 ? next++ : next);
  return codes;
}

nlohmann::ordered_json Bins::ToJson() const {
  using Json = nlohmann::ordered_json;
  Json least = Json::array(), most = Json::array(), counts = Json::array();
  bool single = true;
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    least.push_back(least_[i]);
    most.push_back(most_[i]);
    counts.push_back(counts_[i]);
    single = single && least_[i] == most_[i];
  }
  Json json = {{"min", least}, {"count", counts}, {"bars", bars_}, {"none", none_}};
  if (!single) json["max"] = most;
  return json;
}

}  // namespace siku::report
