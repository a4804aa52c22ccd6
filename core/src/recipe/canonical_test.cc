#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "operators_test.h"
#include "siku/recipe.h"

namespace siku::recipe {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Canonical(const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  std::vector<RecipeOverride> parsed;
  for (const std::string& text : overrides) parsed.push_back(ParseOverride(text).value());
  return CanonicalJson(ParseRecipe(yaml, "r.yaml", TestOperators(), parsed).value());
}

std::string WithConfidence(double value) {
  Recipe recipe = ParseRecipe("input: a\nsteps: [refine.text.repair_encoding]\noutput: o\n", "",
                              TestOperators())
                      .value();
  recipe.steps[0].parameters = Parameters({{"p", value}});
  const std::string json = CanonicalJson(recipe);
  const std::string before = "\"parameters\":{\"p\":";
  const size_t at = json.find(before) + before.size();
  return json.substr(at, json.find('}', at) - at);
}

constexpr const char* kChain =
    "name: n\ninput: {path: secret/a.txt, encoding: big5, columns: {b: int, a: text}}\n"
    "steps: [{refine.text.repair_encoding: {column: \"书\\n\\u0001\\\"\", words: [a, b]}}]\n"
    "output: out\n";

TEST(CanonicalJson, IsSortedAndComplete) {
  EXPECT_EQ(Canonical(kChain),
            R"({"format":1,"inputs":[{"columns":[["b","int"],["a","text"]],"encoding":"big5",)"
            R"("kind":"files","name":"input"}],"outputs":{"out":"repair_encoding.rows"},)"
            R"("steps":{"repair_encoding":{"from":["input"],)"
            R"("operator":"refine.text.repair_encoding","parameters":{"bias":0,)"
            R"("column":"书\n\u0001\"","min_confidence":0.9,"mode":"fast","strict":false,)"
            R"("window":8,"words":["a","b"]},"version":3}}})");
}

TEST(CanonicalJson, IsJson) { EXPECT_TRUE(nlohmann::json::accept(Canonical(kChain))); }

TEST(CanonicalJson, HoldsNoPathsAndNoNameOfTheRecipe) {
  EXPECT_THAT(Canonical(kChain), Not(HasSubstr("secret")));
  EXPECT_EQ(Canonical(kChain), Canonical(kChain, {"inputs.input.path=elsewhere"}));
  EXPECT_EQ(Canonical("input: a\noutput: o\n"), Canonical("name: x\ninput: [b, c]\noutput: o\n"));
}

TEST(CanonicalJson, IsTheSameForAChainAndItsGraph) {
  EXPECT_EQ(Canonical("input: a\nsteps: [refine.text.repair_encoding]\noutput: o\n"),
            Canonical("outputs: {o: repair_encoding.rows}\nsteps:\n  repair_encoding:\n"
                      "    with: {window: 8, min_confidence: 0.90}\n    from: [input]\n"
                      "    use: refine.text.repair_encoding\ninputs: {input: b}\n"));
}

TEST(CanonicalJson, IsTheSameInWhateverOrderStepsStand) {
  const std::string before = "input: i\noutputs: {x: a, y: b}\nsteps:\n";
  const std::string a = "  a: {use: refine.text.repair_encoding, from: input}\n";
  const std::string b = "  b: {use: refine.text.repair_encoding, from: input}\n";
  EXPECT_EQ(Canonical(before + a + b), Canonical(before + b + a));
}

TEST(CanonicalJson, DiffersWhereTheRowsMay) {
  const std::string base = "input: {path: a}\nsteps: [refine.text.repair_encoding]\noutput: o\n";
  for (const char* set :
       {"repair_encoding.window=9", "inputs.input.encoding=big5", "inputs.input.format=lines",
        "inputs.input.compression=gzip", "inputs.input.dataset=news"}) {
    EXPECT_NE(Canonical(base), Canonical(base, {set})) << set;
  }
}

// The table of RFC 8785, appendix B.
TEST(CanonicalJson, WritesNumbersAsEcmaScriptDoes) {
  const std::pair<double, const char*> cases[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {5e-324, "5e-324"},
      {-5e-324, "-5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {9007199254740992, "9007199254740992"},
      {295147905179352830000.0, "295147905179352830000"},
      {9.999999999999997e22, "9.999999999999997e+22"},
      {1e23, "1e+23"},
      {1.0000000000000001e23, "1.0000000000000001e+23"},
      {999999999999999700000.0, "999999999999999700000"},
      {999999999999999900000.0, "999999999999999900000"},
      {1e21, "1e+21"},
      {9.999999999999997e-7, "9.999999999999997e-7"},
      {0.000001, "0.000001"},
      {333333333.3333332, "333333333.3333332"},
      {-0.0000033333333333333333, "-0.0000033333333333333333"},
      {1424953923781206.2, "1424953923781206.2"},
      {0.9, "0.9"},
      {1, "1"},
      {-12.5, "-12.5"},
      {100, "100"}};
  for (const auto& [value, written] : cases) EXPECT_EQ(WithConfidence(value), written);
}

TEST(CanonicalJson, WritesWholeNumbersBeyondADoubleAsText) {
  const std::string base = "input: a\nsteps: [refine.text.repair_encoding]\noutput: o\n";
  EXPECT_THAT(Canonical(base, {"repair_encoding.window=9007199254740992"}),
              HasSubstr(R"("window":9007199254740992)"));
  EXPECT_THAT(Canonical(base, {"repair_encoding.window=9007199254740993"}),
              HasSubstr(R"("window":"9007199254740993")"));
}

}  // namespace
}  // namespace siku::recipe
