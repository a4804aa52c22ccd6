#include "escaped_pairs.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "siku/utf8.h"

namespace siku::recipe {
namespace {

constexpr size_t kEscape = 6;  // \uxxxx
constexpr char32_t kMoved = 0x1000;

// The number of a \uxxxx at `at`, or 0.
char32_t UnitAt(std::string_view text, size_t at) {
  if (at + kEscape > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
  uint32_t unit = 0;
  const char* const end = text.data() + at + kEscape;
  const auto read = std::from_chars(text.data() + at + 2, end, unit, 16);
  return read.ec == std::errc() && read.ptr == end ? unit : 0;
}

bool IsHigh(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsLow(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }
bool IsPairAt(std::string_view text, size_t at, char32_t moved) {
  return IsHigh(UnitAt(text, at) - moved) && IsLow(UnitAt(text, at + kEscape) - moved);
}

// Backslashes before one that make it an escaped one.
bool IsEscaped(std::string_view text, size_t at) {
  size_t before = 0;
  while (before < at && text[at - before - 1] == '\\') ++before;
  return before % 2 == 1;
}

bool HasPrivate(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const char32_t unit = UnitAt(text, at) - kMoved;
    if (IsHigh(unit) || IsLow(unit)) return true;
    if (text.substr(at).starts_with("\\U0000")) return true;  // \U0000e83d
    const char32_t c = utf8::Next(text, at) - kMoved;
    if (IsHigh(c) || IsLow(c)) return true;
  }
  return false;
}

}  // namespace

bool MovePairs(std::string& text) {
  bool moved = false;
  for (size_t at = text.find("\\u"); at != std::string::npos; at = text.find("\\u", at + 1)) {
    if (IsEscaped(text, at) || !IsPairAt(text, at, 0)) continue;
    if (!moved && HasPrivate(text)) return false;
    ++text[at + 2];  // d to e
    ++text[at + 2 + kEscape];
    moved = true;
    at += kEscape;
  }
  return moved;
}

bool MovePairsBack(std::string& scalar) {
  std::string back;
  for (size_t at = 0; at < scalar.size();) {
    // No escape where it stands: in single quotes, or without.
    if (IsPairAt(scalar, at, kMoved)) {
      std::string as_written = scalar.substr(at, 2 * kEscape);
      --as_written[2];
      --as_written[2 + kEscape];
      back += as_written;
      at += 2 * kEscape;
      continue;
    }
    const size_t begin = at;
    const char32_t high = utf8::Next(scalar, at) - kMoved;
    if (IsLow(high)) return false;
    if (!IsHigh(high)) {
      back.append(scalar, begin, at - begin);
      continue;
    }
    if (at == scalar.size()) return false;
    const char32_t low = utf8::Next(scalar, at) - kMoved;
    if (!IsLow(low)) return false;
    utf8::Append(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), back);
  }
  scalar = std::move(back);
  return true;
}

}  // namespace siku::recipe
