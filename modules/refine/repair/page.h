// A text as characters with their byte positions: what all detectors look at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace siku::refine {

struct Page {
  explicit Page(std::string_view valid_utf8);

  size_t size() const { return characters.size(); }
  /// The character at `index`; a line feed before the beginning and after the end.
  char32_t operator[](size_t index) const {
    return index < characters.size() ? characters[index] : U'\n';
  }

  std::string_view text;
  std::u32string characters;
  std::vector<size_t> at;  // byte where each begins; one more for the end
};

std::string ToUtf8(std::u32string_view characters);

inline bool IsHan(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

/// A Chinese character of GB 2312.
bool InGb2312(char32_t c);

inline bool IsSpace(char32_t c) { return c == U' ' || c == U'\t' || c == 0xA0 || c == 0x3000; }

/// A letter or digit of ASCII.
inline bool IsAsciiWord(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// U+FF01 to U+FF5E become ASCII, as the converters do with ，（）！；：？; others stay.
inline char32_t Narrowed(char32_t c) { return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c; }

/// What ASCII but space and DEL was before, if it was narrowed; others stay.
inline char32_t Widened(char32_t c) { return c > 0x20 && c < 0x7F ? c + 0xFEE0 : c; }

}  // namespace siku::refine
