// Readings in brackets behind characters.
#pragma once

#include <optional>

#include "repair/page.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// A spoken syllable as written on a page.
struct Reading {
  std::optional<uint16_t> toned;  // where it carries a tone mark
  uint16_t bare = 0;
};

/// "zhǔn)" at `index`: the reading and the index behind the bracket.
struct BracketedReading {
  Reading reading;
  size_t end = 0;
};
std::optional<BracketedReading> ReadingUpToBracket(const Page& page, size_t index,
                                                   const Tables& tables);
/// The same with its opening bracket at `index`, ASCII or full-width.
std::optional<BracketedReading> ReadingInBrackets(const Page& page, size_t index,
                                                  const Tables& tables);

/// True where dictionaries give the character, or its simplified or traditional form, this reading.
bool ReadsAs(const Tables& tables, char32_t character, const Reading& reading);

}  // namespace siku::refine
