// refine.text.replace_content: replace what a regular expression matches.
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& ReplaceContentOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.replace_content",
          .summary = "Replace what a regular expression matches.",
          .summary_zh = "替换正则表达式匹配到的内容。",
          .source = "Data-Juicer, replace_content_mapper.",
          .example = "clean: {use: refine.text.replace_content, from: pages}",
          .parameters = {{.name = "pattern",
                          .type = ParameterType::kTextList,
                          .summary = "Regular expressions, used one after the other.",
                          .summary_zh = "正则表达式，依次使用。",
                          .default_value = std::vector<std::string>{}},
                         {.name = "repl",
                          .type = ParameterType::kTextList,
                          .summary = "What stands there instead, for all patterns or one for each.",
                          .summary_zh = "替换成的文本：一个，或每个表达式一个。",
                          .default_value = std::vector<std::string>{""}}},
          .rules = {{"match", "A match of a pattern.", "正则表达式的匹配。"}},
          .reasons = {TooLong()},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const auto& patterns = parameters.texts("pattern");
        const auto& replacements = parameters.texts("repl");
        if (replacements.size() != 1 && replacements.size() < patterns.size()) {
          return Fail(Code::kInvalid, "`repl` has one text, or one for each pattern",
                      std::to_string(replacements.size()), "repl");
        }
        return ReplacePatterns(patterns, replacements);
      });
  return instance;
}

}  // namespace siku::refine
