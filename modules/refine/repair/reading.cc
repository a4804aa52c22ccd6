#include "repair/reading.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

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
  for (const auto& [marked, plain] : kMarked) {
    if (marked == c) return Letter{plain, kToneless.find(c) == std::u32string_view::npos};
  }
  return std::nullopt;
}

bool Overlaps(const std::u32string& sorted, char32_t c) {
  return std::binary_search(sorted.begin(), sorted.end(), c);
}

void SortUnique(std::u32string& characters) {
  std::sort(characters.begin(), characters.end());
  characters.erase(std::unique(characters.begin(), characters.end()), characters.end());
}

bool AnyReadsAs(const Tables& tables, char32_t character, const Reading& reading) {
  for (const uint16_t toned : tables.Readings(character)) {
    if (reading.toned ? toned == *reading.toned : tables.BareOf(toned) == reading.bare) return true;
  }
  return false;
}

// Words of texts that explain damage rather than suffer it.
constexpr std::array<std::u32string_view, 7> kExplaining = {
    U"乱码", U"亂碼", U"编码", U"編碼", U"GBK", U"mojibake", U"encoding"};

bool Explains(const Page& page) {
  return std::any_of(kExplaining.begin(), kExplaining.end(), [&](std::u32string_view word) {
    return page.characters.find(word) != std::u32string::npos;
  });
}

bool OnlySimplified(const Tables& tables, char32_t c) {
  const auto old = tables.ToOld(c);
  return !old.empty() && std::find(old.begin(), old.end(), c) == old.end();
}

// Everything JudgePage counts.
struct Census {
  std::u32string annotated_tokens;  // changed by simplification
  size_t unchanged = 0;             // annotated, left alone by simplification
  size_t spaced = 0;                // annotations with a space behind
  std::u32string bare_tokens;       // traditional, without reading
  size_t simplified = 0;            // characters that only simplified text has
};

Census Count(const Page& page, const Tables& tables) {
  Census census;
  for (size_t i = 0; i < page.size(); ++i) {
    const char32_t c = page[i];
    if (!IsHan(c)) continue;
    const bool changes = !tables.ToSimple(c).empty();
    const auto found = ReadingInBrackets(page, i + 1, tables);
    if (found && ReadsAs(tables, c, found->reading)) {
      if (changes) {
        census.annotated_tokens.push_back(c);
      } else {
        ++census.unchanged;
      }
      if (page[found->end] == U' ') ++census.spaced;
      i = found->end - 1;
    } else if (changes) {
      census.bare_tokens.push_back(c);
    } else if (OnlySimplified(tables, c)) {
      ++census.simplified;
    }
  }
  return census;
}

// Bits of evidence that a converter put the readings there. People annotate the rare character,
// once, whether or not simplification changes it; a converter annotates common ones, every time,
// and only those that change.
double Weigh(const Census& census, const Evidence& evidence, const Tables& tables) {
  constexpr int kCommon = 135;  // costs at most 13.5 bits: the two thousand commonest
  double bits = 0;
  for (const char32_t c : evidence.annotated) {
    const auto forms = tables.ToSimple(c);
    const bool common = std::any_of(forms.begin(), forms.end(), [&](uint16_t form) {
      return tables.UnigramCost(tables.Id(form)) <= kCommon;
    });
    bits += common ? 1.5 : 0.3;
  }
  bits += 1.5 * static_cast<double>(census.annotated_tokens.size() - evidence.annotated.size());
  const auto both = std::count_if(census.bare_tokens.begin(), census.bare_tokens.end(),
                                  [&](char32_t c) { return Overlaps(evidence.annotated, c); });
  return bits - 6.0 * static_cast<double>(census.unchanged) - 1.5 * static_cast<double>(both);
}

}  // namespace

std::optional<BracketedReading> ReadingUpToBracket(const Page& page, size_t index,
                                                   const Tables& tables) {
  std::string plain;
  std::u32string written;
  bool toned = false;
  size_t at = index;
  for (; plain.size() < kLongestReading; ++at) {
    const auto letter = LetterOf(page[at]);
    if (!letter) break;
    plain.push_back(letter->plain);
    written.push_back(page[at] == U'ɑ' ? U'a' : page[at] == U'ɡ' ? U'g' : page[at]);
    toned |= letter->toned;
  }
  if (plain.empty() || (page[at] != U')' && page[at] != U'）')) return std::nullopt;
  const auto bare = tables.FindBare(plain);
  if (!bare) return std::nullopt;
  Reading reading{.toned = std::nullopt, .bare = *bare};
  if (toned) {
    reading.toned = tables.FindToned(ToUtf8(written));
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

Evidence JudgePage(const Page& page, const Tables& tables) {
  Census census = Count(page, tables);
  Evidence evidence;
  evidence.annotated = census.annotated_tokens;
  evidence.bare = census.bare_tokens;
  SortUnique(evidence.annotated);
  SortUnique(evidence.bare);
  evidence.quoted = Explains(page);
  const size_t annotated = census.annotated_tokens.size();
  evidence.spaced = annotated > 0 && census.spaced * 10 >= annotated * 9;
  const double bits = Weigh(census, evidence, tables);
  constexpr double kProven = 9, kLikely = 4.5;
  if (bits >= kProven) {
    evidence.confidence = 0.99;
  } else if (bits >= kLikely) {
    evidence.confidence = 0.6;
  }
  // A simplified text that quotes a damaged one: mostly characters no converter would have left.
  const bool mostly_simplified = census.simplified > annotated + census.bare_tokens.size();
  if (mostly_simplified || evidence.quoted) {
    evidence.confidence = std::min(evidence.confidence, 0.6);
  }
  return evidence;
}

}  // namespace siku::refine
