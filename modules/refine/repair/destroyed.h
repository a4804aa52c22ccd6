// Text whose information is gone: named, never filled in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "repair/page.h"
#include "siku/refine/repair.h"

namespace siku::refine {

struct Destroyed {
  size_t end = 0;  // index behind it
  const char* reason = "";
};

/// Whether anything destroyed begins with the character.
inline bool MayBeDestroyed(char32_t c) {
  constexpr std::u32string_view kFirst = U"?ï占嚙屯拷斤烫燙葺蕭踝鉿錕铪锟쏙옙\uFFFD";
  return std::find(kFirst.begin(), kFirst.end(), c) != kFirst.end();
}

/// What is destroyed from `index` on, if anything.
std::optional<Destroyed> DestroyedAt(const Page& page, size_t index);

/// Flags what only the page as a whole shows: two characters of no sense before most stops.
Repaired FlagStrays(std::string_view text, const Tables& tables);

}  // namespace siku::refine
