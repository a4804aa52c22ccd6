#include "identifiers/folded.h"

namespace siku::refine {
namespace {

uint8_t Byte(std::string_view text, size_t at) { return static_cast<uint8_t>(text[at]); }

size_t WidthAt(std::string_view text, size_t at) {
  const uint8_t lead = Byte(text, at);
  const size_t width = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return at + width <= text.size() ? width : text.size() - at;
}

// Three bytes that stand for one ASCII character, or 0.
char FoldThree(uint8_t a, uint8_t b, uint8_t c) {
  if (a == 0xEF && b == 0xBC && c >= 0x81) return static_cast<char>(c - 0x81 + 0x21);
  if (a == 0xEF && b == 0xBD && c <= 0x9E) return static_cast<char>(c - 0x80 + 0x60);
  if (a == 0xE3 && b == 0x80 && c == 0x80) return ' ';
  if (a == 0xE2 && b == 0x80 && c >= 0x80 && c <= 0x8A) return ' ';
  if (a == 0xE2 && b == 0x80 && c == 0xAF) return ' ';
  if (a == 0xE2 && b == 0x80 && c >= 0x90 && c <= 0x95) return '-';
  if (a == 0xE2 && b == 0x80 && c == 0xA2) return '.';  // bullet
  if (a == 0xE2 && b == 0x88 && c == 0x92) return '-';  // minus
  if (a == 0xE3 && b == 0x83 && c == 0xBB) return '.';  // katakana middle dot
  return 0;
}

Folded Fold(std::string_view text, size_t at, size_t width) {
  const auto size = static_cast<uint8_t>(width);
  if (width == 1) {
    const char c = text[at];
    return {c > 0x20 && c < 0x7F ? c : c == ' ' ? ' ' : '\0', size};
  }
  if (width == 2 && Byte(text, at) == 0xC2) {
    const uint8_t low = Byte(text, at + 1);
    return {low == 0xA0 ? ' ' : low == 0xB7 ? '.' : '\0', size};
  }
  if (width == 3) {
    return {FoldThree(Byte(text, at), Byte(text, at + 1), Byte(text, at + 2)), size};
  }
  return {0, size};
}

// What stands inside identifiers.
constexpr std::array<bool, 128> kInner = [] {
  std::array<bool, 128> inner{};
  for (size_t c = 0; c < inner.size(); ++c) inner[c] = IsAlphanumeric(static_cast<char>(c));
  for (const char c : std::string_view(" -.():_@")) inner[static_cast<size_t>(c)] = true;
  return inner;
}();

// U+200B-200F, U+202A-202E, U+2060-2069 and U+FEFF.
bool IsHidden(uint8_t a, uint8_t b, uint8_t c) {
  if (a == 0xE2 && b == 0x80) return (c >= 0x8B && c <= 0x8F) || (c >= 0xAA && c <= 0xAE);
  if (a == 0xE2 && b == 0x81) return c >= 0xA0 && c <= 0xA9;
  return a == 0xEF && b == 0xBB && c == 0xBF;
}

// More in a row are no slip of a keyboard, and would make characters too wide.
constexpr size_t kMostHidden = 48;

}  // namespace

size_t HiddenAt(std::string_view text, size_t at) {
  if (at + 1 >= text.size()) return 0;
  if (Byte(text, at) == 0xC2 && Byte(text, at + 1) == 0xAD) return 2;
  const bool three =
      at + 2 < text.size() && IsHidden(Byte(text, at), Byte(text, at + 1), Byte(text, at + 2));
  return three ? 3 : 0;
}

size_t HiddenBefore(std::string_view text, size_t at) {
  if (at >= 2 && HiddenAt(text.substr(0, at), at - 2) == 2) return 2;
  return at >= 3 && HiddenAt(text.substr(0, at), at - 3) == 3 ? 3 : 0;
}

Folded FoldAt(std::string_view text, size_t at, Hidden hidden) {
  if (at >= text.size()) return {};
  const char c = text[at];
  if (c >= ' ' && c <= '~') return {c, 1};
  size_t skipped = 0;
  if (hidden == Hidden::kPassedOver) {
    while (skipped < kMostHidden) {
      const size_t width = HiddenAt(text, at + skipped);
      if (width == 0) break;
      skipped += width;
    }
    if (at + skipped >= text.size()) return {};
  }
  Folded folded = Fold(text, at + skipped, WidthAt(text, at + skipped));
  folded.width = static_cast<uint8_t>(folded.width + skipped);
  return folded;
}

Folded FoldBefore(std::string_view text, size_t at) {
  if (at == 0) return {};
  const char c = text[at - 1];
  if (c >= ' ' && c <= '~') return {c, 1};
  size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && (Byte(text, begin) & 0xC0U) == 0x80) --begin;
  return Fold(text, begin, at - begin);
}

// The arrays stay uninitialised behind `size`: most windows are short, and there are many.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
Window::Window(std::string_view text, size_t begin, Hidden hidden) {
  size_t place = begin;
  while (size < kLength) {
    const Folded folded = FoldAt(text, place, hidden);
    if (folded.c == 0) break;
    hides = hides || HiddenAt(text, place) > 0;
    c[size] = folded.c;
    at[size++] = place;
    place += folded.width;
    if (!kInner[static_cast<uint8_t>(folded.c)]) break;
  }
  at[size] = place;
  c[size] = c[size + 1] = 0;
}

}  // namespace siku::refine
