// Columns that still spell what a step conceals in another one.
#pragma once

#include "plan.h"

namespace siku::run {

/// kUnsupported, at the step that made the column, where a text column made of a text reaches a
/// step that conceals in that text: what is found in a whole text is not found in parts of it, so
/// masking the new column as well would not do.
Result<void> CheckColumnsMadeBefore(const Recipe& recipe, const Plan& plan);

}  // namespace siku::run
