// What people may call datasets, and the inputs and steps of recipes.
#pragma once

#include <cstddef>
#include <string_view>

namespace siku {

/// Bytes. A name is part of file names, which end at 255.
inline constexpr size_t kLongestName = 128;

/// Lower-case letters, digits, `.`, `_` and `-`; begins with a letter or digit.
bool IsDatasetName(std::string_view name);
/// The same without `.`, which parts a step from its output port in `step.port`.
bool IsStepName(std::string_view name);

}  // namespace siku
