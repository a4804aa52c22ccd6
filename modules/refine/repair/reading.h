// Readings in brackets behind characters, and what they say about where a page comes from.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

/// What the annotations of a whole document prove.
struct Evidence {
  /// That a converter made them: 0 (no), below 0.9 (a person should look), or near 1.
  double confidence = 0;
  std::u32string annotated;  // sorted: the traditional characters that carry a reading
  std::u32string bare;       // sorted: the traditional characters that stand without
  bool spaced = false;       // a space follows each annotation
  bool quoted = false;       // the text talks about damaged encodings

  bool found() const { return confidence > 0; }
};

Evidence JudgePage(const Page& page, const Tables& tables);

}  // namespace siku::refine
