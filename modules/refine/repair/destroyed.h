// Text whose information is gone: named, never filled in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "repair/page.h"
#include "siku/refine/repair.h"

namespace siku::refine {

struct Destroyed {
  size_t end = 0;  // index behind it
  const char* reason = "";
};

/// What may have destroyed a text in which the character stands first.
enum class DestroyedBy : uint8_t { kNothing, kReplacement, kReplacementRead, kMemory, kQuestions };

inline DestroyedBy MayBeDestroyedBy(char32_t c) {
  switch (c) {
    case U'\uFFFD':
      return DestroyedBy::kReplacement;
    case U'锟':
    case U'斤':
    case U'拷':
    case U'錕':
    case U'嚙':
    case U'踝':
    case U'蕭':
    case U'占':
    case U'쏙':
    case U'옙':
    case U'ï':
      return DestroyedBy::kReplacementRead;
    case U'烫':
    case U'燙':
    case U'屯':
    case U'葺':
    case U'铪':
    case U'鉿':
      return DestroyedBy::kMemory;
    case U'?':
      return DestroyedBy::kQuestions;
    default:
      return DestroyedBy::kNothing;
  }
}

/// What is destroyed from `index` on, if anything.
std::optional<Destroyed> DestroyedAt(const Page& page, size_t index);

/// Flags what only the page as a whole shows: two characters of no sense before most stops.
Repaired FlagStrays(std::string_view text, const Tables& tables);

}  // namespace siku::refine
