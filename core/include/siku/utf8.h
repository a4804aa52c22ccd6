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

/// The code point at `at`, which moves behind it. `text` is valid UTF-8 and `at` a border in it.
char32_t Next(std::string_view text, size_t& at);
void Append(char32_t code_point, std::string& out);

/// Code points in valid UTF-8.
size_t Length(std::string_view text);
/// The first `characters` code points; never splits one.
std::string_view Prefix(std::string_view text, size_t characters);
/// Columns a terminal gives to the text: two for East Asian wide characters, none for marks.
size_t Width(std::string_view text);

}  // namespace siku::utf8
