// refine.text.remove_repeat_sentences: remove a sentence that the text had before.
#include "mappers/lines.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveRepeatSentencesOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_repeat_sentences",
          .summary = "Remove a sentence that the text had before.",
          .summary_zh = "删除文本中重复出现的句子。",
          .source = "Data-Juicer, remove_repeat_sentences_mapper.",
          .example = "clean: {use: refine.text.remove_repeat_sentences, from: pages}",
          .parameters = {{.name = "lowercase",
                          .type = ParameterType::kBool,
                          .summary = "Capital and small letters are the same.",
                          .summary_zh = "不区分大小写。",
                          .default_value = false},
                         {.name = "ignore_special_character",
                          .type = ParameterType::kBool,
                          .summary = "Only Chinese characters, letters, digits and spaces count.",
                          .summary_zh = "只比较汉字、字母、数字和空格。",
                          .default_value = true},
                         {.name = "min_repeat_sentence_length",
                          .type = ParameterType::kInt,
                          .summary = "Shorter sentences stay.",
                          .summary_zh = "更短的句子保留。",
                          .default_value = int64_t{2}}},
          .rules = {{"repeated", "A sentence that the text had before.", "前面已出现过的句子。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const mappers::RepeatRules rules{
            .lowercase = parameters.boolean("lowercase"),
            .ignore_special = parameters.boolean("ignore_special_character"),
            .shortest = parameters.integer("min_repeat_sentence_length")};
        return [rules](std::string_view text, mappers::Changes& changes) {
          mappers::RemoveRepeatedSentences(text, rules, changes);
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
