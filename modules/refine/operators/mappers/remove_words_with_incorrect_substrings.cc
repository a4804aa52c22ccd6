// refine.text.remove_words_with_incorrect_substrings: remove words that hold one of some texts, and
// set single separators between the others.
#include "mappers/words.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveWordsWithIncorrectSubstringsOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_words_with_incorrect_substrings",
          .summary = "Remove words that hold one of some texts, and set single separators between "
                     "the others.",
          .summary_zh = "删除含有指定子串的词，其余词之间只留一个分隔符。",
          .source = "Data-Juicer, remove_words_with_incorrect_substrings_mapper.",
          .example =
              "clean: {use: refine.text.remove_words_with_incorrect_substrings, from: pages}",
          .parameters = {{.name = "substrings",
                          .type = ParameterType::kTextList,
                          .summary = "Texts that a word may not hold.",
                          .summary_zh = "词中不得出现的子串。",
                          .default_value =
                              std::vector<std::string>{"http", "www", ".com", "href", "//"}}},
          .rules = {{"word", "A word with one of the texts, or separators that are one too many.",
                     "含指定子串的词，或多余的分隔符。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        return [parts = parameters.texts("substrings")](std::string_view text,
                                                        mappers::Changes& changes) {
          mappers::KeepWords(
              text, [&](std::string_view word) { return !mappers::HasAnyOf(word, parts); },
              changes);
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
