#include "mappers/characters.h"

#include <algorithm>
#include <array>
#include <utility>

#include "siku/utf8.h"
#include "statistics/line_stream.h"

namespace siku::refine::mappers {
namespace {

using Replacement = std::pair<char32_t, std::string_view>;

// Sorted. U+FF11 (１) as a quotation mark is theirs: docs/compatibility.md.
constexpr std::array kPunctuation = {
    Replacement{0xAB, "\""},    Replacement{0xB4, "'"},     Replacement{0xBB, "\""},
    Replacement{0x2013, "-"},   Replacement{0x2014, " - "}, Replacement{0x2019, "'"},
    Replacement{0x201C, "\""},  Replacement{0x201D, "\""},  Replacement{0x201E, "\""},
    Replacement{0x2026, "..."}, Replacement{0x2236, ":"},   Replacement{0x2501, "-"},
    Replacement{0x25BA, "-"},   Replacement{0x3001, ","},   Replacement{0x3002, "."},
    Replacement{0x3008, "<"},   Replacement{0x3009, ">"},   Replacement{0x300A, "\""},
    Replacement{0x300B, "\""},  Replacement{0x300C, "\""},  Replacement{0x300D, "\""},
    Replacement{0x3010, "["},   Replacement{0x3011, "]"},   Replacement{0xFF01, "!"},
    Replacement{0xFF05, "%"},   Replacement{0xFF08, "("},   Replacement{0xFF09, ")"},
    Replacement{0xFF0C, ","},   Replacement{0xFF0E, ". "},  Replacement{0xFF11, "\""},
    Replacement{0xFF1A, ":"},   Replacement{0xFF1B, ";"},   Replacement{0xFF1F, "?"},
    Replacement{0xFF5E, "~"},
};

// What Data-Juicer takes for a space in another form; U+0084 is theirs.
bool IsOtherSpace(char32_t c) {
  return c == 0x09 || c == 0x84 || c == 0xA0 || (c >= 0x2000 && c <= 0x200D) || c == 0x202F ||
         c == 0x205F || c == 0x2060 || c == 0x3000 || c == 0xFFFC;
}

constexpr std::u32string_view kKeptPunctuation = U".， ,-。%《*》/•、&＆(—)（+）：？!！“”·";

bool IsKept(char32_t c, const KeptBesidesChinese& kept) {
  if (c >= 0x4E00 && c <= 0x9FA5) return true;
  const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  if (letter) return kept.letters;
  if (c >= '0' && c <= '9') return kept.numbers;
  return kept.punctuation && kKeptPunctuation.find(c) != std::u32string_view::npos;
}

}  // namespace

void NormalizePunctuation(std::string_view text, Changes& changes) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = utf8::Next(text, at);
    if (c < 0xAB) continue;
    const auto found =
        std::lower_bound(kPunctuation.begin(), kPunctuation.end(), c,
                         [](const Replacement& one, char32_t code) { return one.first < code; });
    if (found != kPunctuation.end() && found->first == c) {
      Add(changes, text, begin, at, found->second);
    }
  }
}

void NormalizeWhitespace(std::string_view text, Changes& changes) {
  const size_t begin = text.size() - statistics::StrippedLeft(text).size();
  const size_t end = begin + statistics::Stripped(text).size();
  Add(changes, text, 0, begin, "");
  for (size_t at = begin; at < end;) {
    const size_t start = at;
    if (IsOtherSpace(utf8::Next(text, at))) Add(changes, text, start, at, " ");
  }
  Add(changes, text, end, text.size(), "");
}

CharacterSet CharactersOf(std::string_view text) {
  CharacterSet set;
  for (size_t at = 0; at < text.size();) set.push_back(utf8::Next(text, at));
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  return set;
}

void RemoveCharacters(std::string_view text, const CharacterSet& set, Changes& changes) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (std::binary_search(set.begin(), set.end(), utf8::Next(text, at))) {
      Add(changes, text, begin, at, "");
    }
  }
}

void RemoveNonChinese(std::string_view text, const KeptBesidesChinese& kept, Changes& changes) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (!IsKept(utf8::Next(text, at), kept)) Add(changes, text, begin, at, "");
  }
}

}  // namespace siku::refine::mappers
