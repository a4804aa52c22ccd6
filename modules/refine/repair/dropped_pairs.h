// Pairs of two high bytes that GBK does not assign: converters drop them from the page.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "siku/refine/tables.h"

namespace siku::refine {

struct UnassignedPairs {
  std::vector<uint8_t> firsts{};              // bytes that begin one, sorted
  std::array<std::bitset<256>, 256> pairs{};  // by first byte
};
const UnassignedPairs& Unassigned();

/// A character both of whose bytes may have gone with dropped pairs: its lead as the second of one,
/// its trail as the first of another.
struct WholeCharacter {
  char32_t character = 0;
  uint8_t lead = 0, trail = 0;
  ModelId id = 0;    // of the simplified one that it was found by
  uint8_t cost = 0;  // of that behind the last one
};

/// Finds them; for one page, whose searches ask for the same again and again.
class WholeCharacters {
 public:
  explicit WholeCharacters(const Tables& tables) : tables_(tables) {}
  /// Those that the model has seen behind `last`, often enough; the likeliest first.
  const std::vector<WholeCharacter>& Behind(ModelId last);

 private:
  const Tables& tables_;
  std::unordered_map<ModelId, std::vector<WholeCharacter>> behind_;
  std::bitset<0x10000> stays_;  // ids of which no character can go whole
};

}  // namespace siku::refine
