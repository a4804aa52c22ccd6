// What stands around a place in a text, and of which script it is.
#pragma once

#include <cstddef>
#include <string_view>

#include "repair/page.h"
#include "siku/utf8.h"

namespace siku::refine {

/// The character before `at`, a border; a line feed where there is none.
inline char32_t CharacterBefore(std::string_view text, size_t at) {
  if (at == 0) return U'\n';
  size_t begin = at - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  return utf8::Next(text, begin);
}

/// The character from `at` on; a line feed behind the end.
inline char32_t CharacterAt(std::string_view text, size_t at) {
  return at < text.size() ? utf8::Next(text, at) : U'\n';
}

/// Bytes of the character in UTF-8.
inline size_t BytesOf(char32_t c) { return c < 0x80 ? 1 : (c < 0x800 ? 2 : (c < 0x10000 ? 3 : 4)); }

/// Marks that East Asian text has: 、 。 「 ， “ ” … — ·
inline bool IsEastAsianMark(char32_t c) {
  return (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFFEF) || c == 0x2014 ||
         c == 0x2018 || c == 0x2019 || c == 0x201C || c == 0x201D || c == 0x2026 || c == 0xB7;
}

/// Han, kana, hangul, bopomofo and their marks.
inline bool IsEastAsian(char32_t c) {
  return IsHan(c) || (c >= 0x3040 && c <= 0x31FF) || (c >= 0xAC00 && c <= 0xD7AF) ||
         (c >= 0x1100 && c <= 0x11FF) || IsEastAsianMark(c);
}

inline bool IsLineEnd(char32_t c) { return c == U'\n' || c == U'\r'; }

/// Written from right to left: Hebrew, Arabic, Syriac, Thaana, NKo and what is beside them.
inline bool IsRightToLeft(char32_t c) {
  return (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) ||
         (c >= 0xFE70 && c <= 0xFEFC) || (c >= 0x10800 && c <= 0x10FFF) ||
         (c >= 0x1E800 && c <= 0x1EFFF);
}

}  // namespace siku::refine
