#include "repair/decoding/quotation.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "repair/scan.h"

namespace siku::refine {
namespace {

// What may be a quotation, or is short among sound text, is not applied.
constexpr double kQuoted = 0.5, kShort = 0.85;
constexpr size_t kShortLetters = 4, kShortPairs = 5;
// More sound characters beside the damage are no quotation of it.
constexpr ptrdiff_t kFewSound = 4;
// So many characters, and a quarter of all, say that the same stands elsewhere.
constexpr size_t kTelling = 4;
// A page of which so small a part is sound quotes nothing.
constexpr size_t kSoundPart = 8;
// So far from what is quoted its encoding is named.
constexpr size_t kAround = 150;
// What is damaged in so many places is no quotation.
constexpr size_t kMostSearches = 64;
// Texts about damage quote it.
constexpr std::array<std::u32string_view, 6> kOfDamage = {U"乱码",     U"亂碼",       U"mojibake",
                                                          U"文字化け", U"化けた文字", U"garbled"};
// Texts about encodings do so, too.
constexpr std::array<std::u32string_view, 22> kOfEncodings = {
    U"编码",         U"編碼",    U"解码",    U"解碼",    U"字符集",   U"字元集",
    U"内码",         U"內碼",    U"gbk",     U"gb2312",  U"gb18030",  U"big5",
    U"utf-8",        U"utf8",    U"latin-1", U"latin1",  U"iso-8859", U"cp1252",
    U"windows-1252", U"unicode", U"charset", U"encoding"};

std::u32string_view Standing(const Page& page, size_t begin, size_t end) {
  return std::u32string_view(page.characters).substr(begin, end - begin);
}

// What is in none of the stretches, and where each of them was in it.
struct Sound {
  std::u32string text{};
  std::vector<size_t> places{};
  size_t wide = 0;
  size_t damaged = 0;  // characters of the original
};

Sound SoundOf(const Page& page, const std::vector<std::vector<Found>>& all) {
  Sound sound;
  size_t at = 0;
  for (const auto& found : all) {
    for (const Found& one : found) {
      sound.text.append(Standing(page, at, one.begin)).push_back(U'\n');
      sound.places.push_back(sound.text.size());
      sound.damaged += one.wide;
      at = one.end;
    }
  }
  sound.text.append(Standing(page, at, page.size()));
  sound.wide = CountWide(sound.text);
  return sound;
}

// Without the tags, of which every page names its encoding, and in small letters.
std::u32string ProseOf(std::u32string_view text) {
  std::u32string prose;
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t end = text[at] == U'<' ? text.find_first_of(U"<>", at + 1) : text.npos;
    if (end != text.npos && text[end] == U'>') {
      at = end;
      continue;
    }
    prose.push_back(text[at] >= U'A' && text[at] <= U'Z' ? text[at] + 0x20 : text[at]);
  }
  return prose;
}

template <size_t n>
bool SaysAny(std::u32string_view text, const std::array<std::u32string_view, n>& words) {
  const std::u32string prose = ProseOf(text);
  return std::any_of(words.begin(), words.end(),
                     [&](std::u32string_view word) { return prose.find(word) != prose.npos; });
}

// Whether the sound text around the place speaks of encodings.
bool OfEncodings(const Sound& sound, size_t place) {
  if (sound.text.size() * kSoundPart < sound.damaged) return false;
  const size_t from = std::max(place, kAround) - kAround;
  return SaysAny(std::u32string_view(sound.text).substr(from, 2 * kAround), kOfEncodings);
}

// The longest part of the stretch of which no byte is lost, from its first Han to its last.
std::u32string_view TellingPart(const Found& found) {
  size_t begin = 0, at = 0, best = 0, length = 0;
  for (const Cell& cell : found.cells) {
    at += cell.text.size();
    if (cell.gap) begin = at;
    if (at - begin <= length) continue;
    best = begin;
    length = at - begin;
  }
  auto part = std::u32string_view(found.after).substr(best, length);
  while (!part.empty() && !IsHan(part.front())) part.remove_prefix(1);
  while (!part.empty() && !IsHan(part.back())) part.remove_suffix(1);
  return part;
}

// `wide`: characters of its line that are decoded, of which a word proves nothing.
bool StandsIn(std::u32string_view text, const Found& found, size_t wide) {
  const auto tells = [&](std::u32string_view part) {
    return CountWide(part) * 4 >= wide && text.find(part) != text.npos;
  };
  const auto part = TellingPart(found);
  return tells(found.after) || (CountWide(part) >= kTelling && tells(part));
}

// Whether one of the stretches of a line does: the others are of the same quotation.
bool StandElsewhere(const Sound& sound, std::span<const Found> found, size_t wide,
                    size_t& searches) {
  return std::any_of(found.begin(), found.end(), [&](const Found& one) {
    return searches > 0 && (--searches, StandsIn(sound.text, one, wide));
  });
}

constexpr std::u32string_view kOpening = U"“‘「『《〈（(［[【";
constexpr std::u32string_view kClosing = U"”’」』》〉）)］]】";
// No character of a page.
constexpr char32_t kStretch = 0x110000;

// The line with one sign in the place of each stretch: marks inside of them are damage. One at the
// end of a stretch may also be sound, taken for a byte.
std::u32string Outside(const Page& page, const Line& line, std::span<const Found> found) {
  std::u32string outside;
  size_t at = line.begin;
  for (const Found& one : found) {
    outside.append(Standing(page, at, one.begin)).push_back(kStretch);
    at = one.end;
    if (kClosing.find(page[at - 1]) != kClosing.npos) outside.push_back(page[at - 1]);
  }
  return outside.append(Standing(page, at, line.end));
}

// Whether what is at `place` is between marks of quotation or brackets.
bool Quoted(std::u32string_view outside, size_t place) {
  constexpr std::u32string_view kStraight = U"\"'`";
  if (place == 0) return false;
  // Of straight marks, those that open are not told from those that close.
  const char32_t before = outside[place - 1];
  if (kStraight.find(before) != kStraight.npos) return outside.find(before, place) != outside.npos;
  const size_t opening = outside.find_last_of(kOpening, place - 1);
  if (opening == outside.npos) return false;
  const size_t closing = outside.find(kClosing[kOpening.find(outside[opening])], opening);
  if (closing == outside.npos || closing < place) return false;
  // Part of what somebody says may be damaged.
  const auto between = outside.substr(opening, closing - opening);
  const auto sound = [](char32_t c) { return IsHan(c) && !IsRare(c); };
  return std::count_if(between.begin(), between.end(), sound) < kFewSound;
}

// The line that begins or ends a block of code.
bool Fence(const Page& page, const Line& line) {
  const auto text = Standing(page, line.begin, line.end);
  return text.starts_with(U"```") || text.starts_with(U"~~~");
}

// Words between spaces of the line as it would be: how many beside each other are a single
// character that was decoded, at most, and whether others are nothing but letters of Latin-1 that
// stay.
struct Samples {
  size_t together = 0;
  bool left = false;
};

Samples SamplesOf(const Page& page, const Line& line, std::span<const Found> found) {
  Samples samples;
  size_t run = 0, length = 0, decoded = 0, letters = 0;
  const auto take = [&](char32_t c, bool is_decoded) {
    if (c != U' ') {
      ++length;
      decoded += is_decoded && Wide(c) ? 1 : 0;
      letters += !is_decoded && c >= 0xC0 && c <= 0xFF ? 1 : 0;
      return;
    }
    run = length == 1 && decoded == 1 ? run + 1 : length == 0 ? run : 0;
    samples.together = std::max(samples.together, run);
    samples.left |= length >= 2 && letters == length;
    length = decoded = letters = 0;
  };
  size_t at = line.begin;
  for (const Found& one : found) {
    for (; at < one.begin; ++at) take(page[at], false);
    for (const char32_t c : one.after) take(c, true);
    at = one.end;
  }
  for (; at < line.end; ++at) take(page[at], false);
  take(U' ', false);
  return samples;
}

}  // namespace

