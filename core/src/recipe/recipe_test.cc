#include "siku/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "operators_test.h"

namespace siku::recipe {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kGraph = R"(
siku: 1
name: two ways
inputs:
  pages: {path: [pages, more/*.txt], encoding: gb18030}
  lines: {path: a.jsonl, format: jsonl, columns: {id: int, text: text}}
steps:
  unique:
    use: refine.text.repair_encoding
    from: parts.paragraphs
    with: {min_confidence: 1}
  parts: {use: refine.document.split_paragraphs, from: [pages, lines]}
outputs:
  paragraphs: unique
discard: parts.outline
)";

Recipe Read(std::string_view yaml, const std::vector<RecipeOverride>& overrides = {}) {
  auto recipe = ParseRecipe(yaml, "recipe.yaml", TestOperators(), overrides);
  EXPECT_TRUE(recipe.has_value()) << Describe(recipe.error(), Language::kEnglish);
  return recipe.has_value() ? *recipe : Recipe{};
}

// A chain over one input; `steps` stands behind `steps: `.
std::string Chain(const std::string& steps) {
  return "input: a.txt\noutput: out\nsteps: " + steps + "\n";
}

std::vector<std::string> Names(const Recipe& recipe) {
  std::vector<std::string> names;
  for (const RecipeStep& step : recipe.steps) names.push_back(step.name);
  return names;
}

TEST(Recipe, ReadsAGraphAndSortsItsSteps) {
  const Recipe recipe = Read(kGraph);
  EXPECT_EQ(recipe.name, "two ways");
  EXPECT_THAT(recipe.inputs.at(0).paths, ElementsAre("pages", "more/*.txt"));
  EXPECT_EQ(recipe.inputs.at(0).encoding, "gb18030");
  EXPECT_THAT(recipe.inputs.at(1).columns,
              ElementsAre(std::pair("id", "int"), std::pair("text", "text")));
  EXPECT_THAT(Names(recipe), ElementsAre("parts", "unique"));
  EXPECT_EQ(recipe.steps.at(0).from.at(1).node, "lines");
  EXPECT_EQ(recipe.steps.at(1).from.at(0).port, "paragraphs");
  EXPECT_EQ(recipe.outputs.at(0).from.port, "rows");
  EXPECT_EQ(recipe.discard.at(0).port, "outline");
}

TEST(Recipe, FillsInEveryParameter) {
  const Parameters parameters = Read(kGraph).steps.at(1).parameters;
  EXPECT_EQ(parameters.real("min_confidence"), 1.0);
  EXPECT_EQ(parameters.text("column"), "text");
  EXPECT_EQ(parameters.integer("window"), 8);
  EXPECT_FALSE(parameters.boolean("strict"));
}

TEST(Recipe, ReadsAChainAsStepsOneAfterAnother) {
  const Recipe recipe =
      Read(Chain("[refine.text.repair_encoding, {refine.text.match: {pattern: x}}, "
                 "refine.text.repair_encoding]"));
  EXPECT_THAT(Names(recipe), ElementsAre("repair_encoding", "match", "repair_encoding-2"));
  EXPECT_EQ(recipe.steps.at(0).from.at(0).node, "input");
  EXPECT_EQ(recipe.steps.at(2).from.at(0).node, "match");
  EXPECT_EQ(recipe.outputs.at(0).from.node, "repair_encoding-2");
}

TEST(Recipe, FeedsAllInputsToTheFirstStepOfAChain) {
  const Recipe recipe =
      Read("inputs: {a: a.txt, b: b.txt}\nsteps: [refine.text.repair_encoding]\noutput: out\n");
  EXPECT_THAT(recipe.steps.at(0).from, SizeIs(2));
}

TEST(Recipe, NamesAStepOfAChainApartFromInputs) {
  const Recipe recipe =
      Read("inputs: {repair_encoding: a.txt}\nsteps: [refine.text.repair_encoding]\noutput: out\n");
  EXPECT_THAT(Names(recipe), ElementsAre("repair_encoding-2"));
}

TEST(Recipe, NeedsNoStepsToCopy) {
  EXPECT_EQ(Read("input: {dataset: news@3}\noutput: copy\n").outputs.at(0).from.node, "input");
}

TEST(Recipe, TakesNothingBehindAnOperatorAsItsDefaults) {
  EXPECT_EQ(Mistakes(Chain("[{refine.text.repair_encoding: }]")), "");
}

TEST(RecipeErrors, SayTheParameterThatWasMeant) {
  EXPECT_EQ(Mistakes("input: a.txt\noutput: out\nsteps:\n  tidy:\n    from: input\n"
                     "    use: refine.text.repair_encoding\n    with:\n      min_confidnce: 0.5\n"),
            "recipe.yaml:8:7: refine.text.repair_encoding has no parameter 'min_confidnce'; "
            "did you mean 'min_confidence'?");
}

TEST(RecipeErrors, SayItInChineseWithoutEnglish) {
  EXPECT_EQ(Mistakes(Chain("[{refine.text.repair_encoding: {min_confidnce: 1}}]"), {},
                     Language::kChinese),
            "recipe.yaml:3:40：refine.text.repair_encoding 没有参数 'min_confidnce'；"
            "是否想写 'min_confidence'？");
}

TEST(RecipeErrors, CountColumnsInCharacters) {
  EXPECT_THAT(Mistakes("{name: 四库全书, input: a, output: out, stepz: []}"),
              HasSubstr("recipe.yaml:1:37: a recipe has no key 'stepz'; did you mean 'steps'?"));
  EXPECT_THAT(Mistakes("\xEF\xBB\xBFinput: a\noutput: b\nfoo: 1\n"),
              HasSubstr("recipe.yaml:3:1: a recipe has no key 'foo'"));
}

TEST(RecipeErrors, StandInFileOrder) {
  EXPECT_EQ(Mistakes("outputs: {A: nowhere}\nsteps: [refine.text.nothing]\n"
                     "input: {path: a, format: word}\ncolour: red\n"),
            "recipe.yaml:1:11: a dataset's name is lower-case letters, digits, . _ and -, unlike "
            "'A'\n"
            "recipe.yaml:1:14: there is no input or step 'nowhere'\n"
            "recipe.yaml:2:9: there is no operator 'refine.text.nothing'\n"
            "recipe.yaml:3:26: a format is one of: text, lines, jsonl, csv, parquet, arrow\n"
            "recipe.yaml:4:1: a recipe has no key 'colour'");
}

TEST(RecipeErrors, AreTheFirst20OfTheFile) {
  std::string yaml = "outputs:\n";
  for (int i = 0; i < 30; ++i) yaml += "  out-" + std::to_string(i) + ": nowhere\n";
  yaml += "input: {path: a, format: word}\n";
  const auto errors = ReadRecipe(yaml, "recipe.yaml", TestOperators()).errors;
  ASSERT_THAT(errors, SizeIs(20));
  EXPECT_EQ(errors.front().place, "recipe.yaml:2:10");
  EXPECT_EQ(errors.back().place, "recipe.yaml:21:11");
}

TEST(RecipeErrors, StandAtEachUseOfAName) {
  EXPECT_EQ(Mistakes("input: a\noutputs:\n  x: input.rows\n  y: input.rows\n"),
            "recipe.yaml:3:6: the input 'input' has no output ports\n"
            "recipe.yaml:4:6: the input 'input' has no output ports");
}

TEST(RecipeErrors, ShowOtherPeoplesTextCutAndOnOneLine) {
  const std::string long_name(900, 'x');
  const std::string said = Mistakes("input: a\noutput: b\n\"a\\nb\\x1b" + long_name + "\": 1\n");
  EXPECT_LT(said.size(), 200U);
  EXPECT_THAT(said, HasSubstr("'a b x"));
  EXPECT_THAT(said, HasSubstr("…'"));
}

TEST(RecipeErrors, OfInputs) {
  EXPECT_EQ(Mistakes("output: out\n"), "recipe.yaml:1:1: a recipe has either `input` or `inputs`");
  EXPECT_EQ(Mistakes("input: a\ninputs: {b: b}\noutput: out\n"),
            "recipe.yaml:1:1: a recipe has either `input` or `inputs`");
  EXPECT_EQ(Mistakes("inputs: {}\noutput: out\n"), "recipe.yaml:1:9: a recipe needs an input");
  EXPECT_EQ(Mistakes("inputs: [a]\noutput: out\n"),
            "recipe.yaml:1:9: `inputs` is a map from name to input");
  EXPECT_EQ(Mistakes("input: []\noutput: out\n"),
            "recipe.yaml:1:8: a path is a text or a list of texts");
  EXPECT_EQ(Mistakes("input: [a, [b]]\noutput: out\n"), "recipe.yaml:1:12: a path is a text");
  EXPECT_EQ(Mistakes("input: {format: text}\noutput: out\n"),
            "recipe.yaml:1:1: the input 'input' needs either `path` or `dataset`");
  EXPECT_EQ(Mistakes("input: {path: a, dataset: b}\noutput: out\n"),
            "recipe.yaml:1:1: the input 'input' needs either `path` or `dataset`");
  EXPECT_EQ(Mistakes("input: {pth: a}\noutput: out\n"),
            "recipe.yaml:1:1: the input 'input' needs either `path` or `dataset`\n"
            "recipe.yaml:1:9: an input has no key 'pth'; did you mean 'path'?");
  EXPECT_EQ(Mistakes("input: {dataset: News}\noutput: out\n"),
            "recipe.yaml:1:18: a dataset is named `name` or `name@version`, not 'News'");
  EXPECT_EQ(Mistakes("input: {path: a, encoding: latin1}\noutput: out\n"),
            "recipe.yaml:1:28: an encoding is one of: auto, utf-8, gb18030, big5, utf-16le, "
            "utf-16be");
  EXPECT_EQ(Mistakes("input: {path: a, compression: [gzip]}\noutput: out\n"),
            "recipe.yaml:1:31: a compression is one of: none, gzip, zstd");
  EXPECT_EQ(Mistakes("input: {path: a, columns: {id: integer}}\noutput: out\n"),
            "recipe.yaml:1:32: a column's type is one of: text, int, real, bool, json");
  EXPECT_EQ(Mistakes("input: {path: a, columns: {_siku_source: int}}\noutput: out\n"),
            "recipe.yaml:1:28: column names that begin so are the engine's own: '_siku_source'");
}

TEST(RecipeErrors, OfSteps) {
  EXPECT_EQ(Mistakes(Chain("7")), "recipe.yaml:3:8: `steps` is a list or a map from name to step");
  EXPECT_EQ(Mistakes(Chain("[[refine.text.match]]")),
            "recipe.yaml:3:9: a step of a chain is an operator's name, or that name with "
            "parameters");
  EXPECT_EQ(Mistakes(Chain("[split_paragraphs]")),
            "recipe.yaml:3:9: there is no operator 'split_paragraphs'; did you mean "
            "'refine.document.split_paragraphs'?");
  EXPECT_EQ(Mistakes(Chain("[refine.text.match]")),
            "recipe.yaml:3:9: refine.text.match needs the parameter 'pattern'");
  EXPECT_EQ(Mistakes(Chain("[{refine.text.repair_encoding: [1]}]")),
            "recipe.yaml:3:39: the parameters of refine.text.repair_encoding are a map from name "
            "to value");
  EXPECT_EQ(Mistakes(Chain("{s: {from: input}}")),
            "recipe.yaml:3:9: the step 's' needs `use` and `from`");
  EXPECT_EQ(Mistakes(Chain("{s: [x]}")),
            "recipe.yaml:3:12: a step is a map with `use`, `from` and `with`");
  EXPECT_EQ(Mistakes(Chain("{s: {use: refine.text.repair_encoding, from: input, wiht: {}}}")),
            "recipe.yaml:3:60: a step has no key 'wiht'; did you mean 'with'?");
  EXPECT_EQ(Mistakes(Chain("{s: {use: refine.text.repair_encoding, from: []}}")),
            "recipe.yaml:3:53: `from` names at least one input or step");
  EXPECT_EQ(Mistakes(Chain("{s: {use: [a], from: input}}")),
            "recipe.yaml:3:18: `use` is an operator's name");
}

TEST(RecipeErrors, OfNames) {
  for (const char* name : {"'My step'", "a.b", "-a", "\"\"", "名"}) {
    const std::string said =
        Mistakes(Chain(std::string("{") + name + ": {use: refine.text.match, from: input}}"));
    EXPECT_THAT(said, HasSubstr("recipe.yaml:3:9: a name is lower-case letters")) << name;
    EXPECT_THAT(said, Not(HasSubstr("\n"))) << name;
  }
  EXPECT_EQ(Mistakes(Chain("{input: {use: refine.text.repair_encoding, from: input}}")),
            "recipe.yaml:3:9: there is an input or step 'input' already");
}

TEST(RecipeErrors, OfReferences) {
  const auto from = [](const std::string& reference) {
    return Mistakes(
        "inputs: {pages: a}\noutput: out\nsteps:\n  parts: {use: "
        "refine.document.split_paragraphs, from: pages}\n  s: {use: "
        "refine.text.repair_encoding, from: " +
        reference + "}\ndiscard: parts.outline\n");
  };
  EXPECT_EQ(from("parts"), "");
  EXPECT_EQ(from("page"),
            "recipe.yaml:5:47: there is no input or step 'page'; did you mean 'pages'?");
  EXPECT_EQ(from("parts.outlines"),
            "recipe.yaml:5:47: the step 'parts' has no output 'outlines'; did you mean "
            "'outline'?");
  EXPECT_EQ(from("pages.rows"), "recipe.yaml:5:47: the input 'pages' has no output ports");
  EXPECT_EQ(from("[parts, {}]"), "recipe.yaml:5:55: a reference is `input`, `step` or `step.port`");
}

TEST(RecipeErrors, OfOutputs) {
  EXPECT_EQ(Mistakes("input: a\n"), "recipe.yaml:1:1: a recipe has either `output` or `outputs`");
  EXPECT_EQ(Mistakes("input: a\noutput: News\n"),
            "recipe.yaml:2:9: a dataset's name is lower-case letters, digits, . _ and -, unlike "
            "'News'");
  EXPECT_EQ(Mistakes("input: a\noutput: [a]\n"), "recipe.yaml:2:9: an output is a dataset's name");
  EXPECT_EQ(Mistakes("input: a\noutputs: {}\n"), "recipe.yaml:2:10: a recipe needs an output");
  EXPECT_EQ(Mistakes("input: a\noutputs: {b: [input, input]}\n"),
            "recipe.yaml:2:14: the output 'b' comes from one step or input");
}

TEST(RecipeErrors, OfRowsThatNobodyReads) {
  EXPECT_EQ(Mistakes(Chain("[refine.document.split_paragraphs]")),
            "recipe.yaml:3:9: nothing reads 'split_paragraphs.outline'; put it under `outputs` or "
            "name it under `discard`");
  EXPECT_EQ(Mistakes("inputs: {a: a, b: b}\noutputs: {out: a}\n"),
            "recipe.yaml:1:16: nothing reads the input 'b'");
  EXPECT_EQ(Mistakes("inputs: {a: a, b: b}\noutputs: {out: a}\ndiscard: [a, b, b]\n"),
            "recipe.yaml:3:11: 'a' is discarded, but something reads it\n"
            "recipe.yaml:3:17: 'b' is discarded a second time");
}

TEST(RecipeErrors, OfRowsThatNobodyReadsStandBesideWrongParameters) {
  EXPECT_EQ(Mistakes("inputs: {a: a, b: b}\noutput: out\nsteps:\n  s: {use: "
                     "refine.text.repair_encoding, from: a, with: {window: 0}}\n"),
            "recipe.yaml:1:16: nothing reads the input 'b'\n"
            "recipe.yaml:4:65: refine.text.repair_encoding: window takes a number from 1 up, not "
            "0");
}

TEST(RecipeErrors, TellTheCircleAndNotWhatHangsOnIt) {
  EXPECT_EQ(Mistakes("input: x\noutputs: {out: d, in: input}\nsteps:\n"
                     "  d: {use: refine.text.repair_encoding, from: a}\n"
                     "  a: {use: refine.text.repair_encoding, from: c}\n"
                     "  b: {use: refine.text.repair_encoding, from: [input, a]}\n"
                     "  c: {use: refine.text.repair_encoding, from: b}\n"),
            "recipe.yaml:5:12: steps wait for each other in a circle: a → b → c → a");
  EXPECT_EQ(Mistakes("input: x\noutputs: {out: a, in: input}\nsteps:\n"
                     "  a: {use: refine.text.repair_encoding, from: a}\n"),
            "recipe.yaml:4:12: steps wait for each other in a circle: a → a");
}

TEST(RecipeErrors, OfAReaderForAnotherFormat) {
  EXPECT_EQ(Mistakes("siku: 2\ninput: a\noutput: b\n"),
            "recipe.yaml:1:7: this version reads recipes of format 1, not '2'");
  EXPECT_EQ(Mistakes("[a]\n"), "recipe.yaml:1:1: a recipe is a map of inputs, steps and outputs");
  EXPECT_EQ(Mistakes("name: \"a\\nb\"\ninput: a\noutput: b\n"),
            "recipe.yaml:1:7: a recipe's name is one line of at most 128 characters");
}

TEST(RecipeErrors, OfMoreNamesThanAGraphMayHave) {
  std::string yaml = "output: out\ninputs:\n";
  for (int i = 0; i < 1200; ++i) yaml += "  n" + std::to_string(i) + ": a\n";
  EXPECT_EQ(Mistakes(yaml), "recipe.yaml:1003:3: a recipe may have at most 1000 inputs and steps");
}

TEST(RecipeErrors, AreFoundSoonHoweverManyThereAre) {
  const std::string name(60, 'n');
  std::string yaml = "inputs:\n";
  for (int i = 0; i < 1100; ++i) yaml += "  " + name + std::to_string(i) + ": a\n";
  yaml += "discard: [";
  for (int i = 0; i < 14'000; ++i) yaml += name + "x, ";
  yaml += "]\noutput: out\n";
  EXPECT_THAT(ReadRecipe(yaml, "recipe.yaml", TestOperators()).errors, SizeIs(20));
}

}  // namespace
}  // namespace siku::recipe
