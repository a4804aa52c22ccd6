#include "step.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <functional>

#include "siku/columns.h"

namespace siku::run {
namespace {

Schema TextSchema() { return arrow::schema({arrow::field("text", arrow::large_utf8())}); }

Batch Texts(const std::vector<std::string>& texts) {
  arrow::Int32Builder source;
  arrow::Int64Builder position;
  arrow::BinaryBuilder child;
  arrow::LargeBinaryBuilder residue;
  arrow::LargeStringBuilder text;
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_TRUE(source.Append(0).ok());
    EXPECT_TRUE(position.Append(static_cast<int64_t>(i) * 10).ok());
    EXPECT_TRUE(child.Append("").ok());
    EXPECT_TRUE(residue.AppendNull().ok());
    EXPECT_TRUE(text.Append(texts[i]).ok());
  }
  return arrow::RecordBatch::Make(
      WithHidden(TextSchema()), static_cast<int64_t>(texts.size()),
      {*source.Finish(), *position.Finish(), *child.Finish(), *residue.Finish(), *text.Finish()});
}

// An operator that does whatever a test says.
class Scripted final : public RowBound {
 public:
  explicit Scripted(std::function<Outcome(const Batch&)> script) : script_(std::move(script)) {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return column_; }
  Result<Outcome> Apply(const Batch& batch, const RowContext&) const override {
    return script_(batch);
  }

