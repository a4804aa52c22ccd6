// Edits of texts that were rewritten as a whole.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <vector>

#include "siku/operator.h"

namespace siku::plugin {

/// For each text that changed one edit of rule 0, from the first character that differs to the
/// last. Row i of `after` was row `parents[i]` of `before`. Nulls are left to the engine's check.
std::vector<Edit> ChangedSpans(const arrow::LargeStringArray& before,
                               const arrow::LargeStringArray& after,
                               const std::vector<int32_t>& parents);

}  // namespace siku::plugin
