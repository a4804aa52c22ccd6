// Characters that nobody sees: without width, controls, line ends of several kinds.
#pragma once

#include <string_view>

#include "repair/residue/findings.h"

namespace siku::refine {

void RemoveInvisible(std::string_view text, Findings& findings);
void RemoveControls(std::string_view text, Findings& findings);
/// Those of a minority become those that most of the text has; nothing where there is one kind.
void UnifyLineEnds(std::string_view text, Findings& findings);

}  // namespace siku::refine
