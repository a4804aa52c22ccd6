// How texts are split into words, by the name that recipes and statistics use.
#pragma once

#include <string>
#include <vector>

#include "siku/operator.h"
#include "statistics/word_stream.h"

namespace siku::refine {

/// kUnsupported where there is none of that name.
Result<const statistics::WordSplitter*> FindSplitter(const std::string& name);
std::vector<std::string> SplitterNames();
}  // namespace siku::refine
