// Runs whose bytes slipped by one: found on the page, and the originals that explain them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "repair/evidence.h"
#include "repair/language.h"
#include "repair/page.h"
#include "repair/reading.h"

namespace siku::refine {

/// A stretch of the page that could be a slipped run.
struct ShiftedRun {
  size_t begin = 0;  // of its "?"
  size_t end = 0;    // behind its last visible piece
  /// Where the annotator put a reading between the bytes of two characters: "?zhǔn)".
  std::optional<Reading> opening;
  std::u32string shown;            // behind "?" and opening reading, narrowed
  std::vector<uint16_t> pairs;     // the two-byte codes visible, in order
  char ascii = 0;                  // the trail byte that ended it; 0 where its last byte was torn
  std::optional<Reading> closing;  // of the last character, where one is known
};

/// The stretches that may begin at the "?" at `index`, the likelier kind of end first.
std::vector<ShiftedRun> RunsAt(const Page& page, size_t index, const Tables& tables);

struct Original {
  std::u32string text;  // as the converter wrote it, before its bytes slipped
  int cost = 0;         // tenths of a bit, with what follows
};

/// What a search may still spend on this page, in language model look-ups.
struct Allowance {
  int64_t left = 0;
};

/// The originals whose damaged form is exactly the run and that cost no more than `limit`, the
/// likeliest first.
std::vector<Original> Originals(const ShiftedRun& run, const Page& page, Context context,
                                std::span<const ModelId> ahead, const Evidence& evidence,
                                const Language& language, int limit, Allowance& allowance);

}  // namespace siku::refine
