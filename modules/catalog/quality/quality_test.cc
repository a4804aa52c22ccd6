#include "siku/catalog/quality.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "quality/metric.h"
#include "quality/pass.h"

namespace siku::catalog {
namespace {

using testing::ElementsAre;

bool Is(std::string_view text, ValueKind kind) { return LookAtText(text).Is(kind); }

TEST(LookAtText, KnowsIdentityNumbersByProvinceDateAndCheck) {
  // The example of GB 11643-1999.
  EXPECT_TRUE(Is("11010519491231002X", ValueKind::kIdentity));
  EXPECT_TRUE(Is("440524188001010014", ValueKind::kIdentity));
  for (const char* wrong : {"110105194912310021", "99010519491231002X", "11010519491331002X",
                            "1101051949123100X", "11010519491231002 "}) {
    EXPECT_FALSE(Is(wrong, ValueKind::kIdentity)) << wrong;
  }
}

TEST(LookAtText, KnowsCreditCodesByTheirCheck) {
  EXPECT_TRUE(IsCreditCode("91350100M000100Y43"));  // the example of GB 32100-2015
  EXPECT_FALSE(IsCreditCode("91350100M000100Y44"));
  EXPECT_FALSE(IsCreditCode("91350100M000100I43"));
}

TEST(LookAtText, TellsKindsApart) {
  EXPECT_TRUE(Is("13800138000", ValueKind::kPhone));
  EXPECT_TRUE(Is("0755-82345678", ValueKind::kPhone));
  EXPECT_FALSE(Is("12345678901", ValueKind::kPhone));
  EXPECT_TRUE(Is("440305", ValueKind::kRegion));
  EXPECT_FALSE(Is("990305", ValueKind::kRegion));
  EXPECT_TRUE(Is("a.b@example.cn", ValueKind::kEmail));
  EXPECT_FALSE(Is("a@b@example.cn", ValueKind::kEmail));
  EXPECT_TRUE(Is("https://example.cn/a", ValueKind::kUrl));
  EXPECT_FALSE(Is("https:///a", ValueKind::kUrl));
  EXPECT_TRUE(Is("2024年2月29日", ValueKind::kDate));
  EXPECT_FALSE(Is("2023-02-29", ValueKind::kDate));
  EXPECT_TRUE(Is("2024-02-29T08:30:00+08:00", ValueKind::kTimestamp));
  EXPECT_TRUE(Is("-1.5", ValueKind::kNumber));
  EXPECT_FALSE(Is("007", ValueKind::kNumber));
  EXPECT_FALSE(Is("1,234", ValueKind::kNumber));
}

TEST(LookAtText, TellsWhatIsEmptyAndWhatIsUnclean) {
  for (const char* none : {"", " ", "\u3000", "无", "—", " NULL ", "N/A"}) {
    EXPECT_FALSE(LookAtText(none).filled) << none;
  }
  for (const char* odd : {" a", "a\u3000", "a\n", "１２", "乱\uFFFD", "a\x01"}) {
    EXPECT_TRUE(LookAtText(odd).filled && !LookAtText(odd).clean) << odd;
  }
  for (const char* fine : {"a", "无锡", "一，二。", "两行\n结束\n", "“引”"}) {
    EXPECT_TRUE(LookAtText(fine).filled && LookAtText(fine).clean) << fine;
  }
}

Batch BatchOf(const std::vector<const char*>& texts, const std::vector<int64_t>& numbers) {
  arrow::LargeStringBuilder text;
  arrow::Int64Builder number;
  for (const char* one : texts) {
    EXPECT_TRUE((one == nullptr ? text.AppendNull() : text.Append(one)).ok());
  }
  EXPECT_TRUE(number.AppendValues(numbers).ok());
  const auto schema =
      arrow::schema({arrow::field("t", arrow::large_utf8()), arrow::field("n", arrow::int64())});
  return arrow::RecordBatch::Make(schema, static_cast<int64_t>(texts.size()),
                                  {*text.Finish(), *number.Finish()});
}

TEST(Pass, CountsTheSameInOnePartAndInMany) {
  PassPlan plan;
  plan.keys = {{0}};
  plan.determines = {{0, 1}};
  Pass whole(plan, 2);
  whole.See(BatchOf({"a", "a", nullptr, "b", "a", "无"}, {1, 1, 3, 4, 2, 6}));
  Pass first(plan, 2), second(plan, 2);
  first.See(BatchOf({"a", "a", nullptr}, {1, 1, 3}));
  second.See(BatchOf({"b", "a", "无"}, {4, 2, 6}));
  first.Merge(std::move(second));
  for (const auto& counts : {whole.Counts(), first.Counts()}) {
    EXPECT_EQ(counts.rows, 6);
    EXPECT_EQ(counts.complete, 4);
    EXPECT_EQ(counts.different_rows, 5);
    EXPECT_EQ(counts.columns[0].filled, 4);
    EXPECT_EQ(counts.columns[1].filled, 6);
    EXPECT_EQ(counts.keys[0], 2);
    EXPECT_EQ(counts.determines[0]->part, 3);
    EXPECT_EQ(counts.determines[0]->whole, 4);
  }
}

TEST(Pass, LooksAtDictionariesAsAtTexts) {
  const auto plain = BatchOf({"a", nullptr, "13800138000", "a"}, {1, 2, 3, 1});
  arrow::StringDictionaryBuilder builder;
  for (const char* one : {"a", "", "13800138000", "a"}) {
    ASSERT_TRUE((one[0] == '\0' ? builder.AppendNull() : builder.Append(one)).ok());
  }
  const auto texts = *builder.Finish();
  const auto schema = arrow::schema({arrow::field("t", texts->type()), plain->schema()->field(1)});
  Pass one({}, 2), other({}, 2);
  one.See(plain);
  other.See(arrow::RecordBatch::Make(schema, 4, {texts, plain->column(1)}));
  const auto counts = one.Counts(), same = other.Counts();
  EXPECT_EQ(counts.different_rows, 3);
  EXPECT_EQ(same.different_rows, 3);
  EXPECT_EQ(counts.columns[0].filled, same.columns[0].filled);
  EXPECT_EQ(counts.columns[0].shapes, same.columns[0].shapes);
}

TEST(PeriodOf, TakesYearsMonthsAndDays) {
  constexpr double kDay = 86'400'000.0;
  EXPECT_EQ(PeriodOf("1970", "1970-01"), std::pair(0.0, 31 * kDay));
  EXPECT_EQ(PeriodOf("1970-01-02", "1970-01-02"), std::pair(kDay, 2 * kDay));
  EXPECT_FALSE(PeriodOf("", "").has_value());
  EXPECT_FALSE(PeriodOf("2023-02-30", "").has_value());
}

}  // namespace
}  // namespace siku::catalog
