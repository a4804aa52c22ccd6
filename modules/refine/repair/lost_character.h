// Characters of which only the toneless reading is left: " ze" for 则.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "repair/evidence.h"
#include "repair/language.h"
#include "repair/page.h"
#include "repair/reading.h"

namespace siku::refine {

struct LostCharacter {
  size_t end = 0;  // index behind the reading and the space after it
  uint16_t bare = 0;
};

/// A syllable alone among Chinese characters, from the space at `index` on; one that has a space
/// behind it only where the annotations of the page are `spaced` so.
std::optional<LostCharacter> LostCharacterAt(const Page& page, size_t index, bool spaced,
                                             const Tables& tables);

struct Restored {
  char32_t old_form = 0;  // as the converter would have written it
  char32_t simple_form = 0;
  int cost = 0;  // tenths of a bit, with what follows
};

/// The characters that may have stood there, the likeliest first; one for each simplified form.
std::vector<Restored> Restorations(const LostCharacter& lost, Context context,
                                   std::span<const ModelId> ahead, const Evidence& evidence,
                                   const Language& language);

}  // namespace siku::refine
