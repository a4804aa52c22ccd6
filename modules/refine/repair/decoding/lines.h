// The lines of a text, and what can be said of them without a search.
#pragma once

#include <optional>
#include <vector>

#include "repair/decoding/found.h"
#include "repair/decoding/items.h"

namespace siku::refine {

std::vector<Line> LinesOf(const Page& page);

/// Four letters of U+00A1 to U+00FF together: two characters of GBK.
bool HasRunOfLetters(const Page& page, const Line& line);

/// Characters that are UTF-8, in a row where the wrong ones have two bytes; counts to three.
size_t CountValid(const Page& page, const Line& line, Wrong wrong);

/// The line as UTF-8 without a byte lost, from its first change to its last. `items` are all of it.
std::optional<Found> DecodedStrictly(const std::vector<Item>& items, const Line& line);

}  // namespace siku::refine
