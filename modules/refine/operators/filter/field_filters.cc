// Data-Juicer's filters by fields: a value among those wanted, a number in an interval, a suffix.
#include <arrow/api.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "operators/filter/fields.h"
#include "operators/filter/measured_filter.h"
#include "operators/filter/parameters.h"
#include "operators/filter/row_values.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

// Why a row goes, if it goes.
using Decision = std::function<std::optional<Reject>(int64_t row)>;
using Decide = std::function<Result<Decision>(const arrow::Array& values)>;
using DecideValue = std::function<std::optional<Reject>(const conditions::Value& value)>;

struct Deciding {
  Decide column;
  DecideValue json;  // of a value inside JSON
};

class BoundField final : public RowBound {
 public:
  BoundField(const Schema& input, DeepField field, Deciding decide)
      : field_(std::move(field)), decide_(std::move(decide)), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return no_column_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext&) const override {
    std::vector<Reject> rejects;
    if (!field_.field.path.empty()) {
      SIKU_TRY(const Decision decision, DecisionOn(batch));
      for (int64_t row = 0; row < batch->num_rows(); ++row) {
        auto reject = decision(row);
        if (!reject) continue;
        reject->row = static_cast<int32_t>(row);
        rejects.push_back(std::move(*reject));
      }
    }
    return Without(batch, std::move(rejects));
  }

 private:
  Result<Decision> DecisionOn(const Batch& batch) const {
    if (field_.json) {
      SIKU_TRY(auto values, RowValues::Open(batch, field_));
      return
          [this, values = std::move(values)](int64_t row) { return decide_.json(values.At(row)); };
    }
    SIKU_TRY(auto values, ValuesOf(batch, field_.field));
    SIKU_TRY(auto decision, decide_.column(*values));
    return [values = std::move(values), decision = std::move(decision)](int64_t row) {
      return decision(row);
    };
  }

  DeepField field_;  // without a path: every row stays
  Deciding decide_;
  std::string no_column_{};
  std::vector<Schema> outputs_;
};

template <class Array>
std::optional<std::string> TextAt(const arrow::Array& values, int64_t row) {
  return std::string(static_cast<const Array&>(values).GetView(row));
}

// A text as it is, a truth value as YAML has it; nothing where it is null or neither.
std::optional<std::string> TextOf(const arrow::Array& values, int64_t row) {
  if (values.IsNull(row)) return std::nullopt;
  switch (values.type_id()) {
    case arrow::Type::LARGE_STRING:
      return TextAt<arrow::LargeStringArray>(values, row);
    case arrow::Type::STRING:
      return TextAt<arrow::StringArray>(values, row);
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(values).Value(row) ? "true" : "false";
    default:
      return std::nullopt;
  }
}

bool HoldsTexts(const arrow::Array& values) {
  const auto type = values.type_id();
  return type == arrow::Type::LARGE_STRING || type == arrow::Type::STRING ||
         type == arrow::Type::BOOL;
}

std::optional<double> NumberOf(const conditions::Value& value) {
  if (const auto* whole = std::get_if<int64_t>(&value.of)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value.of)) return *real;
  return std::nullopt;
}

// Whether each value is one of those wanted.
Result<std::vector<bool>> Wanted(const arrow::Array& values,
                                 const std::vector<std::string>& wanted) {
  std::vector<bool> found(static_cast<size_t>(values.length()));
  if (HoldsTexts(values)) {
    for (int64_t row = 0; row < values.length(); ++row) {
      const auto text = TextOf(values, row);
      found[static_cast<size_t>(row)] =
          text && std::find(wanted.begin(), wanted.end(), *text) != wanted.end();
    }
    return found;
  }
  SIKU_TRY(const auto numbers, NumbersOf(values));
  std::vector<double> among;
  for (const std::string& one : wanted) {
    if (const auto number = NumberIn(one)) among.push_back(*number);
  }
  for (size_t row = 0; row < numbers.size(); ++row) {
    found[row] = std::find(among.begin(), among.end(), numbers[row]) != among.end();
  }
  return found;
}

enum ValueReason : uint16_t { kOtherValue };

