// What the readings on a page say about where it comes from: a person, or a converter.
#pragma once

#include <string>

#include "repair/page.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// What the annotations of a whole document prove.
struct Evidence {
  /// What nearly all characters of the page are that differ between the two scripts.
  enum class Script { kNeither, kSimplified, kTraditional };
  Script script = Script::kNeither;
  /// That a converter made them: 0 (no), below 0.9 (a person should look), or near 1.
  double confidence = 0;
  std::u32string annotated;  // sorted: the traditional characters that carry a reading
  std::u32string bare;       // sorted: the traditional characters that stand without
  bool spaced = false;       // a space follows each annotation
  bool at_random = false;    // characters carry a reading here and none there, whatever they are
  bool quoted = false;       // the text talks about damaged encodings
  bool misspelt = false;     // a word is spelt as only a converter of single characters does
  bool well_spelt = false;   // a word is spelt as such a converter never does

  bool found() const { return confidence > 0; }
};

Evidence JudgePage(const Page& page, const Tables& tables);

}  // namespace siku::refine
