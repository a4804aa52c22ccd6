// Which entries have a character, or two side by side, in their folded texts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "siku/catalog/search.h"

namespace siku::catalog {

/// The folded texts of an entry, one behind another, the most telling first, in UTF-16: nearly
/// every character is one unit, and pairs of units find the others as well.
struct FoldedTexts {
  std::u16string text{};
  std::array<uint32_t, kFields> end{};  // by the field's rank, highest first

  static FoldedTexts Of(const Entry& entry);
  std::u16string_view Of(Field field) const;
  /// The most telling field that has the term, none above `most`; -1: none.
  int BestField(std::u16string_view term, int most) const;
};

class Grams {
 public:
  /// `entry` is larger than any before.
  void Add(uint32_t entry, const FoldedTexts& texts);
  /// An entry with these texts is counted no more; ForEach still visits it.
  void Forget(const FoldedTexts& texts);
  /// Calls visit(entry, best field) for all that have the one or two units; in rising order.
  template <class Visit>
  void ForEach(std::u16string_view gram, const Visit& visit) const {
    const auto found = postings_.find(Key(gram));
    if (found == postings_.end()) return;
    uint32_t entry = 0;
    const auto& bytes = found->second.bytes;
    for (size_t at = 0; at < bytes.size();) {
      uint32_t value = 0;
      for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<uint8_t>(bytes[at++]);
        value |= uint32_t{byte & 0x7FU} << shift;
        if (byte < 0x80) break;
      }
      entry += value >> 2U;
      visit(entry, static_cast<int>(value & 3U));
    }
  }
  /// How many have it, of those that are not forgotten.
  uint32_t Count(std::u16string_view gram) const;

 private:
  /// Each gram of the texts once, with its best field, into seen_.
  void Look(const FoldedTexts& texts);
  struct Posting {
    std::string bytes{};  // varints: distance to the one before * 4 + best field
    uint32_t last = 0;
    uint32_t count = 0;
  };
  static uint32_t Key(std::u16string_view gram) {
    return uint32_t{gram[0]} << 16U | (gram.size() > 1 ? gram[1] : 0U);
  }
  std::unordered_map<uint32_t, Posting> postings_{};
  std::vector<std::pair<uint32_t, uint8_t>> seen_{};  // of one entry; kept for its memory
};

/// One or two units at `to`; gives the place behind them.
inline char16_t* PutUtf16(char32_t c, char16_t* to) {
  if (c < 0x10000) {
    *to++ = static_cast<char16_t>(c);
  } else {
    *to++ = static_cast<char16_t>(0xD800U + ((c - 0x10000U) >> 10U));
    *to++ = static_cast<char16_t>(0xDC00U + ((c - 0x10000U) & 0x3FFU));
  }
  return to;
}
std::u16string Utf16(std::u32string_view text);
bool Contains(std::u16string_view text, std::u16string_view term);

}  // namespace siku::catalog
