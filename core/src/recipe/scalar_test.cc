// What a scalar becomes is decided by the parameter's type, never by its looks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operators_test.h"

namespace siku::recipe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kBefore = "input: a\noutput: out\nsteps: [{refine.text.repair_encoding: {";

Parameters Given(const std::string& with) {
  const auto recipe = ParseRecipe(kBefore + with + "}}]", "recipe.yaml", TestOperators());
  EXPECT_TRUE(recipe.has_value()) << with << Describe(recipe.error(), Language::kEnglish);
  return recipe.has_value() ? recipe->steps.at(0).parameters : Parameters{};
}

// Without the place and the operator, which are always the same.
std::string Wrong(const std::string& with) {
  const std::string said = Mistakes(kBefore + with + "}}]");
  const std::string before = ": refine.text.repair_encoding: ";
  const size_t at = said.find(before);
  return at == std::string::npos ? said : said.substr(at + before.size());
}

TEST(Scalar, StaysATextWhereATextIsTaken) {
  for (const char* text :
       {"yes", "010", "1e3", "null", "~", "Null", "true", "0x10", "1.0", "2024-01-01"}) {
    EXPECT_EQ(Given(std::string("column: ") + text).text("column"), text);
  }
  EXPECT_EQ(Given("column: \"1\"").text("column"), "1");
  EXPECT_EQ(Given("column: ''").text("column"), "");
  EXPECT_EQ(Given("column: null, window: 2").text("column"), "null");
}

TEST(Scalar, IsTrueOrFalseAndNothingElse) {
  EXPECT_TRUE(Given("strict: true").boolean("strict"));
  EXPECT_FALSE(Given("strict: false").boolean("strict"));
  for (const char* text : {"yes", "no", "on", "1", "True", "TRUE", "y", "null"}) {
    EXPECT_EQ(Wrong(std::string("strict: ") + text),
              std::string("strict takes true or false, not '") + text + "'");
  }
  EXPECT_EQ(Wrong("strict: 'true'"), "strict takes true or false without quotes");
  EXPECT_EQ(Wrong("strict: [true]"), "strict takes true or false, not a collection");
}

TEST(Scalar, IsAWholeNumber) {
  EXPECT_EQ(Given("window: 9223372036854775807").integer("window"), INT64_MAX);
  EXPECT_EQ(Given("bias: -9223372036854775808").integer("bias"), INT64_MIN);
  EXPECT_EQ(Given("bias: -0").integer("bias"), 0);
  EXPECT_EQ(Wrong("window: 9223372036854775808"),
            "window takes a whole number of 64 bits, not 9223372036854775808");
  for (const char* text : {"1e3", "1.0", "0x10", "1_000", "+5", "many", "null", "1 2"}) {
    EXPECT_EQ(Wrong(std::string("window: ") + text),
              std::string("window takes a whole number, not '") + text + "'");
  }
  EXPECT_EQ(Wrong("window: \"1\""), "window takes a number without quotes");
  EXPECT_EQ(Wrong("window: {a: 1}"), "window takes a number, not a collection");
}

TEST(Scalar, IsNoOctalNumber) {
  EXPECT_EQ(Wrong("window: 010"), "window takes a number without leading 0, not 010");
  EXPECT_EQ(Wrong("bias: -010"), "bias takes a number without leading 0, not -010");
  EXPECT_EQ(Wrong("min_confidence: 00.5"),
            "min_confidence takes a number without leading 0, not 00.5");
}

TEST(Scalar, IsANumber) {
  EXPECT_EQ(Given("min_confidence: 1").real("min_confidence"), 1.0);
  EXPECT_EQ(Given("min_confidence: 1e-3").real("min_confidence"), 0.001);
  EXPECT_EQ(Given("min_confidence: 0.1").real("min_confidence"), 0.1);
  EXPECT_FALSE(std::signbit(Given("min_confidence: -0.0").real("min_confidence")));
  for (const char* text : {".nan", "nan", "inf", "-inf", ".inf", "1e999", "0,5", "half", "0x1p3"}) {
    const std::string said = Wrong(std::string("min_confidence: '") + text + "'");
    EXPECT_EQ(said, "min_confidence takes a number without quotes");
  }
  for (const char* text : {".nan", "nan", "inf", "1e999", "half", "0x1p3"}) {
    EXPECT_EQ(Wrong(std::string("min_confidence: ") + text),
              std::string("min_confidence takes a number, not '") + text + "'");
  }
}

TEST(Scalar, LiesInItsRange) {
  EXPECT_EQ(Wrong("min_confidence: 1.01"), "min_confidence takes a number from 0 to 1, not 1.01");
  EXPECT_EQ(Wrong("min_confidence: -1e-9"), "min_confidence takes a number from 0 to 1, not -1e-9");
  EXPECT_EQ(Wrong("window: 0"), "window takes a number from 1 up, not 0");
  EXPECT_EQ(Wrong("bias: 10"), "bias takes a number up to 9, not 10");
}

TEST(Scalar, IsOneOfTheChoices) {
  EXPECT_EQ(Given("mode: careful").text("mode"), "careful");
  EXPECT_EQ(Wrong("mode: Fast"), "mode takes one of fast, careful, not 'Fast'");
  EXPECT_EQ(Wrong("mode: ''"), "mode takes one of fast, careful, not ''");
}

TEST(Scalar, IsAListOfTexts) {
  EXPECT_THAT(Given("words: [yes, 010, ~]").texts("words"), ElementsAre("yes", "010", "~"));
  EXPECT_THAT(Given("words: one").texts("words"), ElementsAre("one"));
  EXPECT_THAT(Given("words: []").texts("words"), IsEmpty());
  EXPECT_EQ(Wrong("words: {a: b}"), "words takes a list of texts, not a map");
  EXPECT_EQ(Wrong("words: [a, [b]]"), "words takes a text, not a list");
  EXPECT_EQ(Wrong("column: [a]"), "column takes a text, not a list");
  EXPECT_EQ(Wrong("column: {a: b}"), "column takes a text, not a map");
}

TEST(Scalar, ThatIsMissingIsAMistake) {
  for (const char* name : {"column", "strict", "window", "words"}) {
    EXPECT_EQ(Wrong(std::string(name) + ": "),
              std::string(name) + " has no value; '' is the empty text");
  }
  // The next key is no value, whatever it is called.
  EXPECT_EQ(Mistakes("input: a\noutput: out\nsteps:\n  s:\n    from: input\n"
                     "    use: refine.text.repair_encoding\n    with:\n      column:\n"
                     "      null: 1\n"),
            "recipe.yaml:8:7: refine.text.repair_encoding: column has no value; '' is the empty "
            "text\n"
            "recipe.yaml:9:7: refine.text.repair_encoding has no parameter 'null'");
}

TEST(Scalar, ComplaintsStandAtTheValue) {
  EXPECT_EQ(Mistakes(std::string(kBefore) + "words: [a, {b: c}], window: x}}]"),
            "recipe.yaml:3:51: refine.text.repair_encoding: words takes a text, not a map\n"
            "recipe.yaml:3:68: refine.text.repair_encoding: window takes a whole number, not 'x'");
}

}  // namespace
}  // namespace siku::recipe
