// How texts are split into words, by the name that recipes and statistics use.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "siku/operator.h"
#include "statistics/word_stream.h"

namespace siku::refine {

/// `space`, or `jieba`, whose tables are mapped once.
Result<const statistics::WordSplitter*> FindSplitter(const std::string& name);
std::vector<std::string> SplitterNames();
/// SHA-256 of what the splitters read, for Operator::TableHashes.
std::vector<std::pair<std::string, std::string>> SplitterHashes();

}  // namespace siku::refine
