// What cases cannot say: the verdicts do not depend on which groups share a partition.
#include <arrow/api.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

constexpr int kRows = 400;
constexpr int kTexts = 60;

Batch Rows() {
  arrow::LargeStringBuilder text;
  arrow::DoubleBuilder score;
  uint32_t state = 20261124;
  for (int i = 0; i < kRows; ++i) {
    state = state * 1664525 + 1013904223;  // Numerical Recipes
    EXPECT_TRUE(text.Append("文" + std::to_string(state % kTexts)).ok());
    EXPECT_TRUE(state % 7 == 0 ? score.AppendNull().ok() : score.Append(state % 5).ok());
  }
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("text", arrow::large_utf8()),
                                                 arrow::field("score", arrow::float64())}),
                                  kRows, {*text.Finish(), *score.Finish()});
}

Parameters Keeping(const std::string& keep, const std::string& by) {
  std::map<std::string, ParameterValue> values;
  for (const auto& spec : DropDuplicatesOperator().record().parameters) {
    values[spec.name] = *spec.default_value;
  }
  values["keep"] = keep;
  values["by"] = by;
  return Parameters(std::move(values));
}

Parameters Keeping(const std::string& keep) {
  return Keeping(keep, keep == "highest" || keep == "lowest" ? "score" : "");
}

// (row, row it went into), in rows of the whole input.
using Merges = std::map<int64_t, int64_t>;

Merges ReduceIn(const KeyedBound& bound, const Batch& sketch, int partitions) {
  const auto& high =
      static_cast<const arrow::Int64Array&>(*sketch->GetColumnByName("exchange_high"));
  Merges merges;
  for (int part = 0; part < partitions; ++part) {
    std::vector<int32_t> rows;
    for (int32_t row = 0; row < sketch->num_rows(); ++row) {
      if (static_cast<uint64_t>(high.Value(row)) % static_cast<uint64_t>(partitions) ==
          static_cast<uint64_t>(part)) {
        rows.push_back(row);
      }
    }
    const auto verdicts = bound.Reduce(SelectRows(sketch, rows).value()).value();
    for (const auto& verdict : verdicts) {
      merges[rows[static_cast<size_t>(verdict.row)]] = rows[static_cast<size_t>(verdict.partner)];
    }
  }
  return merges;
}

TEST(DropDuplicates, GivesTheSameVerdictsInAnyPartitions) {
  const Batch rows = Rows();
  for (const char* keep : {"first", "last", "longest", "highest", "lowest"}) {
    const auto bound = DropDuplicatesOperator().Bind(rows->schema(), Keeping(keep)).value();
    const auto& keyed = dynamic_cast<const KeyedBound&>(*bound);
    const Batch sketch = keyed.Sketch(rows).value();
    const Merges whole = ReduceIn(keyed, sketch, 1);
    EXPECT_EQ(whole.size(), static_cast<size_t>(kRows - kTexts)) << keep;
    EXPECT_EQ(ReduceIn(keyed, sketch, 2), whole) << keep;
    EXPECT_EQ(ReduceIn(keyed, sketch, 17), whole) << keep;
  }
}

TEST(DropDuplicates, SketchesEachRowAlone) {
  const Batch rows = Rows();
  const auto bound = DropDuplicatesOperator().Bind(rows->schema(), Keeping("highest")).value();
  const auto& keyed = dynamic_cast<const KeyedBound&>(*bound);
  const Batch whole = keyed.Sketch(rows).value();
  for (int64_t row = 0; row < rows->num_rows(); row += 37) {
    EXPECT_TRUE(whole->Slice(row, 1)->Equals(*keyed.Sketch(rows->Slice(row, 1)).value()));
  }
}

TEST(DropDuplicates, NamesTheColumnsThereAreForOneThatIsMissing) {
  const auto bound = DropDuplicatesOperator().Bind(
      arrow::schema({arrow::field("body", arrow::large_utf8())}), Keeping("first"));
  ASSERT_FALSE(bound.has_value());
  EXPECT_NE(Describe(bound.error(), Language::kEnglish).find("body"), std::string::npos);
}

TEST(DropDuplicates, WantsByWhereItCountsAndNowhereElse) {
  const Schema schema = Rows()->schema();
  const auto fault = [&](const std::string& keep, const std::string& by) {
    const auto bound = DropDuplicatesOperator().Bind(schema, Keeping(keep, by));
    if (bound.has_value()) return std::string();
    if (by != "nosuch") {
      EXPECT_EQ(bound.error().code, Code::kInvalid) << keep;
    }
    return Describe(bound.error(), Language::kEnglish);
  };
  for (const std::string keep : {"highest", "lowest"}) {
    EXPECT_NE(fault(keep, "").find("`by` must name a number column"), std::string::npos) << keep;
    EXPECT_EQ(fault(keep, "score"), "");
    EXPECT_NE(fault(keep, "nosuch"), "");
  }
  for (const std::string keep : {"first", "last", "longest"}) {
    EXPECT_NE(fault(keep, "nosuch").find("nosuch"), std::string::npos) << keep;
    EXPECT_NE(fault(keep, "score").find("`by`"), std::string::npos) << keep;
    EXPECT_EQ(fault(keep, ""), "");
  }
}

}  // namespace
}  // namespace siku::refine
