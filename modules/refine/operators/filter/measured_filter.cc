#include "operators/filter/measured_filter.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

#include "arrow_internal.h"
#include "siku/columns.h"
#include "statistics/measurer.h"

namespace siku::refine {
namespace {

using statistics::Measurer;
using statistics::Statistic;

class StatisticMeasurement final : public Measurement {
 public:
  explicit StatisticMeasurement(std::span<const Statistic> statistics) {
    arrow::FieldVector fields;
    for (const Statistic& statistic : statistics) {
      const std::string name = statistic.Name();
      const auto same = [&](const auto& field) { return field->name() == name; };
      if (std::any_of(fields.begin(), fields.end(), same)) continue;
      fields.push_back(arrow::field(name, arrow::float64()));
      statistics_.push_back(statistic);
    }
    schema_ = arrow::schema(std::move(fields));
  }
  const Schema& schema() const override { return schema_; }

  Result<Batch> Measure(const std::shared_ptr<arrow::Array>& texts) const override {
    const auto& array = static_cast<const arrow::LargeStringArray&>(*texts);
    std::unique_ptr<Measurer> measurer = Take();
    std::vector<arrow::DoubleBuilder> builders(statistics_.size());
    for (auto& builder : builders) SIKU_TRY(FromArrow(builder.Reserve(texts->length())));
    std::vector<double> values(statistics_.size());
    for (int64_t row = 0; row < array.length(); ++row) {
      if (array.IsNull(row)) {
        for (auto& builder : builders) builder.UnsafeAppendNull();
        continue;
      }
      const std::string_view text = array.GetView(row);
      if (text.size() > Measurer::kLongestText) {
        return Fail(Code::kLimit, "a text of 4 GiB or more cannot be measured",
                    std::to_string(text.size()));
      }
      measurer->Measure(text, values);
      for (size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) {
          builders[i].UnsafeAppendNull();
        } else {
          builders[i].UnsafeAppend(values[i]);
        }
      }
    }
    Give(std::move(measurer));
    arrow::ArrayVector columns(builders.size());
    for (size_t i = 0; i < builders.size(); ++i) {
      SIKU_TRY(FromArrow(builders[i].Finish(&columns[i])));
    }
    return arrow::RecordBatch::Make(schema_, texts->length(), std::move(columns));
  }

 private:
  // Measurers hold tables that are dear to make: as many are kept as there are threads at once.
  std::unique_ptr<Measurer> Take() const {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Measurer>(statistics_);
    std::unique_ptr<Measurer> taken = std::move(idle_.back());
    idle_.pop_back();
    return taken;
  }
  void Give(std::unique_ptr<Measurer> measurer) const {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(measurer));
  }

  std::vector<Statistic> statistics_;
  Schema schema_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Measurer>> idle_;
};

bool Below(double value, const Condition& condition) {
  return condition.low_closed ? value < condition.low : value <= condition.low;
}
bool Above(double value, const Condition& condition) {
  return condition.high_closed ? value > condition.high : value >= condition.high;
}

Reject Rejected(uint16_t reason, std::string detail) {
  return {.row = 0, .reason = reason, .detail = std::move(detail)};
}

}  // namespace

std::string Readable(double value, double threshold) {
  std::string text = fmt::format("{:.6g}", value);
  return value != threshold && text == fmt::format("{:.6g}", threshold) ? fmt::format("{}", value)
                                                                        : text;
}

std::optional<Reject> Failing(const Condition& condition, double value) {
  if (std::isnan(value) || (condition.zero_passes && value == 0)) return std::nullopt;
  const bool below = Below(value, condition), above = Above(value, condition);
  if (condition.reversed) {
    if (below || above) return std::nullopt;
    return Rejected(condition.low_reason,
                    fmt::format("{} {} in {}{:.6g}, {:.6g}{}", condition.statistic,
                                Readable(value, condition.low), condition.low_closed ? '[' : '(',
                                condition.low, condition.high, condition.high_closed ? ']' : ')'));
  }
  if (below) {
    return Rejected(
        condition.low_reason,
        fmt::format("{} {} {} {:.6g}", condition.statistic, Readable(value, condition.low),
                    condition.low_closed ? "<" : "<=", condition.low));
  }
  if (above) {
    return Rejected(
        condition.high_reason,
        fmt::format("{} {} {} {:.6g}", condition.statistic, Readable(value, condition.high),
                    condition.high_closed ? ">" : ">=", condition.high));
  }
  return std::nullopt;
}

