#include <gtest/gtest.h>

#include <limits>

#include "conditions/condition.h"

namespace siku::refine::conditions {
namespace {

// `x` is the only field.
std::optional<bool> Holds(std::string_view text, const Value& x = {int64_t{3}}) {
  const auto condition = Condition::Parse(text);
  EXPECT_TRUE(condition.has_value()) << text;
  if (!condition.has_value()) return std::nullopt;
  const std::vector<Value> values(condition->fields().size(), x);
  return condition->Holds(values);
}

std::string Refusal(std::string_view text) {
  const auto condition = Condition::Parse(text);
  return condition.has_value() ? "" : condition.error().value;
}

TEST(Condition, ReadsNumbers) {
  for (const char* three : {"3", "0x3", "0b11", "0o3", "3.0", "3e0", "30e-1", "+3", "- -3"}) {
    EXPECT_EQ(Holds(std::string("x == ") + three), true) << three;
  }
  EXPECT_EQ(Refusal("x == 03"), "character 6");
  EXPECT_EQ(Refusal("x == 3j"), "character 6");
  EXPECT_EQ(Refusal("x == 99999999999999999999"), "character 6");
}

TEST(Condition, ReadsTexts) {
  const Value text{std::string("a'b\n中")};
  EXPECT_EQ(Holds("x == 'a\\'b\\n\\u4e2d'", text), true);
  EXPECT_EQ(Holds("x == \"a'b\" '\\x0a中'", text), true);
  EXPECT_EQ(Holds("x == '''a'b\n中'''", text), true);
  EXPECT_EQ(Holds("x == r'a\\n'", Value{std::string("a\\n")}), true);
  EXPECT_EQ(Refusal("x == 'a"), "character 6");
  EXPECT_EQ(Refusal("x == b'a'"), "character 6");
  EXPECT_EQ(Refusal("'中' == '\\ud800'"), "character 9");
}

TEST(Condition, ComparesListsAndTuples) {
  EXPECT_EQ(Holds("x in (1, 3)"), true);
  EXPECT_EQ(Holds("x not in {1, 2}"), true);
  EXPECT_EQ(Holds("(x) in ()"), false);
  EXPECT_EQ(Holds("[1, x] == [1, 3.0] and [1, x] < [1, 4]"), true);
  EXPECT_EQ(Refusal("x == (1, 2)"), "character 6");
  EXPECT_EQ(Refusal("x in [(1, 2)]"), "character 7");
  EXPECT_EQ(Refusal("(1, 2)"), "character 1");
}

TEST(Condition, OrdersNothingThatHasNoOrder) {
  EXPECT_EQ(Holds("x < 'a'"), std::nullopt);
  EXPECT_EQ(Holds("x in 3"), std::nullopt);
  EXPECT_EQ(Holds("-x < 0", Value{std::string("a")}), std::nullopt);
  EXPECT_EQ(Holds("x == 'a' or x == 3"), true);
  // What decides comes first.
  EXPECT_EQ(Holds("x == 3 or x < 'a'"), true);
}

TEST(Condition, TreatsNoneAsDataJuicerDoes) {
  for (const char* text : {"x == None", "x != None", "x < 1", "x in [None]", "not x not in [1]"}) {
    EXPECT_EQ(Holds(text, Value{}), false) << text;
  }
  EXPECT_EQ(Holds("x not in [None]", Value{}), true);
  EXPECT_EQ(Holds("not x", Value{}), true);
}

TEST(Condition, ComparesWholeAndRealNumbersExactly) {
  const Value most{std::numeric_limits<int64_t>::max()};
  EXPECT_EQ(Holds("x < 9223372036854775808.0", most), true);
  EXPECT_EQ(Holds("x == 9223372036854775807", most), true);
  const Value nan{std::numeric_limits<double>::quiet_NaN()};
  EXPECT_EQ(Holds("x == x or x < 1 or x >= 1", nan), false);
  EXPECT_EQ(Holds("x != x", nan), true);
}

TEST(Condition, RefusesWhatComputesOrCalls) {
  for (const char* text : {"", "x +", "x + 1 > 2", "len(x) > 2", "x[0] == 1", "x is None",
                           "x ==", "x = 3", "lambda: 1", "x if x else 1", "and x", "x.", "(x", "x)",
                           "{1: 2}", "x == 'a'.b", "x; x", "x not 3", "f'a' == x"}) {
    EXPECT_NE(Refusal(text), "") << text;
  }
}

TEST(Condition, NamesItsFieldsOnce) {
  const auto condition =
      Condition::Parse("meta.a == 1 and meta.a < b and (b, 中.x) == 1 or b in (b,)");
  EXPECT_FALSE(condition.has_value());
  const auto sound = Condition::Parse("meta.a == 1 and meta.a < b and b in (b, 中.x)");
  ASSERT_TRUE(sound.has_value());
  const std::vector<std::vector<std::string>> fields = {{"meta", "a"}, {"b"}, {"中", "x"}};
  EXPECT_EQ(sound->fields(), fields);
}

TEST(Condition, RefusesDepthOver100) {
  const auto nested = [](int depth) {
    const auto times = static_cast<size_t>(depth);
    return std::string(times, '(') + "x" + std::string(times, ')');
  };
  EXPECT_EQ(Refusal(nested(99)), "");
  EXPECT_NE(Refusal(nested(100)), "");
  EXPECT_NE(Refusal(nested(100000)), "");
  EXPECT_NE(Refusal(std::string(100000, '-') + "1"), "");
  std::string tuples = "x in (1,)";
  for (int i = 0; i < 60; ++i) tuples = "(x in (" + tuples + ",),)";
  EXPECT_NE(Refusal(tuples), "");
  std::string nots;
  for (int i = 0; i < 100000; ++i) nots += "not ";
  EXPECT_NE(Refusal(nots + "x"), "");
}

}  // namespace
}  // namespace siku::refine::conditions
