#include "yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace siku::recipe {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Refusal(std::string_view text) {
  const auto tree = ReadYaml(text, "r.yaml");
  return tree.has_value() ? "" : Describe(tree.error(), Language::kEnglish);
}

std::string Repeated(std::string_view part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += part;
  return all;
}

TEST(YamlTree, KeepsPlacesAndQuotes) {
  const YamlNode root = ReadYaml("a: 1\n书: {b: \"x\"}\n", "r.yaml").value();
  EXPECT_EQ(root.map.at(1).first.mark.line, 2);
  const YamlNode& inner = root.map.at(1).second.map.at(0).second;
  EXPECT_EQ(inner.mark.line, 2);
  EXPECT_EQ(inner.mark.column, 8);
  EXPECT_TRUE(inner.quoted);
  EXPECT_FALSE(root.map.at(0).second.quoted);
}

TEST(YamlTree, PutsAnAliasWhereItIsUsed) {
  const YamlNode root = ReadYaml("a: &x [1]\nb: *x\n", "r.yaml").value();
  EXPECT_EQ(root.Find("b")->mark.line, 2);
  EXPECT_EQ(root.Find("b")->list.at(0).scalar, "1");
}

TEST(YamlTree, ReadsWindowsLineEnds) {
  EXPECT_EQ(ReadYaml("a: 1\r\nb: 2\r\n", "r.yaml").value().Find("b")->mark.line, 2);
}

TEST(YamlTree, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(Refusal("a: 1\nb:\n  c: 1\n  \"c\": 2\n"),
            "r.yaml:4:3: the key 'c' stands here a second time");
}

TEST(YamlTree, RefusesWhatARecipeHasNoMeaningFor) {
  EXPECT_EQ(Refusal("a: &x {b: 1}\nc: {<<: *x}\n"),
            "r.yaml:2:5: merge keys have no meaning in a recipe");
  EXPECT_EQ(Refusal("a: !!int 1\n"),
            "r.yaml:1:4: tags have no meaning in a recipe: 'tag:yaml.org,2002:int'");
  EXPECT_EQ(Refusal("a: !<x> {}\n"), "r.yaml:1:4: tags have no meaning in a recipe: 'x'");
  EXPECT_EQ(Refusal("a: 1\n---\nb: 2\n"), "r.yaml:2:1: a recipe is one YAML document");
  EXPECT_EQ(Refusal("? [a]\n: 1\n"), "r.yaml:1:3: a key must be a plain word");
  EXPECT_EQ(Refusal("? \n: 1\n"), "r.yaml:2:1: a key must be a plain word");
}

TEST(YamlTree, RefusesNothing) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(Refusal(text), HasSubstr("r.yaml")) << text;
    EXPECT_THAT(Refusal(text), HasSubstr("the recipe is empty")) << text;
  }
}

TEST(YamlTree, RefusesBytesThatAreNoText) {
  EXPECT_EQ(Refusal("a: 1\nb: 书\xFF\n"), "r.yaml:2:5: byte 11 of the recipe is not UTF-8");
  EXPECT_EQ(Refusal(std::string_view("a\0:\0 \0", 6)), "r.yaml:1:2: byte 1 of the recipe is zero");
  EXPECT_THAT(Refusal("\xFF\xFE"
                      "a"),
              StartsWith("r.yaml:1:1: byte 0"));
}

TEST(YamlTree, RefusesTabsThatIndent) {
  EXPECT_THAT(Refusal("a:\n\tb: 1\n"), StartsWith("r.yaml:2:"));
  EXPECT_THAT(Refusal("a: {b\n"), StartsWith("r.yaml:"));
  EXPECT_THAT(Refusal("a: {b: &x 'b"), StartsWith("r.yaml:"));
  EXPECT_THAT(Refusal("a: *nothing\n"), StartsWith("r.yaml:1:4: not YAML"));
}

// The library takes the end of the file for the quote.
TEST(YamlTree, RefusesAQuoteThatIsNotClosed) {
  EXPECT_EQ(Refusal("a: 'b\n"), "r.yaml:1:4: this quote is not closed");
  EXPECT_EQ(Refusal("a: 'it''s\n\n"), "r.yaml:1:4: this quote is not closed");
  EXPECT_EQ(Refusal("a: \"b\\\"\n"), "r.yaml:1:4: this quote is not closed");
  EXPECT_EQ(Refusal("a: &x 'b\n"), "r.yaml:1:4: this quote is not closed");
  EXPECT_EQ(Refusal("a: 'it''s'\nb: \"\\\"\"\n"), "");
}

// The library would lose them.
TEST(YamlTree, RefusesLineBreaksThatEndAQuotedText) {
  const std::string said = ": line breaks that end a quoted text are not read as they stand";
  EXPECT_THAT(Refusal("a: '\n\n'\n"), StartsWith("r.yaml:1:4" + said));
  EXPECT_THAT(Refusal("b: 1\na: \"x\n \n\n\"\n"), StartsWith("r.yaml:2:4" + said));
  const auto value = [](const char* text) { return ReadYaml(text, "r").value().Find("a")->scalar; };
  EXPECT_EQ(value("a: '\n'\n"), " ");
  EXPECT_EQ(value("a: 'x\n\n'\n"), "x\n");
  EXPECT_EQ(value("a: \"\\n\\n\"\n"), "\n\n");
}

