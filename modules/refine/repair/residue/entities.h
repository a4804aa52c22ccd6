// HTML references in text that is no longer HTML.
#pragma once

#include <string_view>

#include "repair/residue/findings.h"

namespace siku::refine {

/// Those between East Asian text become what they stand for, unless the text has or speaks of
/// markup: one document is judged as a whole.
void DecodeEntities(std::string_view text, Findings& findings);

}  // namespace siku::refine
