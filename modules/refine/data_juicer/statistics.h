// keep_stats_in_res_ds: the numbers that filters decide by, put into the result as Data-Juicer
// does.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "siku/recipe_dialect.h"

namespace siku::refine::data_juicer {

/// Puts a step that measures before the first filter (`steps`: translated). Filters whose numbers
/// cannot be kept, each with its place: those of word lists and fields, and those that come after
/// the text was changed again.
std::vector<std::pair<std::string, YamlMark>> KeepStatistics(YamlNode& steps);

}  // namespace siku::refine::data_juicer
