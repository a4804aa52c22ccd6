// refine.text.repair and its parts: Arrow around the repair kernel.
#include "siku/refine/repair.h"

#include <arrow/api.h>

#include <array>
#include <cmath>

#include "operators/operators.h"
#include "operators/text/shared_tables.h"
#include "operators/text_column.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

constexpr size_t kRules = static_cast<size_t>(Rule::kMark) + 1;
constexpr size_t kFlags = static_cast<size_t>(FlagKind::kPrivateUse) + 1;

uint16_t PerMille(double confidence) {
  return static_cast<uint16_t>(std::lround(std::min(1.0, std::max(0.0, confidence)) * 1000));
}

// Where the record of an operator has a rule or flag that the repairer names.
struct Numbers {
  std::array<uint16_t, kRules> rules{};
  std::array<uint16_t, kFlags> flags{};
};

Edit ToEdit(const TextEdit& edit, int32_t row, const Numbers& numbers) {
  return {.row = row,
          .begin = static_cast<int64_t>(edit.begin),
          .end = static_cast<int64_t>(edit.end),
          .after = edit.after,
          .rule = numbers.rules[static_cast<size_t>(edit.rule)],
          .confidence = PerMille(edit.confidence),
          .alternatives = edit.alternatives};
}

Flag ToFlag(const TextFlag& flag, int32_t row, const Numbers& numbers) {
  Flag out{.row = row,
           .begin = static_cast<int64_t>(flag.begin),
           .end = static_cast<int64_t>(flag.end),
           .kind = numbers.flags[static_cast<size_t>(flag.kind)],
           .detail = flag.detail};
  if (flag.proposal.has_value()) {
    out.proposal = flag.proposal->after;
    out.rule = numbers.rules[static_cast<size_t>(flag.proposal->rule)];
    out.confidence = PerMille(flag.proposal->confidence);
    out.alternatives = flag.proposal->alternatives;
  }
  return out;
}

class BoundRepair final : public RowBound {
 public:
  BoundRepair(const Schema& input, int column, std::shared_ptr<const Tables> tables,
              const RepairOptions& options, const Numbers& numbers)
      : name_(input->field(column)->name()),
        index_(column),
        outputs_{input},
        numbers_(numbers),
        repairer_(std::move(tables), options) {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    Outcome outcome;
    bool stopped = false;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (stopped || (stopped = context.stopping())) return;
      const Repaired repaired = repairer_.Repair(text);
      for (const TextEdit& edit : repaired.edits)
        outcome.edits.push_back(ToEdit(edit, row, numbers_));
      for (const TextFlag& flag : repaired.flags)
        outcome.flags.push_back(ToFlag(flag, row, numbers_));
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
  Numbers numbers_;
  Repairer repairer_;
};

struct Part {
  const char* name;
  int version;
  const char* summary;
  const char* summary_zh;
  RepairOptions kinds;
  std::vector<Rule> rules;
  std::vector<FlagKind> flags;
  bool with_marks = false;  // has the parameter `marks`
};

constexpr RepairOptions kNothing = {.shifted = false,
                                    .annotated = false,
                                    .readings = false,
                                    .simplify = false,
                                    .decoding = false,
                                    .residue = false};

template <class Kind>
std::vector<Kind> All(size_t count) {
  std::vector<Kind> all;
  for (size_t i = 0; i < count; ++i) all.push_back(static_cast<Kind>(i));
  return all;
}

class Repair final : public Operator {
 public:
  explicit Repair(const Part& part)
      : kinds_(part.kinds), with_marks_(part.with_marks), record_(MakeRecord(part)) {
    uint16_t number = 0;
    for (const Rule rule : part.rules) numbers_.rules[static_cast<size_t>(rule)] = number++;
    number = 0;
    for (const FlagKind flag : part.flags) numbers_.flags[static_cast<size_t>(flag)] = number++;
  }
  const Record& record() const override { return record_; }

  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(auto tables, SharedTables());
    RepairOptions options = kinds_;
    options.min_confidence = parameters.real("min_confidence");
    if (with_marks_) options.marks = parameters.boolean("marks");
    return std::make_unique<BoundRepair>(input, column, std::move(tables), options, numbers_);
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return SharedTableHashes();
  }

