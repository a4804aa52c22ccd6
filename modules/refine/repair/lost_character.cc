#include "repair/lost_character.h"

#include <algorithm>

#include "siku/encoding.h"

namespace siku::refine {
namespace {

constexpr size_t kLongest = 6;
// Tenths of a bit against a character that simplification leaves alone (converters annotate only
// those that change), and one that stands on the page without reading.
constexpr int kNeverAnnotated = 50;
constexpr int kBareElsewhere = 50;
// Against a reading that is not the character's usual one: converters know one for each.
constexpr int kRareReading = 90;
// For one that carries this reading elsewhere on the page.
constexpr int kAnnotatedElsewhere = 40;

bool Has(const std::u32string& sorted, char32_t c) {
  return std::binary_search(sorted.begin(), sorted.end(), c);
}

// True where converters would have written another character.
bool WouldHaveChanged(const Tables& tables, char32_t c) {
  const auto old = tables.ToOld(c);
  return !old.empty() && std::find(old.begin(), old.end(), c) == old.end();
}

bool UsuallyRead(const Tables& tables, char32_t c, uint16_t bare) {
  const auto readings = tables.Readings(c);
  return !readings.empty() && tables.BareOf(readings[0]) == bare;
}

// Behind a Chinese character, or its reading in brackets.
bool BehindHan(const Page& page, size_t index, const Tables& tables) {
  size_t end = index;
  if (end > 0 && page[end - 1] == U' ') --end;
  if (end == 0 || page[end - 1] != U')') return index > 0 && IsHan(page[index - 1]);
  size_t open = end - 1;
  while (open > 0 && end - open <= kLongest + 2 && page[open] != U'(') --open;
  return open > 0 && IsHan(page[open - 1]) && ReadingInBrackets(page, open, tables).has_value();
}

// What stands behind a reading that stands for a character: no letter or digit, as behind a word.
bool MayFollow(const Page& page, size_t index) {
  constexpr std::u32string_view kMarks = U",;:!?.)\n", kBeforeHan = U"(-";
  const char32_t c = page[index];
  if (c >= 0x80 || kMarks.find(c) != std::u32string_view::npos) return true;
  return kBeforeHan.find(c) != std::u32string_view::npos && IsHan(page[index + 1]);
}

}  // namespace

std::optional<LostCharacter> LostCharacterAt(const Page& page, size_t index, bool spaced,
                                             const Tables& tables) {
  if (page[index] != U' ' || index == 0 || IsAsciiWord(page[index - 1])) return std::nullopt;
  std::string syllable;
  size_t at = index + 1;
  for (; page[at] >= U'a' && page[at] <= U'z' && syllable.size() <= kLongest; ++at) {
    syllable.push_back(static_cast<char>(page[at]));
  }
  if (syllable.size() < 2 || syllable.size() > kLongest) return std::nullopt;
  // An English word (man, can) stands between spaces; a reading has one behind only where the
  // annotations of the page do.
  if (page[at] == U' ') {
    if (!spaced) return std::nullopt;
    ++at;
  }
  if (!IsHan(page[at]) && !BehindHan(page, index, tables)) return std::nullopt;
  if (!MayFollow(page, at)) return std::nullopt;
  const auto bare = tables.FindBare(syllable);
  if (!bare) return std::nullopt;
  return LostCharacter{at, *bare};
}

std::vector<Restored> Restorations(const LostCharacter& lost, Context context,
                                   std::span<const ModelId> ahead, const Evidence& evidence,
                                   const Language& language) {
  const Tables& tables = language.tables();
  std::vector<Restored> found;
  for (const uint16_t c : tables.Spoken(lost.bare)) {
    if (WouldHaveChanged(tables, c) || gbk::Encode(c) == 0) continue;
    const auto choice = language.Simplify(context, c, ahead);
    const ModelId id = tables.Id(choice.character);
    if (id == 0) continue;
    Context after = context;
    int cost = language.Read(after, choice.character);
    cost += language.ReadIds(after, ahead);
    if (!evidence.at_random && tables.ToSimple(c).empty()) cost += kNeverAnnotated;
    if (!UsuallyRead(tables, c, lost.bare)) cost += kRareReading;
    if (!evidence.at_random && Has(evidence.bare, c) && !Has(evidence.annotated, c))
      cost += kBareElsewhere;
    if (Has(evidence.annotated, c)) cost -= kAnnotatedElsewhere;
    found.push_back({c, choice.character, cost});
  }
  std::sort(found.begin(), found.end(), [](const Restored& a, const Restored& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.old_form < b.old_form;
  });
  std::u32string seen;
  std::erase_if(found, [&](const Restored& restored) {
    if (seen.find(restored.simple_form) != std::u32string::npos) return true;
    seen.push_back(restored.simple_form);
    return false;
  });
  return found;
}

}  // namespace siku::refine
