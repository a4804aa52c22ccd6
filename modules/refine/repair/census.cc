#include "repair/census.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "repair/lost_character.h"
#include "repair/reading.h"

namespace siku::refine {
namespace {

// Words of texts that teach how characters are read.
constexpr std::array<std::u32string_view, 6> kTeaching = {U"生字", U"生詞", U"課文",
                                                          U"課本", U"注音", U"讀音"};

bool Teaches(const std::u32string& plain) {
  return std::any_of(kTeaching.begin(), kTeaching.end(), [&](std::u32string_view word) {
    return plain.find(word) != std::u32string::npos;
  });
}

bool OnlySimplified(const Tables& tables, char32_t c) {
  const auto old = tables.ToOld(c);
  return !old.empty() && std::find(old.begin(), old.end(), c) == old.end();
}

bool EndsSentence(char32_t c) {
  constexpr std::u32string_view kEnds = U"\n。！？；!;";
  return kEnds.find(c) != std::u32string_view::npos;
}

class Counter {
 public:
  Counter(const Page& page, const Tables& tables) : page_(page), tables_(tables) {}

  Census Count() {
    for (size_t i = 0; i < page_.size(); ++i) {
      if (EndsSentence(page_[i])) EndSentence();
      plain_.push_back(page_[i]);
      if (IsHan(page_[i])) {
        i = CountCharacter(i);
      } else {
        CountMark(i);
      }
    }
    EndSentence();
    CountWords();
    return std::move(census_);
  }

 private:
  void CountWords() {
    std::map<std::u32string_view, std::pair<double, size_t>> converted;  // with bits and times
    std::set<std::u32string_view> never;
    const std::u32string_view plain = plain_;
    for (size_t i = 0; i < plain.size(); ++i) {
      const Tables::Word word = tables_.WordAt(plain.substr(i));
      const auto spelt = plain.substr(i, word.length);
      if (word.spelling == Tables::Spelling::kNeverConverted) never.insert(spelt);
      if (word.spelling != Tables::Spelling::kMisconverted || PhraseReachesInto(i, word.length)) {
        continue;
      }
      auto& [bits, times] = converted[spelt];
      bits = word.half_bits * 0.5;
      ++times;
    }
    SpellingEvidence& found = census_.spelling;
    for (const auto& [word, seen] : converted) {
      // Whoever misspells a word does so again.
      found.bits +=
          seen.first * (1 + 0.2 * static_cast<double>(std::min<size_t>(seen.second, 3) - 1));
    }
    found.words = converted.size();
    found.never = never.size();
    for (const auto& [simple, forms] : forms_) {
      if (forms.size() > 1) ++found.torn;
    }
    census_.teaches = Teaches(plain_);
  }

  // Converters that know phrases take the first: after 最复 there is no 复杂.
  bool PhraseReachesInto(size_t index, size_t length) const {
    constexpr size_t kLongest = 4;
    std::u32string phrase;
    for (size_t begin = index - std::min(index, kLongest - 1); begin < index; ++begin) {
      phrase.clear();
      for (size_t i = begin; i + 1 < index + length && i < begin + kLongest; ++i) {
        const auto forms = tables_.ToSimple(plain_[i]);
        phrase.push_back(forms.empty() ? plain_[i] : char32_t{forms[0]});
        if (i >= index && tables_.MayReachInto(phrase)) return true;
      }
    }
    return false;
  }

  // The traditional form that the page has of a simplified character. Those that simplified text
  // has as well say nothing.
  void NoteForm(char32_t c) {
    const auto simple = tables_.ToSimple(c);
    if (!simple.empty()) {
      if (!InGb2312(c)) sentence_forms_.emplace_back(simple[0], c);
    } else if (!tables_.ToOld(c).empty() && !OnlySimplified(tables_, c)) {
      sentence_forms_.emplace_back(c, c);
    }
  }

