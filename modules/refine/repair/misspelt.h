// The cheap look at a traditional text that asks whether a converter may have made it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "siku/refine/tables.h"

namespace siku::refine {

/// The words that only a converter of single characters spells so, made quick to look for.
class MisspeltWords {
 public:
  explicit MisspeltWords(const Tables& tables);

  /// True where two different ones stand in `text`, which is valid UTF-8, or one that says much.
  bool In(std::string_view text) const { return Look(text, true); }
  /// True where one stands there.
  bool AnyIn(std::string_view text) const { return Look(text, false); }

 private:
  // Of the first two characters. So many bits that one pair in sixty is taken for a word.
  static constexpr size_t kBits = size_t{1} << 18;
  static size_t Place(char32_t first, char32_t second) {
    return (first * 0x9E3779B1U ^ second * 0x85EBCA6BU) >> 14;
  }
  bool MayBegin(char32_t first, char32_t second) const {
    const size_t place = Place(first, second);
    return (begins_[place / 64] >> (place % 64) & 1) != 0;
  }
  bool Look(std::string_view text, bool proof) const;
  Tables::Word At(std::string_view from) const;

  const Tables& tables_;
  std::array<uint64_t, kBits / 64> begins_{};
};

}  // namespace siku::refine
