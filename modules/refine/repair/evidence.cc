#include "repair/evidence.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "repair/census.h"

namespace siku::refine {
namespace {

// Words of texts that explain damage rather than suffer it.
constexpr std::array<std::u32string_view, 7> kExplaining = {
    U"乱码", U"亂碼", U"编码", U"編碼", U"GBK", U"mojibake", U"encoding"};

bool Explains(const Page& page) {
  return std::any_of(kExplaining.begin(), kExplaining.end(), [&](std::u32string_view word) {
    return page.characters.find(word) != std::u32string::npos;
  });
}

// What a character costs anywhere, as simplified text has it, in tenths of a bit.
int CostOf(const Tables& tables, char32_t c) {
  int cost = tables.UnigramCost(tables.Id(c));
  for (const uint16_t form : tables.ToSimple(c)) {
    cost = std::min(cost, tables.UnigramCost(tables.Id(form)));
  }
  return cost;
}

// Costs at most 13.5 bits: the two thousand commonest.
bool Common(const Tables& tables, char32_t c) {
  constexpr int kCommon = 135;
  return CostOf(tables, c) <= kCommon;
}

// A person annotates a character where it comes first, or everywhere, and knows how it is read
// there. Common characters that stand bare and later carry a reading, again and again, between
// many that never do, are the work of a machine that throws dice.
size_t TurnedOf(const Census& census, const Tables& tables) {
  size_t turned = 0;
  for (const auto& [c, use] : census.uses) {
    if (use.turned > 0 && Common(tables, c)) turned += use.turned;
  }
  return turned;
}

bool AnnotatedAtRandom(const Census& census, const Tables& tables) {
  constexpr size_t kLeastTurned = 5;
  constexpr double kDense = 0.45;
  const size_t turned = TurnedOf(census, tables);
  size_t first_only = 0;
  for (const auto& [c, use] : census.uses) {
    if (use.read_two_ways) return false;
    if (use.annotated == 1 && use.turned == 0 && use.bare > 0) ++first_only;
  }
  const auto annotated = static_cast<double>(census.all_annotated);
  return turned >= kLeastTurned && turned * 2 > first_only &&
         annotated < kDense * static_cast<double>(census.han);
}

// Bits of evidence that a converter put the readings there. People annotate the rare character,
// once, whether or not simplification changes it; a converter annotates common ones, every time,
// and only those that change; or at random.
double Weigh(const Census& census, bool at_random, const Tables& tables) {
  double bits = 0;
  for (const auto& [c, use] : census.uses) {
    if (use.annotated == 0) continue;
    const auto repeated = static_cast<double>(use.annotated - 1);
    const bool common = Common(tables, c);
    if (use.read_two_ways) bits -= 6;
    if (at_random) {
      bits += static_cast<double>(use.turned);
      if (use.changes && common) bits += 1 + repeated;
      if (!use.changes && !common) bits -= 3;
      continue;
    }
    if (use.changes) {
      bits += (common ? 1.5 : 0.3) + 1.5 * repeated - 1.5 * static_cast<double>(use.bare);
    } else {
      bits -= 6 * static_cast<double>(use.annotated);
    }
  }
  return bits;
}

// How many characters carry readings, and which.
struct Habit {
  size_t kinds = 0;      // different characters that change
  size_t both = 0;       // of these, such as also stand without
  size_t unchanged = 0;  // readings behind characters that do not change
  bool within_text = false;

  // A converter annotates within running text, each of its characters everywhere, and leaves those
  // alone that do not change. Textbooks and glossaries fail in one of these.
  bool Regular(bool at_random, const Census& census) const {
    if (!within_text) return false;
    return at_random || (both * 5 <= kinds && unchanged * 25 <= census.annotated);
  }
  bool NearlyStrict() const { return within_text && both * 20 <= kinds && unchanged == 0; }
  bool Strict() const { return within_text && both == 0 && unchanged == 0; }
};

Habit HabitOf(const Census& census) {
  Habit habit;
  for (const auto& [c, use] : census.uses) {
    if (use.changes && use.annotated > 0) ++habit.kinds;
    if (use.both()) ++habit.both;
    if (!use.changes) habit.unchanged += use.annotated;
  }
  // In lists the next word comes, not the rest of a sentence.
  const bool list = census.listed * 4 > census.han;
  const bool text = census.going_on * 5 >= census.all_annotated * 3 && !list;
  // No list has readings between the bytes of characters.
  habit.within_text = text || census.inside > 1;
  return habit;
}

// Which of the characters that change carry readings. The table of a converter has some and not
// others, whichever are the harder. A person who annotates such characters takes all, or leaves
// those out that everyone knows.
struct Choice {
  size_t taken = 0;
  size_t spared = 0;
  double rarer = 0;  // how often one with a reading is the rarer of two (Mann and Whitney)

