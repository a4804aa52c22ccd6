// keep_stats_in_res_ds: the numbers that filters decide by, put into the result as Data-Juicer
// does.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "siku/recipe_dialect.h"

namespace siku::refine::data_juicer {

/// Puts a step that measures before the first filter (`steps`: translated). Filters whose numbers
/// cannot be kept, each with its place: those of word lists and fields, and those that come after
/// the text was changed again.
std::vector<std::pair<std::string, YamlMark>> KeepStatistics(YamlNode& steps);

/// Where a step reads `__dj__stats__`, the numbers that filters before it measured.
std::optional<YamlMark> ReaderOfStatistics(const YamlNode& steps);

}  // namespace siku::refine::data_juicer