void CapSamples(const Page& page, std::span<const Line> lines,
                std::vector<std::vector<Found>>& all) {
  for (size_t line = 0; line < lines.size(); ++line) {
    const bool latin = std::any_of(all[line].begin(), all[line].end(), [](const Found& one) {
      return one.hypothesis->wrong == Wrong::kLatin;
    });
    if (!latin) continue;
    const Samples samples = SamplesOf(page, lines[line], all[line]);
    if (samples.together < (samples.left ? size_t{2} : size_t{3})) continue;
    for (Found& one : all[line]) one.most = std::min(one.most, kQuoted);
  }
}

bool Covers(const Page& page, const Line& line, std::span<const Found> found) {
  size_t at = line.begin;
  const auto bare = [&](size_t until) {
    for (; at < until; ++at) {
      if (Wide(page[at])) return false;
    }
    return true;
  };
  for (const Found& one : found) {
    if (!bare(one.begin)) return false;
    at = one.end;
  }
  return bare(line.end);
}

void CapQuotations(const Page& page, std::span<const Line> lines,
                   std::vector<std::vector<Found>>& all) {
  const Sound sound = SoundOf(page, all);
  if (sound.damaged == 0) return;
  const bool of_damage = SaysAny(sound.text, kOfDamage);
  // A page that is damaged throughout quotes nothing.
  const bool mixed = sound.wide * kSoundPart >= sound.damaged;
  size_t searches = kMostSearches;
  size_t number = 0;
  bool fenced = false;
  for (size_t line = 0; line < lines.size(); ++line) {
    fenced ^= Fence(page, lines[line]);
    if (all[line].empty()) continue;
    size_t wide = 0;
    for (const Found& one : all[line]) wide += one.wide;
    const bool alone = Covers(page, lines[line], all[line]);
    const std::u32string outside = Outside(page, lines[line], all[line]);
    const bool stands = mixed && StandElsewhere(sound, all[line], wide, searches);
    size_t place = outside.npos;
    for (Found& one : all[line]) {
      place = outside.find(kStretch, place + 1);
      const bool quoted = (!alone || all[line].size() == 1) && Quoted(outside, place);
      const size_t few = InPairs(one.hypothesis->wrong) ? kShortPairs : kShortLetters;
      if (of_damage || stands || OfEncodings(sound, sound.places[number])) {
        one.most = kQuoted;
      } else if (mixed && (fenced || quoted || (!alone && wide < few))) {
        one.most = kShort;
      }
      ++number;
    }
  }
}

}  // namespace siku::refine
