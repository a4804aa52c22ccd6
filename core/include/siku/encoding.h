// Character encodings of Chinese text: tables of our own, the same on every system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siku {

enum class Encoding : uint8_t { kUtf8 = 0, kGb18030 = 1, kBig5 = 2, kUtf16Le = 3, kUtf16Be = 4 };

/// "utf-8", "gb18030", "big5", "utf-16le", "utf-16be".
std::string_view EncodingName(Encoding encoding);
/// The names above, and "gbk", "gb2312", "gb-18030" for GB18030; nothing for others.
std::optional<Encoding> EncodingFromName(std::string_view name);

struct Decoded {
  std::string text;  // valid UTF-8; each undecodable piece is one U+FFFD
  /// Where those U+FFFD stand: byte positions in `text`.
  std::vector<size_t> broken{};
};
/// Replaces maximal subparts as the WHATWG Encoding Standard does. A BOM is text to it.
Decoded Decode(std::string_view bytes, Encoding encoding);
/// Nothing where a character is not in the encoding.
std::optional<std::string> Encode(std::string_view text, Encoding encoding);

struct Detected {
  Encoding encoding = Encoding::kUtf8;
  bool certain = false;
  bool binary = false;  // not text in any encoding we know
  size_t bom = 0;       // bytes
};
/// Looks at the first bytes of a text. `whole`: nothing follows the sample.
Detected DetectEncoding(std::string_view sample, bool whole);

namespace gbk {
/// The character of a two-byte pair of GBK (code page 936); 0 where none is assigned.
char32_t Decode(uint8_t lead, uint8_t trail);
/// The pair of a character as lead * 256 + trail; 0 where it has none.
uint16_t Encode(char32_t character);
}  // namespace gbk

namespace big5 {
/// The same for Big5 (code page 950, and HKSCS where that has nothing).
char32_t Decode(uint8_t lead, uint8_t trail);
uint16_t Encode(char32_t character);
}  // namespace big5

/// Encodings in which Chinese text has been read by mistake.
enum class SingleByte : uint8_t { kLatin1 = 0, kCp1252 = 1, kCp874 = 2 };
/// The character of a byte; 0 where the encoding has none (81 in cp1252) and for the byte 0.
char32_t DecodeByte(uint8_t byte, SingleByte encoding);

}  // namespace siku
