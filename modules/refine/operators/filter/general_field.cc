// refine.filter.general_field: Data-Juicer's filter by a condition on fields.
#include <arrow/api.h>

#include "conditions/condition.h"
#include "operators/filter/parameters.h"
#include "operators/filter/row_values.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using conditions::Condition;

enum Reason : uint16_t { kFalse, kNotComparable };

class BoundCondition final : public RowBound {
 public:
  BoundCondition(const Schema& input, std::optional<Condition> condition,
                 std::vector<DeepField> fields)
      : condition_(std::move(condition)), fields_(std::move(fields)), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return no_column_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext&) const override {
    Outcome outcome;
    if (!condition_) {
      outcome.outputs.push_back(SameRows(batch));
      return outcome;
    }
    std::vector<RowValues> columns;
    for (const DeepField& field : fields_) {
      SIKU_TRY(auto values, RowValues::Open(batch, field));
      columns.push_back(std::move(values));
    }
    std::vector<int32_t> kept;
    std::vector<conditions::Value> values(columns.size());
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      for (size_t i = 0; i < columns.size(); ++i) values[i] = columns[i].At(row);
      const auto holds = condition_->Holds(values);
      if (holds && *holds) {
        kept.push_back(row);
      } else {
        outcome.rejects.push_back({.row = row, .reason = holds ? kFalse : kNotComparable});
      }
    }
    SIKU_TRY(auto rows, SelectRows(batch, kept));
    outcome.outputs.push_back({std::move(rows), std::move(kept)});
    return outcome;
  }

 private:
  std::optional<Condition> condition_;  // nothing: every row stays
  std::vector<DeepField> fields_;
  std::string no_column_{};
  std::vector<Schema> outputs_;
};

class GeneralField final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.filter.general_field",
        .version = 1,
        .summary = "Keep rows that fulfil a condition on their fields.",
        .summary_zh = "保留字段满足给定条件的行。",
        .source = "Data-Juicer 1.6.1, general_field_filter; comparisons are those of Python.",
        .example =
            "kept: {use: refine.filter.general_field, from: pages, "
            "with: {filter_condition: \"10 < n <= 30 and meta.lang in ['zh', 'en']\"}}",
        .parameters = {Text("filter_condition", "",
                            {"Comparisons (also in chains), `in`, `and`, `or` and `not` over "
                             "columns and their members; empty: every row stays.",
                             "由列及其成员的比较（可连写）、`in`、`and`、`or`、`not` "
                             "组成；为空则保留所有行。"})},
        .reasons = {{"condition_false", "The condition is not fulfilled.", "不满足条件。"},
                    {"not_comparable",
                     "Two values have no order, as a text and a number have none.",
                     "两个值无法比较，如文本与数值。"}},
        .traits = {.cardinality = Cardinality::kFilter},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    const std::string& text = parameters.text("filter_condition");
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
      return std::make_unique<BoundCondition>(input, std::nullopt, std::vector<DeepField>());
    }
    SIKU_TRY(auto condition, Condition::Parse(text));
    std::vector<DeepField> fields;
    for (const auto& path : condition.fields()) {
      SIKU_TRY(auto field, FindDeepField(input, path));
      fields.push_back(std::move(field));
    }
    return std::make_unique<BoundCondition>(input, std::move(condition), std::move(fields));
  }
};

}  // namespace

const Operator& GeneralFieldFilter() {
  static const GeneralField instance;
  return instance;
}

}  // namespace siku::refine