 private:
  static Record MakeRecord(const Part& part) {
    Record record = {
        .name = part.name,
        .version = part.version,
        .summary = part.summary,
        .summary_zh = part.summary_zh,
        .source = "Own method: propose, damage again, compare, rank (docs/repair.md).",
        .example = std::string("repaired: {use: ") + part.name +
                   ", from: pages, with: {min_confidence: 0.9}}",
        .parameters = {TextColumn(),
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
    };
    if (part.with_marks) {
      record.parameters.push_back(
          {.name = "marks",
           .type = ParameterType::kBool,
           .summary = "Make narrowed marks between Chinese characters full-width as well.",
           .summary_zh = "同时把汉字间的半角标点恢复为全角。",
           .default_value = false});
    }
    for (const Rule rule : part.rules) {
      record.rules.push_back(RepairRules()[static_cast<size_t>(rule)]);
    }
    for (const FlagKind flag : part.flags) {
      record.flags.push_back(RepairFlags()[static_cast<size_t>(flag)]);
    }
    return record;
  }

  RepairOptions kinds_;
  bool with_marks_;
  Numbers numbers_;
  Record record_;
};

RepairOptions Only(bool RepairOptions::*kind) {
  RepairOptions options = kNothing;
  options.*kind = true;
  return options;
}

const std::vector<FlagKind> kWalkFlags = {FlagKind::kProposed, FlagKind::kUndecided,
                                          FlagKind::kDestroyed};

}  // namespace

const Operator& RepairOperator() {
  static const Repair instance(
      {.name = "refine.text.repair",
       .version = 2,
       .summary = "Repair damaged Chinese text: all kinds, resolved jointly.",
       .summary_zh = "修复受损的中文文本：各类损坏联合求解。",
       .kinds = {},
       .rules = All<Rule>(kRules),
       .flags = All<FlagKind>(kFlags),
       .with_marks = true});
  return instance;
}

const Operator& RepairShiftedRunsOperator() {
  static const Repair instance({.name = "refine.text.repair_shifted_runs",
                                .version = 2,
                                .summary = "Restore runs of GBK text that were read one byte late.",
                                .summary_zh = "还原错位一个字节读取的 GBK 文本段。",
                                .kinds = Only(&RepairOptions::shifted),
                                .rules = {Rule::kShiftedRun},
                                .flags = kWalkFlags});
  return instance;
}

const Operator& StripAnnotationsOperator() {
  static const Repair instance(
      {.name = "refine.text.strip_annotations",
       .version = 2,
       .summary = "Strip the (pinyin) that a converter put behind characters.",
       .summary_zh = "去除转换程序加在字后的（拼音）。",
       .kinds = Only(&RepairOptions::annotated),
       .rules = {Rule::kStripAnnotation},
       .flags = kWalkFlags});
  return instance;
}

const Operator& RestoreReadingsOperator() {
  static const Repair instance(
      {.name = "refine.text.restore_readings",
       .version = 2,
       .summary = "Restore characters that were replaced by their toneless reading.",
       .summary_zh = "还原被无声调拼音替换的字。",
       .kinds = Only(&RepairOptions::readings),
       .rules = {Rule::kRestoreReading},
       .flags = kWalkFlags});
  return instance;
}

const Operator& SimplifyConvertedOperator() {
  static const Repair instance(
      {.name = "refine.text.simplify_converted",
       .version = 2,
       .summary = "Turn machine-made traditional text back into simplified, by words.",
       .summary_zh = "将机器转换的繁体文本按词还原为简体。",
       .kinds = Only(&RepairOptions::simplify),
       .rules = {Rule::kSimplify},
       .flags = kWalkFlags});
  return instance;
}

const Operator& RestoreDecodingsOperator() {
  static const Repair instance(
      {.name = "refine.text.restore_decodings",
       .version = 1,
       .summary = "Restore text that was decoded by the wrong character set.",
       .summary_zh = "还原用错误的字符集解码的文字。",
       .kinds = Only(&RepairOptions::decoding),
       .rules = {Rule::kDecode},
       .flags = kWalkFlags});
  return instance;
}

const Operator& CleanResidueOperator() {
  static const Repair instance(
      {.name = "refine.text.clean_residue",
       .version = 1,
       .summary =
           "Remove what formats and programs left: entities, controls, zero-width characters.",
       .summary_zh = "清除格式和程序的残留：实体、控制字符、零宽字符等。",
       .kinds = Only(&RepairOptions::residue),
       .rules = {Rule::kEntity, Rule::kComma, Rule::kInvisible, Rule::kControl, Rule::kLineEnd,
                 Rule::kPrivateUse},
       .flags = {FlagKind::kProposed, FlagKind::kPrivateUse}});
  return instance;
}

const Operator& RestoreMarksOperator() {
  static const Repair instance({.name = "refine.text.restore_marks",
                                .version = 1,
                                .summary = "Restore full-width marks between Chinese characters.",
                                .summary_zh = "把汉字间的半角标点恢复为全角。",
                                .kinds = Only(&RepairOptions::marks),
                                .rules = {Rule::kMark},
                                .flags = {FlagKind::kProposed}});
  return instance;
}

}  // namespace siku::refine
