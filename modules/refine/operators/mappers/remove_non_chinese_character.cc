// refine.text.remove_non_chinese_character: remove all but Chinese characters and what is kept
// besides, line ends too.
#include "mappers/characters.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveNonChineseCharacterOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_non_chinese_character",
          .summary = "Remove all but Chinese characters and what is kept besides, line ends too.",
          .summary_zh = "只保留汉字及另行指定的字符，换行也删除。",
          .source = "Data-Juicer, remove_non_chinese_character_mapper.",
          .example = "clean: {use: refine.text.remove_non_chinese_character, from: pages}",
          .parameters = {{.name = "keep_alphabet",
                          .type = ParameterType::kBool,
                          .summary = "A to Z and a to z stay.",
                          .summary_zh = "保留英文字母。",
                          .default_value = true},
                         {.name = "keep_number",
                          .type = ParameterType::kBool,
                          .summary = "0 to 9 stay.",
                          .summary_zh = "保留数字。",
                          .default_value = true},
                         {.name = "keep_punc",
                          .type = ParameterType::kBool,
                          .summary = "Common punctuation and the space stay.",
                          .summary_zh = "保留常用标点和空格。",
                          .default_value = true}},
          .rules = {{"character", "A character that is not kept.", "不保留的字符。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const mappers::KeptBesidesChinese kept{.letters = parameters.boolean("keep_alphabet"),
                                               .numbers = parameters.boolean("keep_number"),
                                               .punctuation = parameters.boolean("keep_punc")};
        return [kept](std::string_view text, mappers::Changes& changes) {
          mappers::RemoveNonChinese(text, kept, changes);
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
