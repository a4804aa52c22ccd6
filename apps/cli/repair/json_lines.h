// JSON lines with their text repaired: every byte outside the repairs stays as it was.
#pragma once

#include <string>
#include <string_view>

#include "repair/product.h"
#include "siku/refine/repair.h"

namespace siku::cli {

/// Appends to `product` what becomes of `lines`, UTF-8, whole lines; the first is line
/// `first_line` of the file.
void RepairJsonLines(const refine::Repairer& repairer, std::string_view lines, int64_t first_line,
                     const std::string& file, const std::string& text_key, const Wanted& wanted,
                     Product& product);

}  // namespace siku::cli
