// What stands on a page that a converter or a person may have left there, counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "repair/page.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// How a character is used over the page.
struct Use {
  bool changes = false;  // by simplification
  size_t annotated = 0;
  size_t bare = 0;
  size_t turned = 0;  // carries a reading here, after standing bare before
  bool last_bare = false;
  std::optional<uint16_t> toned{};  // its reading
  bool read_two_ways = false;

  bool both() const { return changes && annotated > 0 && bare > 0; }
};

/// Characters of one sentence, by what they speak for.
struct Sentence {
  size_t han = 0;
  size_t annotated = 0;
  size_t traditional = 0;
  size_t simplified = 0;  // that no converter would have left
  size_t wide = 0;        // marks that a converter would have narrowed
  size_t corners = 0;     // brackets that traditional text has
  size_t periods = 0;     // ASCII ones: converters leave 。
  size_t narrowed = 0;    // ASCII marks between Chinese characters
  size_t curly = 0;       // quotation marks that simplified text has
};

/// What the spelling says of a converter that goes by single characters.
struct SpellingEvidence {
  double bits = 0;   // for it, of the misconverted words
  size_t words = 0;  // different ones
  size_t never = 0;  // different words that it never spells so
  // Simplified characters of which the page has two traditional forms: no such converter has.
  size_t torn = 0;

  double Balance() const {
    return bits - 9 * static_cast<double>(never) - 9 * static_cast<double>(torn);
  }
};

struct Census {
  std::map<char32_t, Use> uses;  // of each Chinese character
  size_t annotated = 0;          // that change
  size_t spaced = 0;             // annotations with a space behind
  size_t all_annotated = 0;
  size_t in_wide_brackets = 0;
  size_t going_on = 0;  // annotations behind which running text goes on
  size_t listed = 0;    // 、 between words
  size_t han = 0;
  size_t kana = 0;
  size_t inside = 0;       // readings that stand between the bytes of characters
  size_t alone = 0;        // readings that stand for characters
  Sentence with_readings;  // those that have annotations, together
  Sentence page;
  SpellingEvidence spelling;
  bool teaches = false;
};

Census CountPage(const Page& page, const Tables& tables);

}  // namespace siku::refine
