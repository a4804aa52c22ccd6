#include "siku/utf8.h"

#include <bit>
#include <cstring>

#include "utf8_valid.h"

namespace siku::utf8 {
namespace {

uint8_t At(std::string_view s, size_t i) { return static_cast<uint8_t>(s[i]); }
bool IsTrail(std::string_view s, size_t i) { return i < s.size() && (At(s, i) & 0xC0U) == 0x80U; }

// Bytes of the well-formed sequence at i (Unicode 15.1, table 3-7), or 0.
size_t SequenceLength(std::string_view s, size_t i) {
  const uint8_t lead = At(s, i);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (!IsTrail(s, i + 1)) return 0;
  if (lead < 0xE0) return 2;
  const uint8_t second = At(s, i + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  if (!IsTrail(s, i + 2)) return 0;
  if (lead < 0xF0) return 3;
  return IsTrail(s, i + 3) ? 4 : 0;
}

static_assert(std::endian::native == std::endian::little, "HanPairs looks at words of bytes");

// Two three-byte characters with leads that any trail bytes may follow: E1..EC, EE, EF.
bool AreTwoHan(std::string_view s, size_t i) {
  uint64_t word = 0;
  std::memcpy(&word, s.data() + i, 8);
  const auto first = static_cast<uint8_t>(word - 0xE1);
  const auto second = static_cast<uint8_t>((word >> 24) - 0xE1);
  constexpr uint32_t kAnyTrails = 0x6FFF;  // bit n: lead E1 + n
  return (word & 0x0000C0C000C0C000ULL) == 0x0000808000808000ULL && first < 16 && second < 16 &&
         (kAnyTrails >> first & kAnyTrails >> second & 1U) != 0;
}

// Bytes from i on that are such pairs.
size_t HanPairs(std::string_view s, size_t i) {
  const size_t begin = i;
  while (i + 8 <= s.size() && AreTwoHan(s, i)) i += 6;
  return i - begin;
}

// East Asian Wide and Fullwidth ranges that occur in practice (EastAsianWidth.txt, Unicode 15.1).
bool IsWide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) ||
         (c >= 0x3041 && c <= 0x33FF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xA000 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
         (c >= 0x20000 && c <= 0x3FFFD);
}

bool IsMark(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF;
}

}  // namespace

size_t FindInvalid(std::string_view bytes) {
  constexpr size_t kMany = 32;
  if (bytes.size() >= kMany && IsSurelyValid(bytes)) return std::string_view::npos;
  size_t i = 0;
  while (i < bytes.size()) {
    // Eight ASCII bytes at a time: most of what is not Chinese is ASCII.
    while (i + 8 <= bytes.size()) {
      uint64_t word = 0;
      std::memcpy(&word, bytes.data() + i, 8);
      if ((word & 0x8080808080808080ULL) != 0) break;
      i += 8;
    }
    i += HanPairs(bytes, i);
    if (i >= bytes.size()) break;
    const size_t length = SequenceLength(bytes, i);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

size_t InvalidLength(std::string_view bytes) {
  const uint8_t lead = At(bytes, 0);
  if (lead < 0xE0 || lead > 0xF4 || !IsTrail(bytes, 1)) return 1;
  // A second byte that no third could complete is not part of a character either.
  const uint8_t second = At(bytes, 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 1;
  }
  return lead >= 0xF0 && IsTrail(bytes, 2) ? 3 : 2;
}

char32_t NextOfAnyLength(std::string_view text, size_t& at) {
  const uint8_t lead = At(text, at);
  const int trails = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t c = lead & (0x3FU >> trails);
  ++at;
  for (int i = 0; i < trails && at < text.size(); ++i) c = (c << 6) | (At(text, at++) & 0x3FU);
  return c;
}

void Append(char32_t c, std::string& out) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

size_t Length(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<uint8_t>(c) & 0xC0U) != 0x80U;
  return count;
}

std::string_view Prefix(std::string_view text, size_t characters) {
  size_t at = 0;
  for (; characters > 0 && at < text.size(); --characters) (void)Next(text, at);
  return text.substr(0, at);
}

size_t Width(std::string_view text) {
  size_t columns = 0;
  for (size_t at = 0; at < text.size();) {
    const char32_t c = Next(text, at);
    columns += IsMark(c) ? 0 : IsWide(c) ? 2 : 1;
  }
  return columns;
}

}  // namespace siku::utf8
