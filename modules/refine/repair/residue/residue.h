// What is left of formats and programs in a text: references, controls, characters without width.
#pragma once

#include <string_view>

#include "siku/refine/repair.h"

namespace siku::refine {

/// Entities, also those that lost their "&". What they give may be residue as well.
Repaired DecodeReferences(std::string_view text, const RepairOptions& options);
/// Characters without width, controls, mixed line ends, private-use characters.
Repaired CleanResidue(std::string_view text, const RepairOptions& options);
/// Commas that stand in words again and again. Looks at a sample of them first.
Repaired RemoveCommasInWords(std::string_view text, const Tables& tables,
                             const RepairOptions& options);
/// Marks between Chinese characters become full-width. Only for those who ask.
Repaired RestoreMarks(std::string_view text, const RepairOptions& options);

}  // namespace siku::refine
