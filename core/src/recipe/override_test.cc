// --set: the command line over what the file says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operators_test.h"

namespace siku::recipe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kRecipe = R"(
inputs:
  pages: {path: a.txt, encoding: big5}
steps:
  tidy: {use: refine.text.repair_encoding, from: pages, with: {window: 3}}
output: out
)";

Recipe ReadWith(const std::vector<std::string>& overrides) {
  std::vector<RecipeOverride> parsed;
  for (const std::string& text : overrides) parsed.push_back(ParseOverride(text).value());
  return ParseRecipe(kRecipe, "recipe.yaml", TestOperators(), parsed).value();
}

TEST(Override, IsTypedByTheParameter) {
  const Recipe recipe = ReadWith({"tidy.window=5", "tidy.column=010", "tidy.strict=true",
                                  "tidy.words=a,b", "tidy.min_confidence=1e-3"});
  const Parameters& parameters = recipe.steps.at(0).parameters;
  EXPECT_EQ(parameters.integer("window"), 5);
  EXPECT_EQ(parameters.text("column"), "010");
  EXPECT_TRUE(parameters.boolean("strict"));
  EXPECT_THAT(parameters.texts("words"), ElementsAre("a,b"));
  EXPECT_EQ(parameters.real("min_confidence"), 0.001);
}

TEST(Override, LastOneWins) {
  EXPECT_EQ(ReadWith({"tidy.window=5", "tidy.window=6"}).steps.at(0).parameters.integer("window"),
            6);
  EXPECT_THAT(ReadWith({"inputs.pages.path=b", "inputs.pages.path=c"}).inputs.at(0).paths,
              ElementsAre("c"));
}

TEST(Override, MayHoldEqualSignsAndNothing) {
  const Parameters parameters = ReadWith({"tidy.column=a=b"}).steps.at(0).parameters;
  EXPECT_EQ(parameters.text("column"), "a=b");
  EXPECT_EQ(ReadWith({"tidy.column="}).steps.at(0).parameters.text("column"), "");
}

TEST(Override, ReachesInputs) {
  const Recipe recipe = ReadWith({"inputs.pages.path=*.jsonl", "inputs.pages.format=jsonl",
                                  "inputs.pages.encoding=auto", "inputs.pages.compression=zstd"});
  EXPECT_THAT(recipe.inputs.at(0).paths, ElementsAre("*.jsonl"));
  EXPECT_EQ(recipe.inputs.at(0).format, "jsonl");
  EXPECT_EQ(recipe.inputs.at(0).encoding, "");
  EXPECT_EQ(recipe.inputs.at(0).compression, "zstd");
}

TEST(Override, ReadsADatasetInsteadOfFiles) {
  const Recipe recipe = ReadWith({"inputs.pages.dataset=news@2"});
  EXPECT_EQ(recipe.inputs.at(0).dataset, "news@2");
  EXPECT_THAT(recipe.inputs.at(0).paths, IsEmpty());
}

TEST(Override, GivesAPathThatTheRecipeLeavesOpen) {
  EXPECT_EQ(Mistakes("input: {format: text}\noutput: out\n", {"inputs.input.path=a"}), "");
}

TEST(Override, GivesAParameterThatMustBeGiven) {
  EXPECT_EQ(Mistakes("input: a\nsteps: [refine.text.match]\noutput: out\n", {"match.pattern=x"}),
            "");
}

TEST(OverrideErrors, NameTheOption) {
  EXPECT_EQ(Mistakes(kRecipe, {"tidi.window=1"}),
            "--set tidi.window: the recipe has no step 'tidi'; did you mean 'tidy'?");
  EXPECT_EQ(Mistakes(kRecipe, {"tidy.windw=1"}),
            "--set tidy.windw: refine.text.repair_encoding has no parameter 'windw'; did you mean "
            "'window'?");
  EXPECT_EQ(Mistakes(kRecipe, {"tidy.window=many"}),
            "--set tidy.window: refine.text.repair_encoding: window takes a whole number, not "
            "'many'");
  EXPECT_EQ(Mistakes(kRecipe, {"tidy.mode="}),
            "--set tidy.mode: refine.text.repair_encoding: mode takes one of fast, careful, not "
            "''");
  EXPECT_EQ(Mistakes(kRecipe, {"inputs.page.path=a"}),
            "--set inputs.page.path: the recipe has no input 'page'; did you mean 'pages'?");
  EXPECT_EQ(Mistakes(kRecipe, {"inputs.pages.pth=a"}),
            "--set inputs.pages.pth: an input has nothing that --set calls 'pth'; did you mean "
            "'path'?");
  EXPECT_EQ(
      Mistakes(kRecipe, {"inputs.pages.format=word"}),
      "--set inputs.pages.format: a format is one of: text, lines, jsonl, csv, parquet, arrow");
  EXPECT_EQ(Mistakes(kRecipe, {"inputs.pages.encoding=latin1"}),
            "--set inputs.pages.encoding: an encoding is one of: auto, utf-8, gb18030, big5, "
            "utf-16le, utf-16be");
  EXPECT_EQ(Mistakes(kRecipe, {"inputs.pages.path="}), "--set inputs.pages.path: a path is a text");
  EXPECT_EQ(Mistakes(kRecipe, {"inputs.pages.dataset=No"}),
            "--set inputs.pages.dataset: a dataset is named `name` or `name@version`, not 'No'");
}

TEST(OverrideErrors, StandBehindThoseOfTheFileInTheOrderGiven) {
  EXPECT_EQ(Mistakes("input: a\noutput: B\n", {"z.a=1", "b.a=1"}),
            "recipe.yaml:2:9: a dataset's name is lower-case letters, digits, . _ and -, unlike "
            "'B'\n"
            "--set z.a: the recipe has no step 'z'\n"
            "--set b.a: the recipe has no step 'b'");
}

TEST(OverrideErrors, OfAnUnknownOperatorsStepAreNotItsOwn) {
  EXPECT_EQ(Mistakes("input: a\nsteps: [refine.text.nothing]\noutput: b\n", {"nothing.a=1"}),
            "recipe.yaml:2:9: there is no operator 'refine.text.nothing'");
}

TEST(OverrideErrors, OfItsForm) {
  for (const char* text : {"", "=", "a=1", ".a=1", "a.=1", "a.b", "=a.b"}) {
    EXPECT_FALSE(ParseOverride(text).has_value()) << text;
  }
  EXPECT_EQ(Describe(ParseOverride("window=1").error(), Language::kEnglish),
            "--set: this takes step.parameter=value, not 'window=1'");
  EXPECT_EQ(Describe(ParseOverride("a.b=\xFF").error(), Language::kEnglish),
            "--set: a value must be UTF-8: a.b");
}

}  // namespace
}  // namespace siku::recipe
