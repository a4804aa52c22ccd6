// refine.text.remove_long_words: remove words that are too short or too long, and set single
// separators between the others.
#include <limits>

#include "mappers/words.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveLongWordsOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_long_words",
          .summary = "Remove words that are too short or too long, and set single separators "
                     "between the others.",
          .summary_zh = "删除过短或过长的词，其余词之间只留一个分隔符。",
          .source = "Data-Juicer, remove_long_words_mapper.",
          .example = "clean: {use: refine.text.remove_long_words, from: pages}",
          .parameters = {{.name = "min_len",
                          .type = ParameterType::kInt,
                          .summary = "The shortest word that stays.",
                          .summary_zh = "保留的最短词长。",
                          .default_value = int64_t{1}},
                         {.name = "max_len",
                          .type = ParameterType::kInt,
                          .summary = "The longest word that stays.",
                          .summary_zh = "保留的最长词长。",
                          .default_value = std::numeric_limits<int64_t>::max()}},
          .rules = {{"word", "A word of the wrong length, or separators that are one too many.",
                     "长度不符的词，或多余的分隔符。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const int64_t shortest = parameters.integer("min_len");
        const int64_t longest = parameters.integer("max_len");
        return [shortest, longest](std::string_view text, mappers::Changes& changes) {
          mappers::KeepWords(
              text,
              [&](std::string_view word) { return mappers::HasLength(word, shortest, longest); },
              changes);
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
