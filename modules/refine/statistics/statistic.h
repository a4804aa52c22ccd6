// A statistic: a number of a text, named with its parameters, as in `char_rep_ratio(10)`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "siku/result.h"
#include "statistics/refined_words.h"
#include "statistics/word_stream.h"

namespace siku::refine::statistics {

/// In the order of docs/filters.md, where the formulas are.
enum class Kind {
  kTextLen,
  kAlnumRatio,
  kSpecialCharRatio,
  kCharRepRatio,
  kAvgLineLength,
  kMaxLineLength,
  kNumWords,
  kWordRepRatio,
  kListedWordsRatio,
  kDupParaFrac,
  kDupParaCharFrac,
  kDupLineFrac,
  kDupLineCharFrac,
  kTopGram,
  kDuplicatedGrams,
  kGopherWords,
  kAvgWordLength,
  kHashWordRatio,
  kEllipsisWordRatio,
  kBulletLineRatio,
  kEllipsisLineRatio,
  kAlphaWordRatio,
  kStopWords,
  kFilledLines,
  kLinePunctRatio,
  kShortLineRatio,
  kCharDupRatio,
  kNewlineWordRatio,
  kMeanLineLength,
  kHanRatio,
  kRepeatedGramRatio,
  kDistinctCharRatio,
  kCharEntropy,
  kDigitRatio,
  kTopCharGram,
  kDuplicatedCharGrams,
  kRedPajama,
};

struct Statistic {
  Kind kind{};
  int64_t number = 0;  // the length of grams or of short lines, the place in kRedPajamaSignals
  const WordSplitter* splitter = nullptr;
  std::shared_ptr<const WordList> list{};
  Augmentation augmentation{};

  /// Says all that the number depends on.
  std::string Name() const;
};

/// Of a name without a list: `alnum_ratio`, `top_2_gram(jieba)`. `splitters`: those that a name may
/// call for.
Result<Statistic> ParseStatistic(std::string_view name,
                                 std::span<const WordSplitter* const> splitters);
/// Names that ParseStatistic knows, each with its usual parameters.
std::vector<std::string> UsualStatistics(std::span<const WordSplitter* const> splitters);

}  // namespace siku::refine::statistics
