#include "repair/destroyed.h"

#include <array>
#include <string_view>

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
  switch (page[index]) {
    case U'\uFFFD':
      return RepeatAt(page, index, 1, kReplacement);
    case U'锟':
    case U'斤':
    case U'拷':
    case U'錕':
    case U'嚙':
    case U'踝':
    case U'蕭':
    case U'占':
    case U'쏙':
    case U'옙':
    case U'ï':
      return CycleAt(page, index);
    case U'烫':
    case U'燙':
    case U'屯':
    case U'葺':
    case U'铪':
    case U'鉿':
      return RepeatAt(page, index, 3, kMemory);
    case U'?':
      return QuestionsAt(page, index);
    default:
      return std::nullopt;
  }
}

}  // namespace siku::refine
