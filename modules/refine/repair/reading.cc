#include "repair/reading.h"

#include <array>
#include <string_view>
#include <utility>

#include "siku/utf8.h"

namespace siku::refine {
namespace {

constexpr size_t kLongestReading = 6;  // zhuāng

// Letters with tone marks and the letter below; ɑ and ɡ are how GBK fonts write a and g.
constexpr std::array<std::pair<char32_t, char>, 33> kMarked = {{
    {U'ā', 'a'}, {U'á', 'a'}, {U'ǎ', 'a'}, {U'à', 'a'}, {U'ē', 'e'}, {U'é', 'e'}, {U'ě', 'e'},
    {U'è', 'e'}, {U'ī', 'i'}, {U'í', 'i'}, {U'ǐ', 'i'}, {U'ì', 'i'}, {U'ō', 'o'}, {U'ó', 'o'},
    {U'ǒ', 'o'}, {U'ò', 'o'}, {U'ū', 'u'}, {U'ú', 'u'}, {U'ǔ', 'u'}, {U'ù', 'u'}, {U'ǖ', 'v'},
    {U'ǘ', 'v'}, {U'ǚ', 'v'}, {U'ǜ', 'v'}, {U'ü', 'v'}, {U'ê', 'e'}, {U'ń', 'n'}, {U'ň', 'n'},
    {U'ǹ', 'n'}, {U'ḿ', 'm'}, {U'ɑ', 'a'}, {U'ɡ', 'g'}, {U'ề', 'e'},
}};
constexpr std::u32string_view kToneless = U"üêɑɡ";

struct Letter {
  char plain = 0;
  bool toned = false;
};

std::optional<Letter> LetterOf(char32_t c) {
  if (c >= 'a' && c <= 'z') return Letter{static_cast<char>(c), false};
  // Most characters are asked for nothing: the rest of ASCII and Chinese.
  if (c < 0x80 || c > U'ề') return std::nullopt;
  for (const auto& [marked, plain] : kMarked) {
    if (marked == c) return Letter{plain, kToneless.find(c) == std::u32string_view::npos};
  }
  return std::nullopt;
}

bool AnyReadsAs(const Tables& tables, char32_t character, const Reading& reading) {
  for (const uint16_t toned : tables.Readings(character)) {
    if (reading.toned ? toned == *reading.toned : tables.BareOf(toned) == reading.bare) return true;
  }
  return false;
}

}  // namespace

std::optional<BracketedReading> ReadingUpToBracket(const Page& page, size_t index,
                                                   const Tables& tables) {
  std::string plain;
  std::string written;
  bool toned = false;
  size_t at = index;
  for (; plain.size() < kLongestReading; ++at) {
    const auto letter = LetterOf(page[at]);
    if (!letter) break;
    plain.push_back(letter->plain);
    utf8::Append(page[at] == U'ɑ' ? U'a' : page[at] == U'ɡ' ? U'g' : page[at], written);
    toned |= letter->toned;
  }
  if (plain.empty() || (page[at] != U')' && page[at] != U'）')) return std::nullopt;
  const auto bare = tables.FindBare(plain);
  if (!bare) return std::nullopt;
  Reading reading{.toned = std::nullopt, .bare = *bare};
  if (toned) {
    reading.toned = tables.FindToned(written);
    if (!reading.toned) return std::nullopt;
  }
  return BracketedReading{reading, at + 1};
}

std::optional<BracketedReading> ReadingInBrackets(const Page& page, size_t index,
                                                  const Tables& tables) {
  if (page[index] != U'(' && page[index] != U'（') return std::nullopt;
  return ReadingUpToBracket(page, index + 1, tables);
}

bool ReadsAs(const Tables& tables, char32_t character, const Reading& reading) {
  if (AnyReadsAs(tables, character, reading)) return true;
  for (const uint16_t form : tables.ToSimple(character)) {
    if (AnyReadsAs(tables, form, reading)) return true;
  }
  return false;
}

}  // namespace siku::refine