 private:
  std::function<Outcome(const Batch&)> script_;
  std::vector<Schema> outputs_{TextSchema()};
  std::string column_ = "text";
};

Record MapRecord() {
  return {.name = "test.text.script",
          .summary = "",
          .summary_zh = "",
          .rules = {{"rule", "", ""}},
          .reasons = {{"reason", "", ""}},
          .flags = {{"kind", "", ""}}};
}

Result<StepOutput> Apply(const Batch& input, StepCounts& counts,
                         std::function<Outcome(const Batch&)> script,
                         Cardinality cardinality = Cardinality::kMap) {
  Record record = MapRecord();
  record.traits.cardinality = cardinality;
  return ApplyRowStep("s", record, Scripted(std::move(script)), input, nullptr, counts);
}

Outcome Edited(const Batch& batch, std::vector<Edit> edits) {
  Outcome outcome;
  outcome.outputs.push_back(SameRows(EditedBatch(batch, 0, edits).value()));
  outcome.edits = std::move(edits);
  return outcome;
}

TEST(ApplyRowStep, RecordsAnEditThatGivesTheText) {
  StepCounts counts;
  const auto output = Apply(Texts({"abc", "def"}), counts, [](const Batch& batch) {
    return Edited(batch, {{.row = 1, .begin = 0, .end = 1, .after = "X"}});
  });
  ASSERT_TRUE(output.has_value()) << Describe(output.error());
  ASSERT_EQ(output->ledger.edits.size(), 1U);
  EXPECT_EQ(output->ledger.edits[0].key.position, 10);
  EXPECT_EQ(RevertDelta("Xef", output->ledger.edits[0].delta).value(), "def");
  EXPECT_EQ(counts.edits.at("rule"), 1);
  EXPECT_EQ(counts.kept, 2);
  EXPECT_TRUE(counts.Balances());
}

TEST(ApplyRowStep, RefusesATextThatChangedWithoutAnEdit) {
  StepCounts counts;
  const auto output = Apply(Texts({"abc"}), counts, [](const Batch& batch) {
    Outcome outcome = Edited(batch, {{.row = 0, .begin = 0, .end = 1, .after = "X"}});
    outcome.edits.clear();
    return outcome;
  });
  ASSERT_FALSE(output.has_value());
  EXPECT_STREQ(output.error().message, "a text changed without an edit");
}

TEST(ApplyRowStep, RefusesEditsThatDoNotGiveTheText) {
  StepCounts counts;
  const auto output = Apply(Texts({"abc"}), counts, [](const Batch& batch) {
    Outcome outcome = Edited(batch, {{.row = 0, .begin = 0, .end = 1, .after = "X"}});
    outcome.edits[0].after = "Y";
    return outcome;
  });
  ASSERT_FALSE(output.has_value());
  EXPECT_STREQ(output.error().message, "the edits do not give the text");
}

TEST(ApplyRowStep, RefusesARowWithoutAFateOrWithTwo) {
  StepCounts counts;
  const auto lost = Apply(Texts({"a", "b"}), counts, [](const Batch& batch) {
    Outcome outcome;
    outcome.outputs.push_back({batch->Slice(0, 1), {0}});
    return outcome;
  });
  ASSERT_FALSE(lost.has_value());
  EXPECT_STREQ(lost.error().message, "a row has no fate, or two");
  const auto twice = Apply(Texts({"a", "b"}), counts, [](const Batch& batch) {
    Outcome outcome;
    outcome.outputs.push_back(SameRows(batch));
    outcome.rejects.push_back({.row = 1});
    return outcome;
  });
  EXPECT_FALSE(twice.has_value());
}

TEST(ApplyRowStep, KeepsTheWholeRejectedRow) {
  StepCounts counts;
  const auto output = Apply(Texts({"a", "b"}), counts, [](const Batch& batch) {
    Outcome outcome;
    outcome.outputs.push_back({batch->Slice(0, 1), {0}});
    outcome.rejects.push_back({.row = 1, .detail = "why"});
    return outcome;
  });
  ASSERT_TRUE(output.has_value()) << Describe(output.error());
  EXPECT_EQ(output->ledger.rejected_rows->num_rows(), 1);
  EXPECT_EQ(output->ledger.rejects[0].detail, "why");
  EXPECT_EQ(counts.rejected, 1);
  EXPECT_TRUE(counts.Balances());
}

TEST(ApplyRowStep, GivesChildrenKeysUnderTheirParent) {
  StepCounts counts;
  const auto output = Apply(
      Texts({"a b", "c"}), counts,
      [](const Batch& batch) {
        Outcome outcome;
        Rows rows = SameRows(batch);
        arrow::LargeStringBuilder text;
        for (const char* part : {"a", "b", "c"}) EXPECT_TRUE(text.Append(part).ok());
        rows.batch = arrow::RecordBatch::Make(batch->schema(), 3, {*text.Finish()});
        rows.parent = {0, 0, 1};
        rows.origin = {{0, 1}, {2, 3}, {0, 1}};
        outcome.outputs.push_back(std::move(rows));
        return outcome;
      },
      Cardinality::kExpand);
  ASSERT_TRUE(output.has_value()) << Describe(output.error());
  const Keys keys(output->ports[0]);
  EXPECT_EQ(ToString(keys.key(1)), "0:0/1");
  EXPECT_EQ(ToString(keys.key(2)), "0:10/0");
  EXPECT_EQ(counts.expanded, 2);
  ASSERT_EQ(output->ledger.parts.size(), 2U);
  const auto parts = DecodeParts(output->ledger.parts[0].delta).value();
  EXPECT_EQ(JoinParts(parts, std::vector<std::string_view>{"a", "b"}).value(), "a b");
}

TEST(ApplyRowStep, RefusesAChildWhoseTextIsNotItsSpan) {
  StepCounts counts;
  const auto output = Apply(
      Texts({"abc"}), counts,
      [](const Batch& batch) {
        Outcome outcome;
        Rows rows = SameRows(batch);
        rows.origin = {{0, 2}};
        outcome.outputs.push_back(std::move(rows));
        return outcome;
      },
      Cardinality::kExpand);
  EXPECT_FALSE(output.has_value());
}

TEST(ApplyVerdicts, RemovesExactlyTheNamedRows) {
  StepCounts counts;
  size_t next = 0;
  const std::vector<RowVerdict> verdicts = {{{0, 10, ""}, "reason", "", RowKey{0, 0, ""}},
                                            {{0, 30, ""}, "reason"}};
  const auto bound = Scripted([](const Batch&) { return Outcome(); });
  const auto output =
      ApplyVerdicts("s", MapRecord(), bound, Texts({"a", "b", "c", "d"}), verdicts, next, counts);
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->ports[0]->num_rows(), 2);
  EXPECT_EQ(counts.merged, 1);
  EXPECT_EQ(counts.rejected, 1);
  EXPECT_EQ(next, 2U);
  EXPECT_TRUE(counts.Balances());
}

}  // namespace
}  // namespace siku::run
