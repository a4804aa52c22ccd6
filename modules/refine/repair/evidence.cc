#include "repair/evidence.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "repair/reading.h"

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

bool OnlySimplified(const Tables& tables, char32_t c) {
  const auto old = tables.ToOld(c);
  return !old.empty() && std::find(old.begin(), old.end(), c) == old.end();
}

// How a character is used over the page.
struct Use {
  bool changes = false;  // by simplification
  size_t annotated = 0;
  size_t bare = 0;
  size_t turned = 0;  // carries a reading here, after standing bare before
  bool last_bare = false;
  std::optional<uint16_t> toned{};  // its reading
  bool read_two_ways = false;

  bool both() const { return changes && annotated > 0 && bare > 0; }
};

// Characters of one line, by what they speak for.
struct Line {
  size_t annotated = 0;
  size_t traditional = 0;
  size_t simplified = 0;  // that no converter would have left
};

struct Census {
  std::map<char32_t, Use> uses;  // of characters that change or carry a reading
  size_t annotated = 0;          // that change
  size_t spaced = 0;             // annotations with a space behind
  size_t all_annotated = 0;
  size_t going_on = 0;  // annotations behind which running text goes on
  size_t han = 0;
  size_t wide = 0;       // marks that a converter would have narrowed, and corner brackets
  size_t narrowed = 0;   // ASCII marks between Chinese characters
  Line lines_annotated;  // of the lines that have annotations
  Line page;
};

class Counter {
 public:
  Counter(const Page& page, const Tables& tables) : page_(page), tables_(tables) {}

  Census Count() {
    for (size_t i = 0; i < page_.size(); ++i) {
      if (page_[i] == U'\n') EndLine();
      if (IsHan(page_[i])) {
        i = CountCharacter(i);
      } else {
        CountMark(i);
      }
    }
    EndLine();
    return std::move(census_);
  }

 private:
  void CountMark(size_t i) {
    constexpr std::u32string_view kWide = U"，；：！？（）「」『』", kNarrow = U",;:!?";
    if (kWide.find(page_[i]) != std::u32string_view::npos) ++census_.wide;
    if (kNarrow.find(page_[i]) == std::u32string_view::npos || i == 0) return;
    const char32_t before = page_[i - 1] == U' ' && i > 1 ? page_[i - 2] : page_[i - 1];
    if ((IsHan(before) || before == U')') && IsHan(page_[i + 1])) ++census_.narrowed;
  }

  size_t CountCharacter(size_t i) {
    const char32_t c = page_[i];
    const bool changes = !tables_.ToSimple(c).empty();
    ++census_.han;
    const auto found = ReadingInBrackets(page_, i + 1, tables_);
    if (found && ReadsAs(tables_, c, found->reading)) {
      CountAnnotated(census_.uses[c], changes, found->reading);
      const bool spaced = page_[found->end] == U' ';
      if (spaced) ++census_.spaced;
      if (IsHan(page_[found->end + (spaced ? 1 : 0)])) ++census_.going_on;
      return found->end - 1;
    }
    if (changes) ++line_.traditional;
    if (OnlySimplified(tables_, c)) ++line_.simplified;
    Use& use = census_.uses[c];
    use.changes = changes;
    ++use.bare;
    use.last_bare = true;
    return i;
  }

  void CountAnnotated(Use& use, bool changes, const Reading& reading) {
    ++census_.all_annotated;
    ++line_.annotated;
    if (changes) {
      ++census_.annotated;
      ++line_.traditional;
    }
    use.changes = changes;
    ++use.annotated;
    if (use.last_bare) ++use.turned;
    use.last_bare = false;
    if (use.toned && reading.toned && *use.toned != *reading.toned) use.read_two_ways = true;
    if (reading.toned) use.toned = reading.toned;
  }

  void EndLine() {
    if (line_.annotated > 0) Add(line_, census_.lines_annotated);
    Add(line_, census_.page);
    line_ = {};
  }

  static void Add(const Line& line, Line& to) {
    to.annotated += line.annotated;
    to.traditional += line.traditional;
    to.simplified += line.simplified;
  }

