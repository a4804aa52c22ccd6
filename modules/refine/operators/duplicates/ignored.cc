#include "operators/duplicates/ignored.h"

#include "mappers/pattern.h"

namespace siku::refine {

ParameterSpec IgnoreParameter() {
  return {.name = "ignore_pattern",
          .type = ParameterType::kText,
          .summary = "What matches this regular expression is left out of the comparison.",
          .summary_zh = "与此正则表达式匹配的部分不参与比较。",
          .default_value = ""};
}

Result<duplicates::TextFilter> BindIgnore(const Parameters& parameters) {
  const std::string& given = parameters.text("ignore_pattern");
  if (given.empty()) return duplicates::TextFilter();
  SIKU_TRY(const auto pattern, mappers::Pattern::Compile(given));
  SIKU_TRY(const auto nothing, pattern.CompileReplacement(""));
  return [pattern, nothing](std::string_view text) {
    mappers::Changes changes;
    const auto done = pattern.Replace(text, nothing, changes);
    return done == mappers::Pattern::Done::kAll ? mappers::Changed(text, changes)
                                                : std::string(text);
  };
}

}  // namespace siku::refine
