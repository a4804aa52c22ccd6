// What filters by statistics share: measuring once for several of them, and rejecting by intervals.
#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "siku/kept_interval.h"
#include "siku/operator.h"
#include "statistics/statistic.h"

namespace siku::refine {

/// What a number must be for its row to stay; a row goes by the first condition it fails.
struct Condition {
  std::string statistic;  // its name, or a column's
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_closed = true;
  bool high_closed = true;
  /// Kept are the numbers outside of the interval.
  bool reversed = false;
  uint16_t low_reason = 0;   // below `low`; inside, where reversed
  uint16_t high_reason = 0;  // above `high`
  /// 0 passes whatever the interval.
  bool zero_passes = false;
  /// Parameters that set the borders; empty: none does.
  std::string low_parameter{};
  std::string high_parameter{};
};

/// The reason and, in `detail`, number and threshold where `value` fails; nothing where it passes.
std::optional<Reject> Failing(const Condition& condition, double value);

/// Rejects rows by conditions on statistics of the text. A number that a text does not have (the
/// mean length of no words) fails nothing; a null text is rejected for `null_reason`.
class StatisticFilter final : public MeasuredBound, public KeepsIntervals {
 public:
  StatisticFilter(const Schema& input, int column, std::vector<statistics::Statistic> statistics,
                  std::vector<Condition> conditions, uint16_t null_reason);
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  std::unique_ptr<Measurement> Join(std::span<const MeasuredBound* const> steps) const override;
  const std::vector<std::string>& statistics() const override { return names_; }
  Result<Outcome> Decide(const Batch& batch, const Batch& measured,
                         const RowContext& context) const override;
  std::vector<KeptInterval> intervals() const override;

 private:
  std::string name_;
  int index_;
  std::vector<statistics::Statistic> statistics_;
  std::vector<std::string> names_;
  std::vector<Condition> conditions_;
  uint16_t null_reason_;
  std::vector<Schema> outputs_;
};

/// Measures statistics of texts, those named alike once.
std::unique_ptr<Measurement> MeasurementOf(std::span<const statistics::Statistic> statistics);

/// The outcome that keeps all rows but those rejected (`rejects` ascending by row).
Result<Outcome> Without(const Batch& batch, std::vector<Reject> rejects);

/// As people read it: six significant digits, more where the threshold would look the same.
std::string Readable(double value, double threshold);

}  // namespace siku::refine
