// Commas that were put into words.
#pragma once

#include <string_view>

#include "repair/residue/findings.h"

namespace siku::refine {

/// Few look-ups: whether the first commas of the text may stand in words.
bool MayHaveCommasInWords(std::string_view text, const Tables& tables);
/// Takes them out where it happens again and again: one such comma proves nothing.
void RemoveCommas(std::string_view text, const Tables& tables, Findings& findings);

}  // namespace siku::refine
