#include "repair/destroyed.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "repair/context.h"
#include "repair/residue/surroundings.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

constexpr const char* kReplacement = "replacement character";
constexpr const char* kReadAgain = "replacement characters read as GBK";
constexpr const char* kReadElsewhere = "replacement characters read in another encoding";
constexpr const char* kMemory = "unset memory read as GBK";
constexpr const char* kQuestions = "characters lost as question marks";

// The UTF-8 of U+FFFD twice, EF BF BD EF BF BD, as other encodings read its pairs.
struct Cycle {
  std::u32string_view characters;
  const char* reason;
};
constexpr std::array<Cycle, 5> kCycles = {{{U"锟斤拷", kReadAgain},
                                           {U"錕斤拷", kReadAgain},
                                           {U"嚙踝蕭", kReadElsewhere},
                                           {U"占쏙옙", kReadElsewhere},
                                           {U"ï¿½", kReadElsewhere}}};

// Behind the "(kūn)" that a converter put there.
size_t BehindReading(const Page& page, size_t index) {
  constexpr size_t kLongest = 9;
  if (page[index] != U'(' && page[index] != U'（') return index;
  for (size_t end = index + 1; end < index + kLongest; ++end) {
    const char32_t c = page[end];
    if (c == U')' || c == U'）') return end > index + 1 ? end + 1 : index;
    if (IsHan(c) || c == U'\n') return index;
  }
  return index;
}

// EF BF BD and another byte: 锟 and a character of lead byte BD, the first half of what followed.
bool IsTornBehind(char32_t c) { return IsHan(c) && gbk::Encode(c) >> 8 == 0xBD; }

size_t EndOfCycle(const Page& page, size_t index, std::u32string_view cycle) {
  const size_t first = cycle.find(page[index]);
  if (first == cycle.npos) return index;
  size_t end = index, steps = 0;
  for (size_t place = first; page[end] == cycle[place]; place = (place + 1) % cycle.size()) {
    end = BehindReading(page, end + 1);
    ++steps;
  }
  const bool lead = page[end - 1] == U'锟' || page[end - 1] == U'錕';
  if (lead && IsTornBehind(page[end])) ++end, ++steps;
  return steps >= 2 ? end : index;
}

std::optional<Destroyed> CycleAt(const Page& page, size_t index) {
  for (const Cycle& cycle : kCycles) {
    size_t end = EndOfCycle(page, index, cycle.characters);
    if (end == index) continue;
    // Where single bytes stood between, the pairs fall in and out of step.
    for (size_t next = end; (next = EndOfCycle(page, end, cycle.characters)) != end;) end = next;
    return Destroyed{end, cycle.reason};
  }
  return std::nullopt;
}

size_t EndOfRepeat(const Page& page, size_t index) {
  size_t end = index;
  while (end < page.size() && page[end] == page[index]) end = BehindReading(page, end + 1);
  return end;
}

std::optional<Destroyed> RepeatAt(const Page& page, size_t index, size_t least,
                                  const char* reason) {
  size_t count = 0;
  size_t end = index;
  while (end < page.size() && page[end] == page[index]) {
    end = BehindReading(page, end + 1);
    ++count;
  }
  if (count < least) return std::nullopt;
  return Destroyed{end, reason};
}

// Three or more between Chinese characters; a person who asks ends the sentence with them.
std::optional<Destroyed> QuestionsAt(const Page& page, size_t index) {
  constexpr std::u32string_view kAsking = U"吗呢么吧啊呀嘛啥谁哪了的嗎麼誰了个样事人";
  if (index == 0 || page[index - 1] == page[index]) return std::nullopt;
  const size_t end = EndOfRepeat(page, index);
  if (end - index < 3 || !IsHan(page[index - 1]) || !IsHan(page[end])) return std::nullopt;
  if (end - index < 6 && kAsking.find(page[index - 1]) != kAsking.npos) return std::nullopt;
  return Destroyed{end, kQuestions};
}

}  // namespace

std::optional<Destroyed> DestroyedAt(const Page& page, size_t index) {
  switch (MayBeDestroyedBy(page[index])) {
    case DestroyedBy::kNothing:
      break;
    case DestroyedBy::kReplacement:
      return RepeatAt(page, index, 1, kReplacement);
    case DestroyedBy::kReplacementRead:
      return CycleAt(page, index);
    case DestroyedBy::kMemory:
      return RepeatAt(page, index, 3, kMemory);
    case DestroyedBy::kQuestions:
      return QuestionsAt(page, index);
  }
  return std::nullopt;
}

