// The damage itself, forwards: what a converter makes of an original when its bytes slip by one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace siku::refine {

/// `original` are the characters whose GBK bytes slipped, the first of them without its lead byte.
/// Gives what a page then shows behind the "?" of the lost lead: pairs one byte late, unassigned
/// ones dropped, full-width ASCII narrowed, until the trail byte of the last character stands
/// alone: as the ASCII character it is, or as "?". Nothing where the bytes would not slip over the
/// whole original, or where a character is not in GBK.
std::optional<std::u32string> Shifted(std::u32string_view original);

}  // namespace siku::refine