  const Page& page_;
  const Tables& tables_;
  Census census_;
  Line line_;
};

// Costs at most 13.5 bits: the two thousand commonest, as simplified text has them.
bool Common(const Tables& tables, char32_t c) {
  constexpr int kCommon = 135;
  if (tables.UnigramCost(tables.Id(c)) <= kCommon) return true;
  const auto forms = tables.ToSimple(c);
  return std::any_of(forms.begin(), forms.end(),
                     [&](uint16_t form) { return tables.UnigramCost(tables.Id(form)) <= kCommon; });
}

// A person annotates a character where it comes first, or everywhere, and knows how it is read
// there. Common characters that stand bare and later carry a reading, again and again, between
// many that never do, are the work of a machine that throws dice.
bool AnnotatedAtRandom(const Census& census, const Tables& tables) {
  constexpr size_t kLeastTurned = 5;
  constexpr double kDense = 0.45;
  size_t turned = 0, first_only = 0;
  for (const auto& [c, use] : census.uses) {
    if (use.read_two_ways) return false;
    if (use.turned > 0 && Common(tables, c)) turned += use.turned;
    if (use.annotated == 1 && use.turned == 0 && use.bare > 0) ++first_only;
  }
  const auto annotated = static_cast<double>(census.all_annotated);
  return turned >= kLeastTurned && turned > first_only &&
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

// Independent signs that must all be there beside the bits. A converter narrows the marks of the
// whole page, annotates within running text, takes many characters, each of them everywhere, and
// leaves those alone that do not change. Textbooks and glossaries fail in one of these.
bool BearsTheMarks(const Census& census, bool at_random) {
  constexpr size_t kLeastKinds = 8;
  size_t kinds = 0, both = 0, unchanged = 0;
  for (const auto& [c, use] : census.uses) {
    if (use.changes && use.annotated > 0) ++kinds;
    if (use.both()) ++both;
    if (!use.changes) unchanged += use.annotated;
  }
  if (census.narrowed == 0 || census.wide * 10 > census.narrowed) return false;
  if (kinds < kLeastKinds || census.going_on * 5 < census.all_annotated * 3) return false;
  return at_random || (both * 5 <= kinds && unchanged * 25 <= census.annotated);
}

Evidence::Script ScriptOf(const Line& page) {
  constexpr size_t kNearlyAll = 10;
  if (page.traditional > kNearlyAll * (page.simplified + 1)) return Evidence::Script::kTraditional;
  if (page.simplified > kNearlyAll * (page.traditional + 1)) return Evidence::Script::kSimplified;
  return Evidence::Script::kNeither;
}

}  // namespace

Evidence JudgePage(const Page& page, const Tables& tables) {
  const Census census = Counter(page, tables).Count();
  Evidence evidence;
  evidence.quoted = Explains(page);
  evidence.script = ScriptOf(census.page);
  if (census.annotated == 0) return evidence;
  for (const auto& [c, use] : census.uses) {
    if (!use.changes) continue;
    if (use.annotated > 0) evidence.annotated.push_back(c);
    if (use.bare > 0) evidence.bare.push_back(c);
  }
  evidence.spaced = census.spaced * 10 >= census.all_annotated * 9;
  evidence.at_random = AnnotatedAtRandom(census, tables);
  const double bits = Weigh(census, evidence.at_random, tables);
  constexpr double kProven = 9, kLikely = 4.5, kUnproven = 0.6;
  if (bits >= kProven) {
    evidence.confidence = 0.99;
  } else if (bits >= kLikely) {
    evidence.confidence = kUnproven;
  }
  if (!BearsTheMarks(census, evidence.at_random)) {
    evidence.confidence = std::min(evidence.confidence, kUnproven);
  }
  // A simplified text that quotes a damaged one: where it carries readings, most characters are
  // such as no converter would have left.
  if (census.lines_annotated.simplified > census.lines_annotated.traditional || evidence.quoted) {
    evidence.confidence = std::min(evidence.confidence, kUnproven);
  }
  return evidence;
}

}  // namespace siku::refine