namespace {

constexpr const char* kStrays = "two characters of no sense before a stop";
constexpr std::u32string_view kStops = U"。，！？；,!?;";

// Tenths of a bit. Of the ends of clauses in clean text one in ten costs as much as kStrangePair,
// of pairs put there by chance 99 in a hundred.
constexpr int kStrangePair = 260;
constexpr int kWorseWithPair = 230;
// What they cost on the average, and how much more than the text before them.
constexpr int kChancePair = 320;
constexpr int kAboveBody = 90;
// Where the page is known to be full of them.
constexpr int kWorseOnSuchPage = 200;

// Two Chinese characters before a stop.
struct ClauseEnd {
  size_t index = 0;  // of the first of the two
  int pair = 0;      // what they cost
  int worse = 0;     // than the stop without them
  int body = 0;      // what the two characters before them cost
  bool strange() const { return pair >= kStrangePair && worse >= kWorseWithPair; }
};

bool EndsClause(const Page& page, size_t stop) {
  return stop >= 4 && kStops.find(page[stop]) != kStops.npos && IsHan(page[stop - 1]) &&
         IsHan(page[stop - 2]);
}

// `around`: two characters, the pair and the stop; `before` is the context behind the first two.
ClauseEnd Weigh(std::u32string_view around, const Context& before, const Language& language) {
  ClauseEnd end;
  Context without = before;
  Context with = before;
  end.pair = language.Read(with, around[2]) + language.Read(with, around[3]);
  end.worse = end.pair + language.Read(with, around[4]) - language.Read(without, around[4]);
  return end;
}

ClauseEnd WeighEnd(const Page& page, size_t stop, const Language& language) {
  const std::u32string around = {page[stop - 4], page[stop - 3], page[stop - 2], page[stop - 1],
                                 page[stop]};
  Context before;
  const int body = language.Read(before, around[0]) + language.Read(before, around[1]);
  ClauseEnd end = Weigh(around, before, language);
  end.body = body;
  end.index = stop - 2;
  return end;
}

// What Weigh says as well, without what sound clauses need not be asked.
bool EndsStrangely(std::u32string_view around, const Language& language) {
  Context before;
  Pass(language, before, around[0]);
  Pass(language, before, around[1]);
  Context with = before;
  const int pair = language.Read(with, around[2]) + language.Read(with, around[3]);
  return pair >= kStrangePair && Weigh(around, before, language).strange();
}

// Whether the first clauses before a stop end well. Nearly all text says so after two.
bool BeginsSoundly(std::string_view text, std::string_view stop, const Language& language) {
  constexpr size_t kEnough = 2, kMostSeen = 40;
  size_t sound = 0, strange = 0;
  size_t at = text.find(stop);
  for (size_t seen = 0; at != text.npos && seen < kMostSeen; at = text.find(stop, at + 1), ++seen) {
    char32_t around[5] = {U'\n', U'\n', U'\n', U'\n', CharacterAt(text, at)};
    size_t begin = at;
    for (size_t i = 4; i-- > 0 && begin > 0;) {
      around[i] = CharacterBefore(text, begin);
      begin -= BytesOf(around[i]);
    }
    if (!IsHan(around[2]) || !IsHan(around[3])) continue;
    ++(EndsStrangely({around, 5}, language) ? strange : sound);
    if (sound == kEnough || strange == kEnough) break;
  }
  return strange < kEnough;
}

}  // namespace

Repaired FlagStrays(std::string_view text, const Tables& tables) {
  constexpr size_t kFewest = 3;
  const Language language(tables);
  Repaired found;
  constexpr std::array<std::string_view, 3> kUsual = {"。", "，", ","};
  if (std::all_of(kUsual.begin(), kUsual.end(),
                  [&](std::string_view stop) { return BeginsSoundly(text, stop, language); })) {
    return found;
  }
  const Page page(text);
  // By the stop they stand before: what put them there may leave others alone.
  std::array<std::vector<ClauseEnd>, kStops.size()> ends;
  for (size_t i = 2; i < page.size(); ++i) {
    if (EndsClause(page, i)) {
      ends[kStops.find(page[i])].push_back(WeighEnd(page, i, language));
    }
  }
  size_t strange = 0;
  int64_t pairs = 0, bodies = 0, all = 0;
  std::array<bool, kStops.size()> hit{};
  for (size_t stop = 0; stop < kStops.size(); ++stop) {
    const auto here = static_cast<size_t>(std::count_if(
        ends[stop].begin(), ends[stop].end(), [](const ClauseEnd& end) { return end.strange(); }));
    hit[stop] = here > 0 && here * 3 >= ends[stop].size() * 2;
    if (!hit[stop]) continue;
    strange += here;
    all += static_cast<int64_t>(ends[stop].size());
    for (const ClauseEnd& end : ends[stop]) {
      pairs += end.pair;
      bodies += end.body;
    }
  }
  // Verse is as rare within its lines as at their ends; chance is only at the ends.
  if (strange < kFewest || pairs < kChancePair * all || pairs - bodies < kAboveBody * all) {
    return found;
  }
  for (size_t stop = 0; stop < kStops.size(); ++stop) {
    for (const ClauseEnd& end : ends[stop]) {
      if (!hit[stop] || end.worse < kWorseOnSuchPage) continue;
      found.flags.push_back({.begin = page.at[end.index],
                             .end = page.at[end.index + 2],
                             .kind = FlagKind::kDestroyed,
                             .detail = kStrays,
                             .proposal = std::nullopt});
    }
  }
  std::sort(found.flags.begin(), found.flags.end(),
            [](const TextFlag& a, const TextFlag& b) { return a.begin < b.begin; });
  return found;
}

}  // namespace siku::refine
