// refine.text.whitespace_normalization: make every kind of space a plain one, and drop white space
// at both ends.
#include "mappers/characters.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& WhitespaceNormalizationOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.whitespace_normalization",
          .summary = "Make every kind of space a plain one, and drop white space at both ends.",
          .summary_zh = "把各种空白换成普通空格，并去掉首尾空白。",
          .source = "Data-Juicer, whitespace_normalization_mapper.",
          .example = "clean: {use: refine.text.whitespace_normalization, from: pages}",
          .rules = {{"space", "White space at an end, or a space of another kind.",
                     "首尾空白，或其他种类的空格。"}},
      },
      Always(mappers::NormalizeWhitespace));
  return instance;
}

}  // namespace siku::refine
