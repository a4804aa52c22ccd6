#include "repair/decoding/quotation.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace siku::refine {
namespace {

// What may be a quotation, or is short among sound text, is not applied.
constexpr double kQuoted = 0.5, kShort = 0.85;
constexpr size_t kShortLetters = 4, kShortPairs = 5, kShortQuotation = 16;
constexpr size_t kLongParagraph = 20, kLongSentence = 16, kShortSentence = 9;
// What is damaged in so many places is no quotation.
constexpr size_t kMostSearches = 64;
// Texts about damage quote it.
constexpr std::array<std::u32string_view, 6> kOfDamage = {U"乱码",     U"亂碼",     U"mojibake",
                                                          U"Mojibake", U"文字化け", U"garbled"};
// Texts about encodings may.
constexpr std::array<std::u32string_view, 16> kOfEncodings = {
    U"编码",    U"編碼", U"解码",  U"解碼",  U"字符集",  U"字元集",  U"GBK",        U"GB2312",
    U"GB18030", U"Big5", U"UTF-8", U"utf-8", U"Latin-1", U"latin-1", U"ISO-8859-1", U"charset"};

std::u32string_view Standing(const Page& page, size_t begin, size_t end) {
  return std::u32string_view(page.characters).substr(begin, end - begin);
}

// Whether the sound text of the line or of one beside it speaks of encodings.
bool OfEncodings(const Page& page, std::span<const Line> lines, size_t line) {
  const size_t first = line == 0 ? 0 : line - 1;
  for (size_t i = first; i <= std::min(line + 1, lines.size() - 1); ++i) {
    const auto text = Standing(page, lines[i].begin, lines[i].end);
    const auto says = [&](std::u32string_view word) { return text.find(word) != text.npos; };
    if (std::any_of(kOfEncodings.begin(), kOfEncodings.end(), says)) return true;
  }
  return false;
}

// A sentence of its own.
bool Sentence(const Page& page, const Found& found) {
  constexpr std::u32string_view kEnds = U"。！？；：\n";
  return found.wide >= kShortSentence && kEnds.find(found.after.back()) != kEnds.npos &&
         (found.begin == 0 || kEnds.find(page[found.begin - 1]) != kEnds.npos);
}

// Between marks of quotation or brackets.
bool Quoted(const Page& page, const Found& found) {
  constexpr std::u32string_view kOpening = U"“‘「『《〈(（[【\"'`";
  constexpr std::u32string_view kClosing = U"”’」』》〉)）]】\"'`";
  return found.begin > 0 && kOpening.find(page[found.begin - 1]) != kOpening.npos &&
         kClosing.find(page[found.end]) != kClosing.npos;
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
  std::u32string sound;
  size_t at = 0, damaged = 0;
  for (const auto& found : all) {
    for (const Found& one : found) {
      sound.append(Standing(page, at, one.begin)).push_back(U'\n');
      damaged += CountWide(Standing(page, one.begin, one.end));
      at = one.end;
    }
  }
  sound.append(Standing(page, at, page.size()));
  if (at == 0) return;
  const auto says = [&](std::u32string_view word) { return sound.find(word) != sound.npos; };
  // A page that is damaged throughout quotes nothing.
  const bool mixed = CountWide(sound) * 8 >= damaged;
  const bool of_damage =
      sound.size() * 4 >= damaged && std::any_of(kOfDamage.begin(), kOfDamage.end(), says);
  if (!mixed && !of_damage) return;
  size_t searches = kMostSearches;
  for (size_t line = 0; line < lines.size(); ++line) {
    if (all[line].empty()) continue;
    size_t wide = 0;
    for (const Found& one : all[line]) wide += one.wide;
    const bool alone = Covers(page, lines[line], all[line]);
    const bool quotable = wide < (alone ? kLongParagraph : kLongSentence);
    const bool encodings = quotable && OfEncodings(page, lines, line);
    for (Found& one : all[line]) {
      if (of_damage || (encodings && !(all[line].size() == 1 && !alone && Sentence(page, one))) ||
          (wide < kShortQuotation && searches > 0 && (--searches, says(one.after)))) {
        one.most = kQuoted;
      } else if (!alone && (wide < (InPairs(one.hypothesis->wrong) ? kShortPairs : kShortLetters) ||
                            (wide < kShortQuotation && Quoted(page, one)))) {
        one.most = kShort;
      }
    }
  }
}

}  // namespace siku::refine
