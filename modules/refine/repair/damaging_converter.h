// A converter of the kind that damages pages, for tests: it works on GBK bytes without respect for
// character borders, as the field notes in docs/repair.md describe. Nothing of the repairer is used
// but the tables of characters and readings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "siku/refine/tables.h"

namespace siku::refine {

struct Habits {
  bool traditional = true;  // each character becomes the traditional one, without looking at words
  double annotated = 0.6;   // share of the changed characters in this page's table of readings
  bool tones = true;
  bool space_behind = false;  // each annotation
  bool at_random = false;     // annotates now and then, also characters that do not change
  bool across = false;        // the annotator also matches across two characters
  std::u32string marks{};     // meets the bytes of these across two characters, and slips
  double slips = 1.0;         // share of those places
  double lost = 0;            // share of annotated characters replaced by " reading"
  bool narrow = true;         // full-width ASCII marks become ASCII
  uint64_t seed = 1;
};

/// `simplified` holds characters of GBK only.
std::string Damaged(std::string_view simplified, const Tables& tables, const Habits& habits);

/// What a page says when all but the narrowing is undone.
std::string Narrow(std::string_view text);

/// True where every character of the text has a GBK pair or is ASCII.
bool InGbk(std::string_view text);

}  // namespace siku::refine
