// refine.text.count_damage: what the repairer would find, counted and flagged; the text stays.
#include <arrow/api.h>

#include <array>
#include <cmath>

#include "operators/operators.h"
#include "operators/text/shared_tables.h"
#include "operators/text_column.h"
#include "siku/columns.h"
#include "siku/refine/repair.h"

namespace siku::refine {
namespace {

constexpr size_t kRules = static_cast<size_t>(Rule::kMark) + 1;
constexpr size_t kKinds = kRules + static_cast<size_t>(FlagKind::kPrivateUse) + 1;
constexpr const char* kPrefix = "damage_";

using Counts = std::array<int64_t, kKinds>;

size_t IndexOf(Rule rule) { return static_cast<size_t>(rule); }
size_t IndexOf(FlagKind kind) { return kRules + static_cast<size_t>(kind); }

std::vector<Named> Kinds() {
  std::vector<Named> kinds;
  for (const Named& rule : RepairRules()) kinds.push_back(rule);
  for (const Named& flag : RepairFlags()) kinds.push_back(flag);
  return kinds;
}

Flag Found(const TextEdit& edit, int32_t row) {
  return {.row = row,
          .begin = static_cast<int64_t>(edit.begin),
          .end = static_cast<int64_t>(edit.end),
          .kind = static_cast<uint16_t>(IndexOf(edit.rule))};
}

Flag Found(const TextFlag& flag, int32_t row) {
  Flag out{.row = row,
           .begin = static_cast<int64_t>(flag.begin),
           .end = static_cast<int64_t>(flag.end),
           .kind = static_cast<uint16_t>(IndexOf(flag.kind)),
           .detail = flag.detail};
  if (flag.proposal.has_value()) {
    out.proposal = flag.proposal->after;
    out.rule = static_cast<uint16_t>(IndexOf(flag.proposal->rule));
    out.confidence = static_cast<uint16_t>(std::lround(flag.proposal->confidence * 1000));
  }
  return out;
}

class BoundCount final : public RowBound {
 public:
  BoundCount(const Schema& input, int column, std::shared_ptr<const Tables> tables,
             const RepairOptions& options)
      : name_(input->field(column)->name()), index_(column), repairer_(std::move(tables), options) {
    auto fields = input->fields();
    for (const Named& kind : Kinds()) {
      fields.push_back(arrow::field(kPrefix + kind.name, arrow::int64()));
    }
    outputs_ = {arrow::schema(std::move(fields))};
  }
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    Outcome outcome;
    std::vector<Counts> counts(static_cast<size_t>(batch->num_rows()));
    bool stopped = false;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (stopped || (stopped = context.stopping())) return;
      const Repaired repaired = repairer_.Repair(text);
      const size_t first = outcome.flags.size();
      for (const TextEdit& edit : repaired.edits) outcome.flags.push_back(Found(edit, row));
      for (const TextFlag& flag : repaired.flags) outcome.flags.push_back(Found(flag, row));
      std::stable_sort(outcome.flags.begin() + static_cast<ptrdiff_t>(first), outcome.flags.end(),
                       [](const Flag& a, const Flag& b) { return a.begin < b.begin; });
      Counts& here = counts[static_cast<size_t>(row)];
      for (size_t i = first; i < outcome.flags.size(); ++i) ++here[outcome.flags[i].kind];
    });
    if (stopped) return Fail(Code::kInterrupted, "the run was asked to stop");
    auto columns = batch->columns();
    for (size_t kind = 0; kind < kKinds; ++kind) {
      SIKU_TRY(auto column, Column(*batch->column(index_), counts, kind));
      columns.push_back(std::move(column));
    }
    outcome.outputs.push_back(
        SameRows(arrow::RecordBatch::Make(outputs_[0], batch->num_rows(), std::move(columns))));
    return outcome;
  }

 private:
  // Null where the text is.
  static Result<std::shared_ptr<arrow::Array>> Column(const arrow::Array& texts,
                                                      const std::vector<Counts>& counts,
                                                      size_t kind) {
    arrow::Int64Builder builder;
    auto status = builder.Reserve(texts.length());
    for (int64_t row = 0; row < texts.length() && status.ok(); ++row) {
      status = texts.IsNull(row) ? builder.AppendNull()
                                 : builder.Append(counts[static_cast<size_t>(row)][kind]);
    }
    std::shared_ptr<arrow::Array> column;
    if (status.ok()) status = builder.Finish(&column);
    if (!status.ok()) return Fail(Code::kLimit, "out of memory", status.message());
    return column;
  }

  std::string name_;
  int index_;
  std::vector<Schema> outputs_{};
  Repairer repairer_;
};

class CountDamage final : public Operator {
 public:
  const Record& record() const override {
    static const Record kRecord = MakeRecord();
    return kRecord;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    for (const std::string& name : record().writes) {
      SIKU_TRY(CheckNewColumn(input, name));
    }
    SIKU_TRY(auto tables, SharedTables());
    return std::make_unique<BoundCount>(
        input, column, std::move(tables),
        RepairOptions{.min_confidence = parameters.real("min_confidence"),
                      .marks = parameters.boolean("marks")});
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return SharedTableHashes();
  }

 private:
  static Record MakeRecord() {
    Record record = {
        .name = "refine.text.count_damage",
        .version = 1,
        .summary = "Count damage of each kind without repairing it.",
        .summary_zh = "统计各类损坏，不作修复。",
        .source = "What refine.text.repair finds (docs/repair.md).",
        .example = "counted: {use: refine.text.count_damage, from: pages}",
        .parameters = {TextColumn(),
                       {.name = "min_confidence",
                        .type = ParameterType::kReal,
                        .summary = "A repair below this confidence counts as a proposal.",
                        .summary_zh = "置信度低于此值的修复计为建议。",
                        .unit = "ratio",
                        .default_value = 0.9,
                        .minimum = 0.0,
                        .maximum = 1.0},
                       {.name = "marks",
                        .type = ParameterType::kBool,
                        .summary = "Count narrowed marks between Chinese characters as well.",
                        .summary_zh = "同时统计汉字间的半角标点。",
                        .default_value = false}},
        .reads = {"$column"},
        .rules = {RepairRules().begin(), RepairRules().end()},
        .flags = Kinds(),
    };
    for (const Named& kind : Kinds()) record.writes.push_back(kPrefix + kind.name);
    return record;
  }
};

}  // namespace

const Operator& CountDamageOperator() {
  static const CountDamage kInstance;
  return kInstance;
}

}  // namespace siku::refine
