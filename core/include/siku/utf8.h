// UTF-8 without surprises: nothing here depends on locale, ICU or the sign of char.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace siku::utf8 {

/// The position of the first byte that is not valid UTF-8 (RFC 3629: no surrogates, no overlong
/// forms, up to U+10FFFF), or npos.
size_t FindInvalid(std::string_view bytes);
inline bool Valid(std::string_view bytes) { return FindInvalid(bytes) == std::string_view::npos; }

/// Bytes of the malformed part that `bytes` begins with: the longest beginning of a character, or
/// one byte (Unicode 15.1, section 3.9, "maximal subpart"; WHATWG decoders replace each such part
/// once).
size_t InvalidLength(std::string_view bytes);

/// Whether a character begins at `at`, or valid UTF-8 ends there.
inline bool AtBorder(std::string_view text, size_t at) {
  return at == text.size() || (static_cast<uint8_t>(text[at]) & 0xC0U) != 0x80U;
}

/// Next of two or four bytes, and of three that the end cuts off.
char32_t NextOfAnyLength(std::string_view text, size_t& at);
/// The code point at `at`, which moves behind it. `text` is valid UTF-8 and `at` a border in it.
/// Quick where ASCII or Chinese is.
inline char32_t Next(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<char32_t>(static_cast<uint8_t>(text[i])); };
  const char32_t first = byte(at);
  if (first < 0x80) return ++at, first;
  if ((first & 0xF0U) != 0xE0U || text.size() - at < 3) return NextOfAnyLength(text, at);
  at += 3;
  return (first & 0xFU) << 12 | (byte(at - 2) & 0x3FU) << 6 | (byte(at - 1) & 0x3FU);
}
void Append(char32_t code_point, std::string& out);

/// Code points in valid UTF-8.
size_t Length(std::string_view text);
/// The first `characters` code points; never splits one.
std::string_view Prefix(std::string_view text, size_t characters);
/// Columns a terminal gives to the text: two for East Asian wide characters, none for marks.
size_t Width(std::string_view text);

}  // namespace siku::utf8