  void CountMark(size_t i) {
    if (page_[i] == U'、') ++census_.listed;
    // The "?" of the torn character has taken the opening bracket.
    if (page_[i] == U'?' && ReadingUpToBracket(page_, i + 1, tables_)) ++census_.inside;
    if (page_[i] == U' ' && LostCharacterAt(page_, i, false, tables_)) ++census_.alone;
    if (page_[i] >= 0x3041 && page_[i] <= 0x30FE && page_[i] != U'・') ++census_.kana;
    constexpr std::u32string_view kWide = U"，；：！？（）", kNarrow = U",;:!?",
                                  kCorners = U"「」『』";
    if (kWide.find(page_[i]) != std::u32string_view::npos) ++sentence_.wide;
    if (kCorners.find(page_[i]) != std::u32string_view::npos) ++sentence_.corners;
    if (page_[i] == U'“' || page_[i] == U'”') ++sentence_.curly;
    const bool ends = page_[i] == U'.' && i > 0 && IsHan(page_[i - 1]);
    if (ends && (IsHan(page_[i + 1]) || page_[i + 1] == U'\n')) ++sentence_.periods;
    if (kNarrow.find(page_[i]) == std::u32string_view::npos || i == 0) return;
    const char32_t before = page_[i - 1] == U' ' && i > 1 ? page_[i - 2] : page_[i - 1];
    if ((IsHan(before) || before == U')') && IsHan(page_[i + 1])) ++sentence_.narrowed;
  }

  size_t CountCharacter(size_t i) {
    const char32_t c = page_[i];
    const bool changes = !tables_.ToSimple(c).empty();
    NoteForm(c);
    ++census_.han;
    ++sentence_.han;
    const auto found = ReadingInBrackets(page_, i + 1, tables_);
    if (found && ReadsAs(tables_, c, found->reading)) {
      CountAnnotated(census_.uses[c], changes, found->reading);
      const bool spaced = page_[found->end] == U' ';
      if (spaced) ++census_.spaced;
      if (page_[i + 1] == U'（') ++census_.in_wide_brackets;
      if (IsHan(page_[found->end + (spaced ? 1 : 0)])) ++census_.going_on;
      return found->end - 1;
    }
    if (changes) ++sentence_.traditional;
    if (OnlySimplified(tables_, c)) ++sentence_.simplified;
    Use& use = census_.uses[c];
    use.changes = changes;
    ++use.bare;
    use.last_bare = true;
    return i;
  }

  void CountAnnotated(Use& use, bool changes, const Reading& reading) {
    ++census_.all_annotated;
    ++sentence_.annotated;
    if (changes) {
      ++census_.annotated;
      ++sentence_.traditional;
    }
    use.changes = changes;
    ++use.annotated;
    if (use.last_bare) ++use.turned;
    use.last_bare = false;
    if (use.toned && reading.toned && *use.toned != *reading.toned) use.read_two_ways = true;
    if (reading.toned) use.toned = reading.toned;
  }

  void EndSentence() {
    if (sentence_.annotated > 0) Add(sentence_, census_.with_readings);
    Add(sentence_, census_.page);
    if (sentence_.traditional > 0 && sentence_.simplified == 0) {
      for (const auto& [simple, form] : sentence_forms_) forms_[simple].insert(form);
    }
    sentence_forms_.clear();
    sentence_ = {};
  }

  static void Add(const Sentence& one, Sentence& to) {
    to.han += one.han;
    to.wide += one.wide;
    to.corners += one.corners;
    to.periods += one.periods;
    to.narrowed += one.narrowed;
    to.curly += one.curly;
    to.annotated += one.annotated;
    to.traditional += one.traditional;
    to.simplified += one.simplified;
  }

  const Page& page_;
  const Tables& tables_;
  Census census_;
  Sentence sentence_;
  std::vector<std::pair<char32_t, char32_t>> sentence_forms_;
  std::map<char32_t, std::set<char32_t>> forms_;  // of a simplified character
  std::u32string plain_;                          // without the readings
};

}  // namespace

Census CountPage(const Page& page, const Tables& tables) { return Counter(page, tables).Count(); }

}  // namespace siku::refine
