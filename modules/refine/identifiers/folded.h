// Text as numbers are written in it: full-width forms and the many dashes, blanks and dots read as
// their ASCII ones, and what has no width passed over.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace siku::refine {

/// `c` is 0 for a character that no identifier is written with, and beyond either end.
struct Folded {
  char c = 0;
  uint8_t width = 0;  // bytes; 0 beyond the end
};

/// Whether a character of no width stands inside an identifier as if it were not there (it is then
/// part of the character behind it), or is a border like any other.
enum class Hidden { kBorder, kPassedOver };

Folded FoldAt(std::string_view text, size_t at, Hidden hidden = Hidden::kBorder);
/// Of the character that ends before `at`.
Folded FoldBefore(std::string_view text, size_t at);

/// Bytes of the character of no width that begins at `at`: soft hyphen, zero-width space and
/// joiners, marks of direction, byte order mark. 0: there is none.
size_t HiddenAt(std::string_view text, size_t at);
/// The same of one that ends before `at`.
size_t HiddenBefore(std::string_view text, size_t at);

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsLetter(char c) { return IsUpper(c) || IsLower(c); }
constexpr bool IsAlphanumeric(char c) { return IsDigit(c) || IsLetter(c); }
inline char Upper(char c) { return IsLower(c) ? static_cast<char>(c - 32) : c; }
inline char Lower(char c) { return IsUpper(c) ? static_cast<char>(c + 32) : c; }

/// The folded characters from one place on, up to and with the first that stands in no number.
struct Window {
  static constexpr size_t kLength = 48;
  std::array<char, kLength + 2> c;     // ends in two zeros
  std::array<size_t, kLength + 1> at;  // at[i]: byte where character i begins
  size_t size = 0;
  bool hides = false;  // a character of no width was passed over

  Window(std::string_view text, size_t begin, Hidden hidden);
  std::string_view view(size_t from = 0) const { return {c.data() + from, size - from}; }
};

}  // namespace siku::refine
