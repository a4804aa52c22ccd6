// refine.text.punctuation_normalization: make Chinese and other punctuation ASCII.
#include "mappers/characters.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& PunctuationNormalizationOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.punctuation_normalization",
          .summary = "Make Chinese and other punctuation ASCII.",
          .summary_zh = "把中文等标点换成 ASCII 标点。",
          .source = "Data-Juicer, punctuation_normalization_mapper.",
          .example = "clean: {use: refine.text.punctuation_normalization, from: pages}",
          .rules = {{"punctuation", "A sign that has an ASCII counterpart.",
                     "有 ASCII 对应的标点。"}},
      },
      Always(mappers::NormalizePunctuation));
  return instance;
}

}  // namespace siku::refine
