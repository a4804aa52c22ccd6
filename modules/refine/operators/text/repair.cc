// refine.text.repair and its four parts: Arrow around the repair kernel.
#include "siku/refine/repair.h"

#include <arrow/api.h>

#include <cmath>
#include <mutex>

#include "operators/operators.h"
#include "siku/columns.h"
#include "siku/refine/tables.h"

namespace siku::refine {
namespace {

uint16_t PerMille(double confidence) {
  return static_cast<uint16_t>(std::lround(std::min(1.0, std::max(0.0, confidence)) * 1000));
}

Edit ToEdit(const TextEdit& edit, int32_t row) {
  return {.row = row,
          .begin = static_cast<int64_t>(edit.begin),
          .end = static_cast<int64_t>(edit.end),
          .after = edit.after,
          .rule = static_cast<uint16_t>(edit.rule),
          .confidence = PerMille(edit.confidence),
          .alternatives = edit.alternatives};
}

Flag ToFlag(const TextFlag& flag, int32_t row) {
  Flag out{.row = row,
           .begin = static_cast<int64_t>(flag.begin),
           .end = static_cast<int64_t>(flag.end),
           .kind = static_cast<uint16_t>(flag.kind),
           .detail = flag.detail};
  if (flag.proposal.has_value()) {
    out.proposal = flag.proposal->after;
    out.rule = static_cast<uint16_t>(flag.proposal->rule);
    out.confidence = PerMille(flag.proposal->confidence);
  }
  return out;
}

class BoundRepair final : public RowBound {
 public:
  BoundRepair(const Schema& input, int column, std::shared_ptr<const Tables> tables,
              const RepairOptions& options)
      : name_(input->field(column)->name()),
        index_(column),
        outputs_{input},
        repairer_(std::move(tables), options) {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    Outcome outcome;
    bool stopped = false;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (stopped || (stopped = context.stopping())) return;
      const Repaired repaired = repairer_.Repair(text);
      for (const TextEdit& edit : repaired.edits) outcome.edits.push_back(ToEdit(edit, row));
      for (const TextFlag& flag : repaired.flags) outcome.flags.push_back(ToFlag(flag, row));
    });
    if (stopped) return Fail(Code::kInterrupted, "the run was asked to stop");
    SIKU_TRY(auto edited, EditedBatch(batch, index_, outcome.edits));
    outcome.outputs.push_back(SameRows(std::move(edited)));
    return outcome;
  }

 private:
  std::string name_;
  int index_;
  std::vector<Schema> outputs_;
  Repairer repairer_;
};

struct Part {
  const char* name;
  const char* summary;
  const char* summary_zh;
  RepairOptions kinds;
};

class Repair final : public Operator {
 public:
  explicit Repair(const Part& part) : kinds_(part.kinds), record_(MakeRecord(part)) {}
  const Record& record() const override { return record_; }

  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(auto tables, OpenTables());
    RepairOptions options = kinds_;
    options.min_confidence = parameters.real("min_confidence");
    return std::make_unique<BoundRepair>(input, column, std::move(tables), options);
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    const auto tables = OpenTables();
    if (!tables.has_value()) return {};
    return {{"siku-refine.tables", std::string((*tables)->hash())}};
  }

 private:
  // Mapped once in a process and shared by every step and thread.
  static Result<std::shared_ptr<const Tables>> OpenTables() {
    static std::mutex mutex;
    static std::shared_ptr<const Tables> shared;
    const std::lock_guard lock(mutex);
    if (shared == nullptr) {
      SIKU_TRY(auto path, Tables::Find());
      SIKU_TRY(shared, Tables::Open(path));
    }
    return shared;
  }
  static Record MakeRecord(const Part& part) {
    const auto rules = RepairRules();
    const auto flags = RepairFlags();
    return {
        .name = part.name,
        .version = 1,
        .summary = part.summary,
        .summary_zh = part.summary_zh,
        .source = "Own method: propose, damage again, compare, rank (docs/repair.md).",
        .example = std::string("repaired: {use: ") + part.name +
                   ", from: pages, with: {min_confidence: 0.9}}",
        .parameters = {{.name = "column",
                        .type = ParameterType::kText,
                        .summary = "The text column.",
                        .summary_zh = "文本列。",
                        .default_value = "text"},
                       {.name = "min_confidence",
                        .type = ParameterType::kReal,
                        .summary = "A repair below this confidence is proposed, not applied.",
                        .summary_zh = "置信度低于此值的修复只提出建议，不予应用。",
                        .unit = "ratio",
                        .default_value = 0.9,
                        .minimum = 0.0,
                        .maximum = 1.0}},
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {rules.begin(), rules.end()},
        .flags = {flags.begin(), flags.end()},
    };
  }

  RepairOptions kinds_;
  Record record_;
};

}  // namespace

const Operator& RepairOperator() {
  static const Repair instance({"refine.text.repair",
                                "Repair damaged Chinese text: all kinds, resolved jointly.",
                                "修复受损的中文文本：各类损坏联合求解。", RepairOptions{}});
  return instance;
}

const Operator& RepairShiftedRunsOperator() {
  static const Repair instance(
      {"refine.text.repair_shifted_runs", "Restore runs of GBK text that were read one byte late.",
       "还原错位一个字节读取的 GBK 文本段。",
       RepairOptions{.shifted = true, .annotated = false, .readings = false, .simplify = false}});
  return instance;
}

const Operator& StripAnnotationsOperator() {
  static const Repair instance(
      {"refine.text.strip_annotations",
       "Strip the (pinyin) that a converter put behind characters.",
       "去除转换程序加在字后的（拼音）。",
       RepairOptions{.shifted = false, .annotated = true, .readings = false, .simplify = false}});
  return instance;
}

const Operator& RestoreReadingsOperator() {
  static const Repair instance(
      {"refine.text.restore_readings",
       "Restore characters that were replaced by their toneless reading.",
       "还原被无声调拼音替换的字。",
       RepairOptions{.shifted = false, .annotated = false, .readings = true, .simplify = false}});
  return instance;
}

const Operator& SimplifyConvertedOperator() {
  static const Repair instance(
      {"refine.text.simplify_converted",
       "Turn machine-made traditional text back into simplified, by words.",
       "将机器转换的繁体文本按词还原为简体。",
       RepairOptions{.shifted = false, .annotated = false, .readings = false, .simplify = true}});
  return instance;
}

}  // namespace siku::refine