// Rows whose value, or all of whose list's values, are wanted; the others where `reversed`.
Decide ByValue(std::vector<std::string> wanted, bool reversed) {
  return [wanted = std::move(wanted), reversed](const arrow::Array& values) -> Result<Decision> {
    const auto* list = values.type_id() == arrow::Type::LIST
                           ? &static_cast<const arrow::ListArray&>(values)
                           : nullptr;
    SIKU_TRY(auto found, Wanted(list != nullptr ? *list->values() : values, wanted));
    return
        [&values, list, found = std::move(found), reversed](int64_t row) -> std::optional<Reject> {
          bool all = list == nullptr ? found[static_cast<size_t>(row)] : values.IsValid(row);
          for (int64_t i = 0; all && list != nullptr && i < list->value_length(row); ++i) {
            all = found[static_cast<size_t>(list->value_offset(row) + i)];
          }
          if (all != reversed) return std::nullopt;
          return Reject{.reason = kOtherValue, .detail = TextOf(values, row).value_or("")};
        };
  };
}

bool IsWanted(const conditions::Value& value, const std::vector<std::string>& wanted) {
  const auto has = [&](std::string_view text) {
    return std::find(wanted.begin(), wanted.end(), text) != wanted.end();
  };
  if (const auto* text = std::get_if<std::string>(&value.of)) return has(*text);
  if (const auto* truth = std::get_if<bool>(&value.of)) return has(*truth ? "true" : "false");
  if (const auto* list = std::get_if<conditions::List>(&value.of)) {
    return std::all_of(list->begin(), list->end(),
                       [&](const conditions::Value& one) { return IsWanted(one, wanted); });
  }
  const auto number = NumberOf(value);
  return number && std::any_of(wanted.begin(), wanted.end(),
                               [&](const std::string& one) { return NumberIn(one) == number; });
}

DecideValue ByJsonValue(std::vector<std::string> wanted, bool reversed) {
  return [wanted = std::move(wanted),
          reversed](const conditions::Value& value) -> std::optional<Reject> {
    if (IsWanted(value, wanted) != reversed) return std::nullopt;
    const auto* text = std::get_if<std::string>(&value.of);
    return Reject{.reason = kOtherValue, .detail = text == nullptr ? "" : *text};
  };
}

enum NumberReason : uint16_t { kTooLow, kTooHigh, kInRange, kNoNumber };

Result<std::vector<double>> NumbersOrTexts(const arrow::Array& values) {
  if (!HoldsTexts(values)) return NumbersOf(values);
  std::vector<double> numbers;
  for (int64_t row = 0; row < values.length(); ++row) {
    const auto text = TextOf(values, row);
    numbers.push_back(NumberIn(text.value_or("")).value_or(std::nan("")));
  }
  return numbers;
}

Decide ByNumber(Condition condition) {
  return [condition = std::move(condition)](const arrow::Array& values) -> Result<Decision> {
    SIKU_TRY(auto numbers, NumbersOrTexts(values));
    return [&condition, numbers = std::move(numbers)](int64_t row) -> std::optional<Reject> {
      const double value = numbers[static_cast<size_t>(row)];
      if (std::isnan(value)) return Reject{.reason = kNoNumber, .detail = condition.statistic};
      return Failing(condition, value);
    };
  };
}

DecideValue ByJsonNumber(Condition condition) {
  return
      [condition = std::move(condition)](const conditions::Value& value) -> std::optional<Reject> {
        const auto* text = std::get_if<std::string>(&value.of);
        const auto number = text == nullptr ? NumberOf(value) : NumberIn(*text);
        if (!number || std::isnan(*number)) {
          return Reject{.reason = kNoNumber, .detail = condition.statistic};
        }
        return Failing(condition, *number);
      };
}

ParameterSpec FieldKey() {
  return Text("field_key", "",
              {"The column, or a member of one: `meta.lang`; empty: every row stays.",
               "列名或其成员，如 `meta.lang`；为空则保留所有行。"});
}

ParameterSpec Reversed() {
  return YesNo("reversed_range", false, {"Keep the others instead.", "改为保留不满足条件的行。"});
}

class FieldFilter final : public Operator {
 public:
  using Make = std::function<Deciding(const Parameters&)>;
  // `column`: the parameter that names the field; `needs`: the list that must not be empty.
  FieldFilter(Record record, const char* column, const char* needs, Make make)
      : record_(std::move(record)), column_(column), needs_(needs), make_(std::move(make)) {
    record_.version = 1;
    record_.traits.cardinality = Cardinality::kFilter;
  }
  const Record& record() const override { return record_; }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    const std::string& key = parameters.text(column_);
    DeepField field;
    if (!key.empty() && (needs_ == nullptr || !parameters.texts(needs_).empty())) {
      SIKU_TRY(field, FindDeepField(input, SplitPath(key)));
    }
    return std::make_unique<BoundField>(input, std::move(field), make_(parameters));
  }

 private:
  Record record_;
  const char* column_;
  const char* needs_;
  Make make_;
};

