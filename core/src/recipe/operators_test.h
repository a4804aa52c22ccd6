// Operators that have a record and nothing else, for tests and fuzzing of what reads records.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "siku/operator.h"
#include "siku/recipe.h"

namespace siku::recipe {

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

/// One operator with a parameter of each type, one with two outputs, one that needs a parameter.
inline const OperatorSet& TestOperators() {
  static const OnlyARecord repair({.name = "refine.text.repair_encoding",
                                   .version = 3,
                                   .summary = "Repair text.",
                                   .summary_zh = "修复文本。",
                                   .parameters = {{.name = "column",
                                                   .summary = "The text column.",
                                                   .summary_zh = "文本列。",
                                                   .default_value = "text"},
                                                  {.name = "min_confidence",
                                                   .type = ParameterType::kReal,
                                                   .summary = "How sure a repair must be.",
                                                   .summary_zh = "修复所需的置信度。",
                                                   .unit = "ratio",
                                                   .default_value = 0.9,
                                                   .minimum = 0,
                                                   .maximum = 1},
                                                  {.name = "window",
                                                   .type = ParameterType::kInt,
                                                   .summary = "How far to look.",
                                                   .summary_zh = "查看的范围。",
                                                   .unit = "characters",
                                                   .default_value = int64_t{8},
                                                   .minimum = 1},
                                                  {.name = "bias",
                                                   .type = ParameterType::kInt,
                                                   .summary = "What is added.",
                                                   .summary_zh = "所加之数。",
                                                   .default_value = int64_t{0},
                                                   .maximum = 9},
                                                  {.name = "strict",
                                                   .type = ParameterType::kBool,
                                                   .summary = "Whether to be strict.",
                                                   .summary_zh = "是否严格。",
                                                   .default_value = false},
                                                  {.name = "mode",
                                                   .summary = "How to work.",
                                                   .summary_zh = "工作方式。",
                                                   .default_value = "fast",
                                                   .choices = {"fast", "careful"}},
                                                  {.name = "words",
                                                   .type = ParameterType::kTextList,
                                                   .summary = "Words to keep.",
                                                   .summary_zh = "保留的词。",
                                                   .default_value = std::vector<std::string>{}}}});
  static const OnlyARecord split({.name = "refine.document.split_paragraphs",
                                  .summary = "Split a text.",
                                  .summary_zh = "拆分文本。",
                                  .outputs = {"paragraphs", "outline"}});
  static const OnlyARecord match(
      {.name = "refine.text.match",
       .summary = "Match a text.",
       .summary_zh = "匹配文本。",
       .parameters = {
           {.name = "pattern", .summary = "What to look for.", .summary_zh = "所找的内容。"}}});
  static const OperatorSet& all = *[] {
    const Operator* list[] = {&repair, &split, &match};
    auto* set = new OperatorSet();
    set->Add(list);
    return set;
  }();
  return all;
}

/// What the errors of a recipe say, one a line; empty where there are none.
inline std::string Mistakes(std::string_view yaml, const std::vector<std::string>& overrides = {},
                            Language language = Language::kEnglish) {
  std::vector<RecipeOverride> parsed;
  for (const std::string& text : overrides) parsed.push_back(ParseOverride(text).value());
  std::string all;
  for (const Error& error : ReadRecipe(yaml, "recipe.yaml", TestOperators(), parsed).errors) {
    all += (all.empty() ? "" : "\n") + Describe(error, language);
  }
  return all;
}

}  // namespace siku::recipe
