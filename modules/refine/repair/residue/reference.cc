#include "repair/residue/reference.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "repair/residue/entity_names.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

constexpr size_t kLongestName = 32;
constexpr std::string_view kWideSemicolon = "；";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWord(char c) { return IsDigit(c) || IsLetter(c); }

// HTML Living Standard, 13.2.5.80: C1 numbers mean windows-1252.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
    0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

// Nothing for what would give a control or no character.
std::optional<char32_t> Numbered(uint32_t number) {
  if (number >= 0x80 && number < 0xA0) number = kWindows1252[number - 0x80];
  const bool control = (number < 0x20 && number != '\t' && number != '\n' && number != '\r') ||
                       (number >= 0x7F && number < 0xA0);
  const bool surrogate = number >= 0xD800 && number < 0xE000;
  if (control || surrogate || number > 0x10FFFF || (number & 0xFFFE) == 0xFFFE) {
    return std::nullopt;
  }
  return static_cast<char32_t>(number);
}

// What stands between "&" and ";", from `at` on.
struct Body {
  size_t end = 0;
  std::string text{};
  bool common = true;
};

std::optional<Body> NumberAt(std::string_view text, size_t at) {
  size_t end = at + 1;
  const bool hex = end < text.size() && (text[end] == 'x' || text[end] == 'X');
  if (hex) ++end;
  const size_t digits = end;
  uint32_t number = 0;
  for (; end < text.size() && end - digits < 8; ++end) {
    const char c = text[end];
    uint32_t digit = 0;
    if (IsDigit(c)) {
      digit = static_cast<uint32_t>(c - '0');
    } else if (hex && ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')) {
      digit = static_cast<uint32_t>((c | 0x20) - 'a') + 10;
    } else {
      break;
    }
    number = number * (hex ? 16 : 10) + digit;
    if (number > 0x10FFFF) return std::nullopt;
  }
  if (end == digits || (end < text.size() && IsDigit(text[end]))) return std::nullopt;
  const auto character = Numbered(number);
  if (!character) return std::nullopt;
  Body body{.end = end, .text = {}, .common = true};
  utf8::Append(*character, body.text);
  return body;
}

std::optional<Body> BodyAt(std::string_view text, size_t at) {
  if (at >= text.size()) return std::nullopt;
  if (text[at] == '#') return NumberAt(text, at);
  if (!IsLetter(text[at])) return std::nullopt;
  size_t end = at;
  while (end < text.size() && end - at <= kLongestName && IsWord(text[end])) ++end;
  const EntityName* found = FindEntity(text.substr(at, end - at));
  if (found == nullptr) return std::nullopt;
  return Body{.end = end, .text = std::string(found->text), .common = found->old};
}

size_t SemicolonAt(std::string_view text, size_t at) {
  if (at < text.size() && text[at] == ';') return 1;
  return text.substr(at, kWideSemicolon.size()) == kWideSemicolon ? kWideSemicolon.size() : 0;
}

// `at` is where the body begins, `begin` where the reference does.
std::optional<Reference> ReferenceFrom(std::string_view text, size_t begin, size_t at) {
  auto body = BodyAt(text, at);
  if (!body) return std::nullopt;
  Reference found{.begin = begin,
                  .end = body->end,
                  .text = std::move(body->text),
                  .ampersand = begin != at,
                  .common = body->common};
  const size_t semicolon = SemicolonAt(text, found.end);
  if (semicolon == 0) {
    // A name runs on into letters that HTML would take for its end only (&copy=2, &notit).
    const bool open = found.end == text.size() || static_cast<uint8_t>(text[found.end]) >= 0x80 ||
                      text[found.end] == '&' || text[found.end] == '\n';
    if (!found.ampersand || !found.common || !open) return std::nullopt;
    found.semicolon = false;
    return found;
  }
  found.end += semicolon;
  while (found.text == "&") {
    auto inner = BodyAt(text, found.end);
    const size_t closed = inner ? SemicolonAt(text, inner->end) : 0;
    if (closed == 0) break;
    found.end = inner->end + closed;
    found.text = std::move(inner->text);
    found.common = inner->common;
  }
  return found;
}

// Names that stand for nothing else when their "&" is gone, and that no word ends with.
constexpr std::array<std::string_view, 17> kTelling = {
    "bdquo", "emsp",  "ensp",   "hellip", "laquo", "ldquo", "lsaquo", "lsquo", "mdash",
    "nbsp",  "ndash", "middot", "quot",   "raquo", "rdquo", "rsaquo", "rsquo"};
constexpr std::array<std::string_view, 11> kPlain = {
    "amp", "gt", "lt", "plusmn", "thinsp", "zwj", "zwnj", "rarr", "larr", "permil", "shy"};
// Words as well.
constexpr std::array<std::string_view, 12> kWords = {"bull", "copy",  "deg",   "divide",
                                                     "euro", "para",  "pound", "reg",
                                                     "sect", "times", "trade", "yen"};

template <class Names>
bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The telling name that the word before `end` ends with; empty where there is none.
std::string_view TellingEnd(std::string_view word) {
  for (const std::string_view name : kTelling) {
    if (word.ends_with(name)) return name;
  }
  return {};
}

// One that lost its "&" and ends at the ";" at `semicolon`.
std::optional<Reference> LostBefore(std::string_view text, size_t semicolon, size_t from) {
  constexpr size_t kLongest = 9;
  size_t begin = semicolon;
  while (begin > from && semicolon - begin < kLongest && IsWord(text[begin - 1])) --begin;
  if (begin == semicolon) return std::nullopt;
  const bool numeric = begin > from && text[begin - 1] == '#';
  std::string_view name = text.substr(begin, semicolon - begin);
  if (numeric) {
    --begin;
  } else if (const auto telling = TellingEnd(name); !telling.empty()) {
    begin = semicolon - telling.size();
    name = telling;
  }
  const char before = begin == 0 ? '\n' : text[begin - 1];
  if (before == '&' || before == '#') return std::nullopt;
  const bool attached = IsWord(before) && begin > from;
  const bool word = !numeric && Has(kWords, name);
  const bool telling = !numeric && Has(kTelling, name);
  if (!numeric && !word && !telling && !Has(kPlain, name)) return std::nullopt;
  if (attached && !numeric && !telling) return std::nullopt;
  auto found = ReferenceFrom(text, begin, begin);
  if (!found || found->end <= semicolon) return std::nullopt;
  found->attached = attached;
  found->ambiguous = word || (numeric && static_cast<uint8_t>(found->text.front()) < 0x80);
  if (attached && found->ambiguous) return std::nullopt;
  return found;
}

}  // namespace

std::vector<Reference> FindReferences(std::string_view text) {
  std::vector<Reference> found;
  const auto next = [&](char wanted, size_t from) {
    const size_t at = text.find(wanted, from);
    return at == std::string_view::npos ? text.size() : at;
  };
  size_t ampersand = next('&', 0), semicolon = next(';', 0);
  size_t done = 0;
  while (ampersand < text.size() || semicolon < text.size()) {
    std::optional<Reference> here;
    if (ampersand < semicolon) {
      here = ReferenceFrom(text, ampersand, ampersand + 1);
      if (!here) ampersand = next('&', ampersand + 1);
    } else {
      here = LostBefore(text, semicolon, done);
      if (!here) semicolon = next(';', semicolon + 1);
    }
    if (!here) continue;
    done = here->end;
    if (ampersand < done) ampersand = next('&', done);
    if (semicolon < done) semicolon = next(';', done);
    found.push_back(std::move(*here));
  }
  return found;
}

}  // namespace siku::refine