std::unique_ptr<Measurement> MeasurementOf(std::span<const Statistic> statistics) {
  return std::make_unique<StatisticMeasurement>(statistics);
}

Result<Outcome> Without(const Batch& batch, std::vector<Reject> rejects) {
  Outcome outcome;
  outcome.rejects = std::move(rejects);
  if (outcome.rejects.empty()) {
    outcome.outputs.push_back(SameRows(batch));
    return outcome;
  }
  std::vector<int32_t> kept;
  auto gone = outcome.rejects.begin();
  for (int32_t row = 0; row < batch->num_rows(); ++row) {
    if (gone != outcome.rejects.end() && gone->row == row) {
      ++gone;
    } else {
      kept.push_back(row);
    }
  }
  SIKU_TRY(auto rows, SelectRows(batch, kept));
  outcome.outputs.push_back({.batch = std::move(rows), .parent = std::move(kept)});
  return outcome;
}

StatisticFilter::StatisticFilter(const Schema& input, int column, std::vector<Statistic> statistics,
                                 std::vector<Condition> conditions, uint16_t null_reason)
    : name_(input->field(column)->name()),
      index_(column),
      statistics_(std::move(statistics)),
      conditions_(std::move(conditions)),
      null_reason_(null_reason),
      outputs_{input} {
  for (const Statistic& statistic : statistics_) names_.push_back(statistic.Name());
}

std::unique_ptr<Measurement> StatisticFilter::Join(
    std::span<const MeasuredBound* const> steps) const {
  std::vector<Statistic> all;
  for (const MeasuredBound* step : steps) {
    const auto* const other = dynamic_cast<const StatisticFilter*>(step);
    if (other == nullptr || other->name_ != name_) return nullptr;
    all.insert(all.end(), other->statistics_.begin(), other->statistics_.end());
  }
  return MeasurementOf(all);
}

std::vector<KeptInterval> StatisticFilter::intervals() const {
  std::vector<KeptInterval> intervals;
  for (const Condition& one : conditions_) {
    intervals.push_back({.statistic = one.statistic,
                         .low = one.low,
                         .high = one.high,
                         .low_closed = one.low_closed,
                         .high_closed = one.high_closed,
                         .reversed = one.reversed,
                         .zero_passes = one.zero_passes,
                         .low_parameter = one.low_parameter,
                         .high_parameter = one.high_parameter});
  }
  return intervals;
}

Result<Outcome> StatisticFilter::Decide(const Batch& batch, const Batch& measured,
                                        const RowContext&) const {
  std::vector<const arrow::DoubleArray*> columns;
  for (const Condition& condition : conditions_) {
    const auto column = measured->GetColumnByName(condition.statistic);
    if (column == nullptr) {
      return Fail(Code::kInternal, "a statistic was not measured", condition.statistic);
    }
    columns.push_back(static_cast<const arrow::DoubleArray*>(column.get()));
  }
  std::vector<Reject> rejects;
  const arrow::Array& texts = *batch->column(index_);
  for (int32_t row = 0; row < batch->num_rows(); ++row) {
    std::optional<Reject> reject;
    if (texts.IsNull(row)) reject = Rejected(null_reason_, "");
    for (size_t i = 0; i < conditions_.size() && !reject; ++i) {
      if (columns[i]->IsValid(row)) reject = Failing(conditions_[i], columns[i]->Value(row));
    }
    if (!reject) continue;
    reject->row = row;
    rejects.push_back(std::move(*reject));
  }
  return Without(batch, std::move(rejects));
}

}  // namespace siku::refine
