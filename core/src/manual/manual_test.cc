#include "siku/manual.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "siku/utf8.h"

namespace siku {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OnlyARecord final : public Operator {
 public:
  explicit OnlyARecord(Record record) : record_(std::move(record)) {}
  const Record& record() const override { return record_; }
  Result<std::unique_ptr<Bound>> Bind(const Schema&, const Parameters&) const override {
    return Fail(Code::kUnsupported, "only a record");
  }

 private:
  Record record_;
};

// A record that says all a record can say.
Record Full() {
  return {.name = "refine.document.split_paragraphs",
          .version = 4,
          .summary = "Split each document into its paragraphs.",
          .summary_zh = "将每篇文档拆分为段落。",
          .source = "GB/T 15834-2011",
          .example =
              "parts: {use: refine.document.split_paragraphs, from: pages, with: {border: "
              "blank_line, size: 12}}",
          .parameters = {{.name = "column",
                          .summary = "The text column.",
                          .summary_zh = "文本列。",
                          .default_value = "text"},
                         {.name = "border",
                          .summary = "What ends a paragraph: a line | a blank line.",
                          .summary_zh = "段落的边界。",
                          .default_value = "line",
                          .choices = {"line", "blank_line"}},
                         {.name = "size",
                          .type = ParameterType::kInt,
                          .summary = "The shortest paragraph.",
                          .summary_zh = "最短的段落。",
                          .unit = "characters",
                          .minimum = 1},
                         {.name = "share",
                          .type = ParameterType::kReal,
                          .summary = "The smallest share.",
                          .summary_zh = "最小的占比。",
                          .unit = "ratio",
                          .default_value = 0.5,
                          .minimum = 0,
                          .maximum = 1},
                         {.name = "most",
                          .type = ParameterType::kInt,
                          .summary = "The most.",
                          .summary_zh = "最多。",
                          .unit = "bytes",
                          .default_value = int64_t{7},
                          .maximum = 9},
                         {.name = "strict",
                          .type = ParameterType::kBool,
                          .summary = "Strictly.",
                          .summary_zh = "严格。",
                          .default_value = true},
                         {.name = "words",
                          .type = ParameterType::kTextList,
                          .summary = "Words.",
                          .summary_zh = "词。",
                          .default_value = std::vector<std::string>{"it's", "b"}}},
          .reads = {"$column", "language"},
          .writes = {"$column", "paragraph"},
          .outputs = {"paragraphs", "outline"},
          .rules = {{"blank_run", "Several blanks.", "多个空白。"}},
          .reasons = {{"too_short", "Too short.", "过短。"}},
          .flags = {{"lost", "Lost text.", "失去的文本。"}},
          .traits = {.cardinality = Cardinality::kExpand}};
}

std::vector<Traits> AllTraits() {
  return {{.cardinality = Cardinality::kMap, .scope = Scope::kAll},
          {.cardinality = Cardinality::kFilter, .scope = Scope::kKeyed},
          {.completion = Completion::kDeferred, .deterministic = false, .conceals = true},
          {.completion = Completion::kJoint, .effects = true}};
}

TEST(OperatorHelp, SaysAllThatTheRecordSays) {
  const std::string help = OperatorHelp(Full(), Language::kEnglish);
  for (const char* said :
       {"refine.document.split_paragraphs (version 4)\n",
        "Split each document into its paragraphs.",
        "  column  The text column.\n          text, default 'text'\n",
        "one of line, blank_line, default 'line'\n",
        "whole number from 1 up, unit characters, must be given\n",
        "number from 0 to 1, unit ratio, default 0.5\n",
        "whole number up to 9, unit bytes, default 7\n", "true or false, default true\n",
        "list of texts, default ['it''s', 'b']\n",
        "  reads   the one that `column` names, `language`\n",
        "  paragraphs (what the bare name of a step means), outline\n",
        "  blank_run  Several blanks.\n", "  too_short  Too short.\n", "  lost  Lost text.\n",
        "  Makes several rows of one. Looks at each row alone.\n", "  GB/T 15834-2011\n"}) {
    EXPECT_THAT(help, HasSubstr(said));
  }
}

TEST(OperatorHelp, SaysNothingOfWhatThereIsNot) {
  const std::string help =
      OperatorHelp({.name = "a.b.c", .summary = "Do.", .summary_zh = "做。"}, Language::kEnglish);
  EXPECT_EQ(help,
            "a.b.c (version 1)\n  Do.\n\nRows\n  Keeps every row. Looks at each row alone.\n");
}

TEST(OperatorHelp, FitsTheWidthInBothLanguages) {
  for (const Language language : {Language::kEnglish, Language::kChinese}) {
    for (const int width : {40, 47, 60, 80, 100, 132}) {
      std::istringstream help(OperatorHelp(Full(), language, width));
      for (std::string line; std::getline(help, line);) {
        EXPECT_LE(utf8::Width(line), static_cast<size_t>(width)) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
      }
    }
  }
}

TEST(OperatorHelp, StandsAnyWidth) {
  for (const int width : {-5, 0, 1, 1'000'000}) {
    EXPECT_THAT(OperatorHelp(Full(), Language::kEnglish, width), HasSubstr("Parameters"));
  }
}

TEST(OperatorHelp, KeepsTheExampleTheSameYaml) {
  std::string example = OperatorHelp(Full(), Language::kEnglish, 44);
  example = example.substr(example.find("Example\n") + 8);
  example = example.substr(0, example.find("\n\n"));
  std::string on_one_line;
  std::istringstream words(example);
  for (std::string word; words >> word;) on_one_line += (on_one_line.empty() ? "" : " ") + word;
  EXPECT_THAT(on_one_line, HasSubstr(Full().example));
}

// The first English word of a Chinese text that is no name, value or code of the record.
std::string EnglishWord(const std::string& text) {
  static const std::set<std::string> known = {"refine",
                                              "document",
                                              "split_paragraphs",
                                              "refinedocumentsplit_paragraphs",
                                              "abc",
                                              "paragraphs",
                                              "outline",
                                              "paragraph",
                                              "language",
                                              "column",
                                              "border",
                                              "size",
                                              "share",
                                              "most",
                                              "strict",
                                              "words",
                                              "blank_run",
                                              "too_short",
                                              "lost",
                                              "blank_line",
                                              "line",
                                              "text",
                                              "it",
                                              "s",
                                              "b",
                                              "a",
                                              "c",
                                              "true",
                                              "false",
                                              "GB",
                                              "T"};
  std::string word;
  bool in_code = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) in_code = !in_code;
    // The example, in the manual and in the help.
    if (in_code || line.starts_with("```") || line.starts_with("  parts: ")) continue;
    for (const char c : line + " ") {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (letter) {
        word += c;
      } else {
        if (!word.empty() && !known.contains(word)) return word;
        word.clear();
      }
    }
  }
  return "";
}