  bool Blind() const {
    constexpr size_t kFew = 3;
    constexpr double kRarer = 0.7;
    return spared >= kFew && spared * 12 >= taken && rarer <= kRarer;
  }
  bool Lesson() const {
    // Fewer than so many prove nothing.
    constexpr size_t kAll = 16, kSome = 6;
    constexpr double kRarer = 0.8;
    return spared == 0 ? taken >= kAll : spared >= kSome && rarer > kRarer;
  }
};

Choice ChoiceOf(const Census& census, const Tables& tables) {
  std::vector<int> spared;
  for (const auto& [c, use] : census.uses) {
    if (use.changes && use.annotated == 0) spared.push_back(CostOf(tables, c));
  }
  std::sort(spared.begin(), spared.end());
  Choice choice{.spared = spared.size()};
  double rarer = 0;
  for (const auto& [c, use] : census.uses) {
    if (!use.changes || use.annotated == 0) continue;
    ++choice.taken;
    const auto [low, high] = std::equal_range(spared.begin(), spared.end(), CostOf(tables, c));
    rarer += 0.5 * static_cast<double>((low - spared.begin()) + (high - spared.begin()));
  }
  const size_t pairs = choice.taken * choice.spared;
  if (pairs > 0) choice.rarer = rarer / static_cast<double>(pairs);
  return choice;
}

// Of the characters that change, a larger share carries readings than of the others.
bool PrefersChanging(const Census& census) {
  size_t changing = 0;
  for (const auto& [c, use] : census.uses) {
    if (use.changes) changing += use.annotated + use.bare;
  }
  const size_t others = census.han - changing;
  const size_t behind_others = census.all_annotated - census.annotated;
  return census.annotated * others >= 2 * behind_others * changing;
}

// A converter narrows the marks of the whole page.
bool NarrowsMarks(const Sentence& sentences, size_t least) {
  // Some converters write corner brackets; so do people, who seldom narrow many other marks.
  constexpr size_t kMany = 6;
  const size_t corners = sentences.narrowed >= kMany ? 0 : sentences.corners;
  return sentences.narrowed >= least && sentences.periods == 0 &&
         (sentences.wide + corners) * 10 <= sentences.narrowed;
}

// Words that no person spells so, and hardly anything that a converter would have spelt otherwise.
constexpr double kOneWord = 1, kTwoWords = 6;
bool Misspells(const Census& census, double least) { return census.spelling.Balance() >= least; }

// Sentences with readings stand among simplified ones: no one writes so.
bool MixesScripts(const Census& census) {
  const Sentence& some = census.with_readings;
  return census.page.simplified - some.simplified >= 20 && some.simplified * 10 < some.traditional;
}

// Signs of a converter beside the choice of characters. Marks tell nothing where a person may have
// narrowed them: in lessons, and where words are spelt as no converter does.
bool Betrayed(const Census& census, bool marks_tell) {
  return (marks_tell && NarrowsMarks(census.with_readings, 1)) || census.inside > 0 ||
         census.alone > 0 || Misspells(census, kOneWord) || MixesScripts(census);
}

// Pages that keep their wide marks and have no word that a converter spells otherwise: that no
// person would have chosen these characters is all there is.
bool ChosenByMachine(const Census& census, const Habit& habit, bool at_random,
                     const Tables& tables) {
  constexpr size_t kKinds = 8, kReadings = 18, kTurned = 6;
  const size_t readings = at_random ? census.all_annotated : census.annotated;
  if (!habit.within_text || habit.kinds < kKinds || readings < kReadings) return false;
  // Who types wide marks types wide brackets.
  if (census.in_wide_brackets > 0) return false;
  if (at_random) return PrefersChanging(census) && TurnedOf(census, tables) >= kTurned;
  return habit.NearlyStrict() && ChoiceOf(census, tables).Blind();
}

// Bits from which on a converter may have put the readings there.
constexpr double kMayBeConverted = 9;

// Independent signs beside the bits of the annotations: the fewer characters carry readings, the
// more of the others is asked.
bool BearsTheMarks(const Census& census, bool at_random, double bits, const Tables& tables) {
  constexpr size_t kFewKinds = 5, kSomeKinds = 8;
  // One word that no converter spells so may be quoted; many need as many more readings.
  constexpr double kCertain = 20, kSpelling = 8;
  const double left = bits + kSpelling * std::min(0.0, census.spelling.Balance());
  const Habit habit = HabitOf(census);
  const bool lesson = at_random ? !PrefersChanging(census) : ChoiceOf(census, tables).Lesson();
  if (habit.kinds >= kSomeKinds && habit.Regular(at_random, census) &&
      Betrayed(census, !lesson && left >= kMayBeConverted)) {
    return true;
  }
  if (left >= kCertain && ChosenByMachine(census, habit, at_random, tables)) return true;
  return habit.kinds >= kFewKinds && habit.Strict() &&
         (census.inside > 1 || MixesScripts(census) || Misspells(census, kTwoWords));
}

// Of a page without readings: the confidence that a converter made it.
double Converted(const Census& census) {
  constexpr double kProven = 0.97, kLikely = 0.6;
  // Many of these words are spelt so in simplified text as well.
  if (census.page.traditional < 20 || census.page.simplified * 5 > census.page.traditional)
    return 0;
  if (census.kana * 10 > census.han) return 0;
  const SpellingEvidence& spelling = census.spelling;
  if (spelling.words == 0) return 0;
  constexpr double kNarrowed = 4, kCurly = 2, kEnough = 7, kSome = 5;
  const bool narrows = NarrowsMarks(census.page, 4);
  const bool curly = census.page.curly >= 2 && census.page.corners == 0;
  const double bits = spelling.Balance() + (narrows ? kNarrowed : 0) + (curly ? kCurly : 0);
  if (spelling.words > 1 && bits >= kEnough) return kProven;
  // One word alone may be a habit.
  constexpr double kAlone = 9, kWithNarrowed = 6.5, kWithCurly = 6, kWithBoth = 5;
  const double enough = narrows && curly ? kWithBoth
                        : curly          ? kWithCurly
                        : narrows        ? kWithNarrowed
                                         : kAlone;
  // In a long text someone who knows words would have shown it.
  constexpr size_t kLong = 90;
  if (spelling.Balance() >= enough && census.page.traditional >= kLong) return kProven;
  return bits >= kSome ? kLikely : 0;
}

Evidence::Script ScriptOf(const Sentence& page) {
  constexpr size_t kNearlyAll = 10;
  if (page.traditional > kNearlyAll * (page.simplified + 1)) return Evidence::Script::kTraditional;
  if (page.simplified > kNearlyAll * (page.traditional + 1)) return Evidence::Script::kSimplified;
  return Evidence::Script::kNeither;
}

}  // namespace

Evidence JudgePage(const Page& page, const Tables& tables) {
  const Census census = CountPage(page, tables);
  Evidence evidence;
  // What stands all over a page is no quotation.
  evidence.quoted = census.with_readings.han * 2 < census.page.han && Explains(page);
  evidence.script = ScriptOf(census.page);
  evidence.misspelt = census.spelling.words > 0;
  evidence.well_spelt = census.spelling.never > 0;
  evidence.confidence = Converted(census);
  for (const auto& [c, use] : census.uses) {
    if (!use.changes) continue;
    if (use.annotated > 0) evidence.annotated.push_back(c);
    if (use.bare > 0) evidence.bare.push_back(c);
  }
  if (census.annotated > 0) {
    evidence.spaced = census.spaced * 10 >= census.all_annotated * 9;
    evidence.at_random = AnnotatedAtRandom(census, tables);
    const double bits = Weigh(census, evidence.at_random, tables);
    constexpr double kLikely = 4.5, kSure = 0.99, kUnproven = 0.6;
    if (bits >= kLikely) evidence.confidence = std::max(evidence.confidence, kUnproven);
    if (bits >= kMayBeConverted && BearsTheMarks(census, evidence.at_random, bits, tables))
      evidence.confidence = kSure;
  }
  // A simplified text that quotes a damaged one: where it carries readings, most characters are
  // such as no converter would have left.
  if (census.with_readings.simplified > census.with_readings.traditional || evidence.quoted ||
      (census.teaches && census.annotated > 0)) {
    evidence.confidence = std::min(evidence.confidence, 0.6);
  }
  return evidence;
}

}  // namespace siku::refine
