// Word lists of a step: given in the recipe, or read from JSON files as Data-Juicer keeps them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "siku/operator.h"
#include "statistics/refined_words.h"

namespace siku::refine {

/// `kind`: "flagged_words" or "stopwords", what the parameter of the folder and its files are named
/// after, and the statistic: flagged_words_ratio, stopwords_ratio.
std::vector<ParameterSpec> WordListParameters(const std::string& kind);
Result<std::shared_ptr<const statistics::WordList>> ReadWordList(const std::string& kind,
                                                                 const Parameters& parameters);
Result<statistics::Augmentation> ReadAugmentation(const Parameters& parameters);

}  // namespace siku::refine
