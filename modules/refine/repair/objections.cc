#include "repair/objections.h"

#include <algorithm>
#include <span>

#include "repair/page.h"

namespace siku::refine {
namespace {

constexpr int kOtherScript = 60;
constexpr int kAnnotatedYetBare = 100;
// An original has hardly ever a character that no running text has.
constexpr int kOutlandish = 100;
// The model takes wide letters and digits for plain ones; within a sentence they are rarer by far.
constexpr int kWideLetter = 60;

// True where the other script always writes another character.
bool Differs(std::span<const uint16_t> forms, char32_t c) {
  return !forms.empty() && std::find(forms.begin(), forms.end(), c) == forms.end();
}

}  // namespace

int Objections::Against(char32_t c, ModelId read_as, bool annotated) const {
  int cost = Contradiction(c, annotated);
  if (evidence_.found() && NeverConverted(c, read_as)) cost += kOtherScript;
  if (Outlandish(c)) cost += kOutlandish;
  if (c >= 0xFF10 && c <= 0xFF5A && IsAsciiWord(c - 0xFEE0)) cost += kWideLetter;
  return cost;
}

int Objections::Contradiction(char32_t c, bool annotated) const {
  const bool old_page = evidence_.found() || evidence_.script == Evidence::Script::kTraditional;
  if (old_page && Differs(tables_.ToOld(c), c)) return kOtherScript;
  if (!old_page && evidence_.script == Evidence::Script::kSimplified &&
      Differs(tables_.ToSimple(c), c)) {
    return kOtherScript;
  }
  if (evidence_.found() && !annotated && !evidence_.at_random &&
      std::binary_search(evidence_.annotated.begin(), evidence_.annotated.end(), c)) {
    return kAnnotatedYetBare;
  }
  return 0;
}

// A converter does not write `c` for what it reads best as.
bool Objections::NeverConverted(char32_t c, ModelId read_as) const {
  const char32_t simple = tables_.CharacterOf(read_as);
  return simple != 0 && simple != c && !tables_.ToSimple(c).empty() &&
         Differs(tables_.ToOld(simple), c);
}

bool Objections::Outlandish(char32_t c) const {
  return c >= 0x80 && tables_.ToSimple(c).empty() && tables_.Id(c) == 0;
}

}  // namespace siku::refine
