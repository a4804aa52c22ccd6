// refine.filter.decide: rows go or stay by numbers that were measured before; no text is read.
#include <arrow/api.h>

#include <charconv>
#include <cmath>

#include "operators/filter/fields.h"
#include "operators/filter/measured_filter.h"
#include "operators/filter/parameters.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

enum Reason : uint16_t { kFailsRule, kNoValue };

std::string_view Trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t end = text.find_last_not_of(" \t");
  return begin == text.size() ? "" : text.substr(begin, end - begin + 1);
}

// `alnum_ratio >= 0.25`: the column, how it is compared, with what.
Result<Condition> ReadRule(const std::string& rule) {
  const size_t at = rule.find_first_of("<>=!");
  const size_t end = std::min(rule.find_first_not_of("<>=!", at), rule.size());
  if (at != std::string::npos) {
    const std::string_view sign = std::string_view(rule).substr(at, end - at);
    const std::string_view number = Trimmed(std::string_view(rule).substr(end));
    double value = 0;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    Condition condition{.statistic = std::string(Trimmed(rule.substr(0, at)))};
    const bool above = sign == ">" || sign == ">=", below = sign == "<" || sign == "<=";
    const bool equal = sign == "==" || sign == "!=";
    if (above || equal) condition.low = value;
    if (below || equal) condition.high = value;
    condition.low_closed = sign != ">";
    condition.high_closed = sign != "<";
    condition.reversed = sign == "!=";
    if (error == std::errc() && stop == number.data() + number.size() &&
        (above || below || equal) && !condition.statistic.empty() && std::isfinite(value)) {
      return condition;
    }
  }
  return Fail(Code::kInvalid, "a rule is a column, one of >= <= > < == !=, and a number", rule,
              "rules");
}

class BoundDecide final : public RowBound {
 public:
  BoundDecide(const Schema& input, std::vector<Condition> conditions, std::vector<int> columns)
      : conditions_(std::move(conditions)), columns_(std::move(columns)), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return no_column_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext&) const override {
    std::vector<std::vector<double>> numbers;
    for (const int column : columns_) {
      SIKU_TRY(numbers.emplace_back(), NumbersOf(*batch->column(column)));
    }
    std::vector<Reject> rejects;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      for (size_t i = 0; i < conditions_.size(); ++i) {
        const double value = numbers[i][static_cast<size_t>(row)];
        std::optional<Reject> reject = Failing(conditions_[i], value);
        if (std::isnan(value)) {
          reject = Reject{.reason = kNoValue, .detail = conditions_[i].statistic};
        }
        if (!reject) continue;
        reject->row = row;
        rejects.push_back(std::move(*reject));
        break;
      }
    }
    return Without(batch, std::move(rejects));
  }

 private:
  std::vector<Condition> conditions_;
  std::vector<int> columns_;
  std::string no_column_{};
  std::vector<Schema> outputs_;
};

class Decide final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.filter.decide",
        .version = 1,
        .summary = "Keep rows whose measured numbers pass every rule, reading no text.",
        .summary_zh = "保留各项度量值满足全部规则的行，不读取文本。",
        .example =
            "kept: {use: refine.filter.decide, from: measured, "
            "with: {rules: [\"alnum_ratio >= 0.25\", \"char_rep_ratio(10) <= 0.6\"]}}",
        .parameters = {{.name = "rules",
                        .type = ParameterType::kTextList,
                        .summary = "A number column, one of >= <= > < == !=, and a number.",
                        .summary_zh = "数值列、比较符（>= <= > < == != 之一）与数值。"}},
        .reasons = {{"fails_rule", "A number does not pass its rule.", "有数值不满足规则。"},
                    {"no_value", "A column of a rule is null.", "规则所用的列为空值。"}},
        .traits = {.cardinality = Cardinality::kFilter},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    if (parameters.texts("rules").empty()) {
      return Fail(Code::kInvalid, "no rule is given: every row would stay", {}, "rules");
    }
    std::vector<Condition> conditions;
    std::vector<int> columns;
    for (const std::string& rule : parameters.texts("rules")) {
      SIKU_TRY(Condition condition, ReadRule(rule));
      auto column = FindNumberColumn(input, condition.statistic);
      if (!column.has_value()) {
        Error error = std::move(column).error();
        error.place = rule;
        return tl::unexpected<Error>(std::move(error));
      }
      columns.push_back(*column);
      condition.low_reason = condition.high_reason = kFailsRule;
      conditions.push_back(std::move(condition));
    }
    return std::make_unique<BoundDecide>(input, std::move(conditions), std::move(columns));
  }
};

}  // namespace

const Operator& DecideFilter() {
  static const Decide instance;
  return instance;
}

}  // namespace siku::refine