Named OtherValue() {
  return {"other_value", "The value is not one that is kept.", "字段值不在保留之列。"};
}

Deciding AmongValues(const Parameters& parameters, const char* wanted) {
  const bool reversed = parameters.boolean("reversed_range");
  return {ByValue(parameters.texts(wanted), reversed),
          ByJsonValue(parameters.texts(wanted), reversed)};
}

std::vector<ParameterSpec> NumberParameters() {
  const auto limit = [](const char* name, double value, Summaries summaries) {
    return Real(name, value, std::move(summaries), "");
  };
  const auto most = static_cast<double>(kMaxSize);
  return {FieldKey(),
          limit("min_value", -most, {"The least that is kept.", "保留的最小值。"}),
          limit("max_value", most, {"The most that is kept.", "保留的最大值。"}),
          YesNo("min_closed_interval", true, {"The least itself is kept.", "下限值本身也保留。"}),
          YesNo("max_closed_interval", true, {"The most itself is kept.", "上限值本身也保留。"}),
          Reversed()};
}

}  // namespace

const Operator& SpecifiedFieldFilter() {
  static const FieldFilter instance(
      {
          .name = "refine.filter.specified_field",
          .summary = "Keep rows whose field has one of the given values.",
          .summary_zh = "保留字段值为给定值之一的行。",
          .source = "Data-Juicer 1.6.1, specified_field_filter.",
          .example = "kept: {use: refine.filter.specified_field, from: pages, "
                     "with: {field_key: meta.lang, target_value: [zh, en]}}",
          .parameters = {FieldKey(),
                         Texts("target_value", {},
                               {"The values that are kept; none: every row stays.",
                                "要保留的值；为空则保留所有行。"}),
                         Reversed()},
          .reasons = {OtherValue()},
      },
      "field_key", "target_value",
      [](const Parameters& parameters) { return AmongValues(parameters, "target_value"); });
  return instance;
}

const Operator& SuffixFilter() {
  static const FieldFilter instance(
      {
          .name = "refine.filter.suffix",
          .summary = "Keep rows of files with one of the given suffixes.",
          .summary_zh = "保留来自给定后缀文件的行。",
          .source = "Data-Juicer 1.6.1, suffix_filter.",
          .example =
              "kept: {use: refine.filter.suffix, from: pages, with: {suffixes: [.txt, .md]}}",
          .parameters = {Text("column", "suffix",
                              {"The column that has the suffix.", "存放后缀的列。"}),
                         Texts("suffixes", {},
                               {"As the column has them, `.txt`; none: every row stays.",
                                "与列中写法相同，如 `.txt`；为空则保留所有行。"}),
                         Reversed()},
          .reasons = {OtherValue()},
      },
      "column", "suffixes",
      [](const Parameters& parameters) { return AmongValues(parameters, "suffixes"); });
  return instance;
}

const Operator& SpecifiedNumericFieldFilter() {
  static const FieldFilter instance(
      {
          .name = "refine.filter.specified_numeric_field",
          .summary = "Keep rows whose field is a number in a range.",
          .summary_zh = "保留字段数值在给定范围内的行。",
          .source = "Data-Juicer 1.6.1, specified_numeric_field_filter.",
          .example = "kept: {use: refine.filter.specified_numeric_field, from: pages, "
                     "with: {field_key: score, min_value: 0.5}}",
          .parameters = NumberParameters(),
          .reasons = {{"too_low", "The number lies below the range.", "数值低于范围。"},
                      {"too_high", "The number lies above the range.", "数值高于范围。"},
                      {"in_range", "The number lies in the range that is not kept.",
                       "数值在不保留的范围内。"},
                      {"no_number", "The field is null or no number.", "字段为空或不是数值。"}},
      },
      "field_key", nullptr, [](const Parameters& parameters) {
        const bool reversed = parameters.boolean("reversed_range");
        // As Data-Juicer has it: the border goes to the part that is kept.
        const Condition condition{
            .statistic = parameters.text("field_key"),
            .low = parameters.real("min_value"),
            .high = parameters.real("max_value"),
            .low_closed = parameters.boolean("min_closed_interval") != reversed,
            .high_closed = parameters.boolean("max_closed_interval") != reversed,
            .reversed = reversed,
            .low_reason = reversed ? kInRange : kTooLow,
            .high_reason = kTooHigh};
        return Deciding{ByNumber(condition), ByJsonNumber(condition)};
      });
  return instance;
}

}  // namespace siku::refine