TEST(OperatorHelp, InChineseHoldsNoEnglish) {
  EXPECT_EQ(EnglishWord(OperatorHelp(Full(), Language::kChinese, 200)), "");
  for (const Traits& traits : AllTraits()) {
    Record record = Full();
    record.traits = traits;
    EXPECT_EQ(EnglishWord(OperatorHelp(record, Language::kChinese, 200)), "");
  }
}

OperatorSet Two() {
  static const OnlyARecord first(Full());
  static const OnlyARecord second(
      {.name = "a.b.c", .summary = "Do a|b.", .summary_zh = "做甲|乙。"});
  const Operator* list[] = {&first, &second};
  OperatorSet set;
  set.Add(list);
  return set;
}

TEST(OperatorManual, HasAContentsAndASectionForEach) {
  const std::string manual = OperatorManual(Two());
  EXPECT_THAT(manual, HasSubstr("| [`a.b.c`](#abc) | Do a\\|b. |\n"));
  EXPECT_THAT(manual, HasSubstr("(#refinedocumentsplit_paragraphs)"));
  EXPECT_LT(manual.find("\n## a.b.c\n"), manual.find("\n## refine.document.split_paragraphs\n"));
  EXPECT_THAT(manual, HasSubstr("| `size` | whole number from 1 up, unit characters, must be "
                                "given | The shortest paragraph. |\n"));
  EXPECT_THAT(manual, HasSubstr("a line \\| a blank line."));
  EXPECT_THAT(manual, HasSubstr("- Outputs: `paragraphs`, `outline`\n"));
  EXPECT_THAT(manual, HasSubstr("```yaml\nparts: {use:"));
}

TEST(OperatorManual, InChineseHoldsNoEnglish) {
  const std::string manual = OperatorManual(Two(), Language::kChinese);
  EXPECT_THAT(manual, HasSubstr("# 算子\n"));
  EXPECT_THAT(manual, Not(HasSubstr("Do a")));
  EXPECT_EQ(EnglishWord(manual), "");
}

TEST(OperatorManual, OfNothingIsAPage) {
  EXPECT_THAT(OperatorManual(OperatorSet()), HasSubstr("# Operators\n"));
}

TEST(RecordJson, IsTheRecord) {
  const auto json = nlohmann::json::parse(RecordJson(Full()));
  EXPECT_EQ(json["name"], "refine.document.split_paragraphs");
  EXPECT_EQ(json["version"], 4);
  EXPECT_EQ(json["parameters"].size(), 7U);
  EXPECT_EQ(json["parameters"][0]["type"], "text");
  EXPECT_EQ(json["parameters"][0]["default"], "text");
  EXPECT_EQ(json["parameters"][1]["choices"][1], "blank_line");
  EXPECT_FALSE(json["parameters"][2].contains("default"));
  EXPECT_EQ(json["parameters"][2]["minimum"], 1.0);
  EXPECT_EQ(json["parameters"][3]["default"], 0.5);
  EXPECT_EQ(json["parameters"][4]["default"], 7);
  EXPECT_EQ(json["parameters"][5]["default"], true);
  EXPECT_EQ(json["parameters"][6]["default"][0], "it's");
  EXPECT_EQ(json["outputs"][1], "outline");
  EXPECT_EQ(json["rules"][0]["summary_zh"], "多个空白。");
  EXPECT_EQ(json["traits"]["cardinality"], "expand");
  EXPECT_EQ(json["traits"]["deterministic"], true);
}

}  // namespace
}  // namespace siku
