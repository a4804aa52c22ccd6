// Text whose information is gone: named, never filled in.
#pragma once

#include <cstddef>
#include <optional>

#include "repair/page.h"
#include "siku/refine/repair.h"

namespace siku::refine {

struct Destroyed {
  size_t end = 0;  // index behind it
  const char* reason = "";
};

/// What is destroyed from `index` on, if anything.
std::optional<Destroyed> DestroyedAt(const Page& page, size_t index);

/// Flags what only the page as a whole shows: two characters of no sense before most stops.
Repaired FlagStrays(std::string_view text, const Tables& tables);

}  // namespace siku::refine
