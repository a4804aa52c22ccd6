// Classes of characters as the peers see them: Python 3.11 (Unicode 14.0) and the sets of
// Data-Juicer and DataTrove. See make_tables.py.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace siku::refine::statistics {

/// Bits of a character's class. "is" is Python's str method of that name.
enum Class : uint16_t {
  kAlnum = 1 << 0,          // isalnum
  kAlpha = 1 << 1,          // isalpha
  kSpace = 1 << 2,          // isspace: what strip and split take away
  kSpecial = 1 << 3,        // Data-Juicer's SPECIAL_CHARACTERS
  kPunctuation = 1 << 4,    // DataTrove's PUNCTUATION_SET
  kTerminal = 1 << 5,       // DataTrove's TERMINAL_PUNCTUATION
  kLineBreak = 1 << 6,      // where splitlines splits
  kDigit = 1 << 7,          // isdigit
  kCategoryP = 1 << 8,      // general category P*
  kUpper = 1 << 9,          // isupper
  kWord = 1 << 10,          // \w of regular expressions
  kNumeric = 1 << 11,       // isnumeric
  kCased = 1 << 12,         // Cased of Unicode and not the next
  kIgnorable = 1 << 13,     // Case_Ignorable of Unicode
  kLowerOrTitle = 1 << 14,  // what keeps a word from being isupper
};

class Characters {
 public:
  static const Characters& Get();

  uint16_t classes(char32_t c) const { return c < kDirect ? direct_[c] : ClassesBeyond(c); }
  bool is(char32_t c, uint16_t any_of) const { return (classes(c) & any_of) != 0; }
  /// Of a letter that one letter stands for; all else stays, U+0130 and the sigma's final form too.
  char32_t Lowered(char32_t c) const;
  /// Appends the text as str.lower() has it, U+0130 and the final sigma with it.
  void AppendLowered(std::string_view text, std::string& out) const;

 private:
  Characters();
  uint16_t ClassesBeyond(char32_t c) const;
  bool EndsWord(std::string_view text, size_t begin, size_t end) const;

  static constexpr char32_t kDirect = 0x10000;
  std::array<uint16_t, kDirect> direct_{};
};

}  // namespace siku::refine::statistics