TEST(YamlTree, ReadsCharactersThatJsonEscapesAsPairs) {
  const auto value = [](const std::string& text) {
    const auto root = ReadYaml("{\"x\": \"" + text + "\", a: 1}", "r.yaml");
    return root.has_value() ? root->map.at(0).second.scalar
                            : Describe(root.error(), Language::kEnglish);
  };
  EXPECT_EQ(value("\\ud83d\\ude00"), "\U0001F600");
  EXPECT_EQ(value("\\uD83D\\uDE00\\udbff\\udfff!"), "\U0001F600\U0010FFFF!");
  EXPECT_EQ(value("\\\\ud83d\\\\ude00"), "\\ud83d\\ude00");
  EXPECT_EQ(value("\\\\\\ud83d\\ude00"), "\\\U0001F600");
  EXPECT_THAT(value("\\ud83d"), StartsWith("r.yaml:1:"));
  EXPECT_THAT(value("\\ud83d\\ude00\\ud83d"), StartsWith("r.yaml:1:"));
  EXPECT_EQ(value("\uE83D\uEC00"), "\uE83D\uEC00");
  EXPECT_THAT(value("\uE83D\uEC00\\ud83d\\ude00"), StartsWith("r.yaml:1:"));
  const YamlNode root =
      ReadYaml("[\"\\ud83d\\ude00\", b, '\\uD83d\\ude00', \\ud83d\\ude00]", "r").value();
  EXPECT_EQ(root.list.at(1).mark.column, 18);
  EXPECT_EQ(root.list.at(2).scalar, "\\uD83d\\ude00");
  EXPECT_EQ(root.list.at(3).scalar, "\\ud83d\\ude00");
}

TEST(YamlTree, RefusesMoreThanOneMebibyte) {
  const std::string text = "a: " + std::string((1 << 20) - 3, 'x');
  EXPECT_EQ(Refusal(text), "");
  EXPECT_EQ(Refusal(text + "x"), "r.yaml: a recipe may have at most 1 MiB, not 1048577 bytes");
}

TEST(YamlTree, RefusesDepthOver64) {
  EXPECT_EQ(Refusal(Repeated("[", 64) + Repeated("]", 64)), "");
  EXPECT_EQ(Refusal(Repeated("[", 65) + Repeated("]", 65)),
            "r.yaml:1:65: a recipe may be nested at most 64 deep");
  EXPECT_EQ(Refusal(Repeated("- ", 65) + "x"),
            "r.yaml:1:129: a recipe may be nested at most 64 deep");
}

TEST(YamlTree, RefusesMoreThan100Aliases) {
  EXPECT_EQ(Refusal("a: &x 1\nb: [" + Repeated("*x, ", 100) + "]\n"), "");
  EXPECT_EQ(Refusal("a: &x 1\nb: [" + Repeated("*x, ", 101) + "]\n"),
            "r.yaml:2:405: a recipe may have at most 100 aliases");
  EXPECT_EQ(Refusal("a: &x [*x]\n"), "r.yaml:1:8: an alias refers to what contains it");
}

TEST(YamlTree, RefusesAFewAliasesThatMeanVeryMuch) {
  std::string nodes = "- &a0 [x, x]\n";
  std::string bytes = "- &a0 [" + std::string(1000, 'x') + "]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    const std::string line = "- &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
    nodes += line;
    bytes += line;
  }
  EXPECT_THAT(Refusal(nodes), HasSubstr("a recipe may have at most 100000 nodes"));
  EXPECT_THAT(Refusal(bytes), HasSubstr("aliases may make a recipe at most 4194304 bytes long"));
}

TEST(YamlTree, RefusesMoreThan100000Nodes) {
  EXPECT_EQ(Refusal("[" + Repeated("a,", 99'999) + "]"), "");
  EXPECT_THAT(Refusal("[" + Repeated("a,", 100'000) + "]"),
              HasSubstr("a recipe may have at most 100000 nodes"));
}

// The library recurses by depth and scans ahead. What is quadratic here would outlast the test.
TEST(YamlTree, EndsSoonOnWhatIsMadeToBeSlow) {
  constexpr size_t kSize = 256 << 10;
  for (const char* part :
       {"[",   "{",   "]",   "- ", "? ",  "a: ", "[a: ", "{? ",     "&a ",  "*a ",   "! ",
        "\"",  "'",   "|\n", ">",  "# ",  "\t",  ",",    "%",       "--- ", "---\n", "...\n",
        ":\n", "-\n", "a\n", "\\", "\n ", "[\n", "a,",   "\"a\": ", "[]: ", "书"}) {
    const std::string text = Repeated(part, static_cast<int>(kSize / std::string(part).size()));
    for (const char* before : {"", "a: ", "[", "a:\n- ", "\""}) {
      const auto tree = ReadYaml(before + text, "r.yaml");
      EXPECT_THAT(tree.has_value() ? "r.yaml" : tree.error().place, StartsWith("r.yaml"));
    }
  }
}

}  // namespace
}  // namespace siku::recipe
