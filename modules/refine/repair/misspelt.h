// The cheap look at a traditional text that asks whether a converter may have made it.
#pragma once

#include <string_view>

#include "siku/refine/tables.h"

namespace siku::refine {

/// True where at least two different words are spelt as only a converter of single characters
/// spells them. `text` is valid UTF-8.
bool LooksConverted(std::string_view text, const Tables& tables);

}  // namespace siku::refine
