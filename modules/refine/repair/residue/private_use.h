// Private-use characters: those of GBK become what they stood for, others are shown to a person.
#pragma once

#include <string_view>

#include "repair/residue/findings.h"

namespace siku::refine {

void RestorePrivateUse(std::string_view text, Findings& findings);

}  // namespace siku::refine
