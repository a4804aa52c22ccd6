// refine.text.remove_specific_chars: remove some characters.
#include "mappers/characters.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveSpecificCharsOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_specific_chars",
          .summary = "Remove some characters.",
          .summary_zh = "删除指定的字符。",
          .source = "Data-Juicer, remove_specific_chars_mapper.",
          .example = "clean: {use: refine.text.remove_specific_chars, from: pages}",
          .parameters = {{.name = "chars_to_remove",
                          .type = ParameterType::kTextList,
                          .summary = "The characters, in one text or several.",
                          .summary_zh = "要删除的字符，可写成一段或多段文本。",
                          .default_value = std::vector<std::string>{"◆●■►▼▲▴∆▻▷❖♡□"}}},
          .rules = {{"character", "One of the characters.", "指定的字符之一。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        std::string all;
        for (const std::string& text : parameters.texts("chars_to_remove")) all += text;
        return
            [set = mappers::CharactersOf(all)](std::string_view text, mappers::Changes& changes) {
              mappers::RemoveCharacters(text, set, changes);
              return true;
            };
      });
  return instance;
}

}  // namespace siku::refine
