#include "repair/decoding/verdict.h"

#include <algorithm>
#include <string_view>

#include "repair/scan.h"

namespace siku::refine {
namespace {

// So many characters of three bytes come out of no Thai word.
constexpr size_t kLongChinese = 6;

// Not another wrong decoding: at most every fifth character is rare, and none is what a mark of
// UTF-8 looks like in GBK.
bool Common(std::span<const Found> stretches) {
  size_t wide = 0, rare = 0;
  for (const Found& one : stretches) {
    if (one.after.find_first_of(U"锛銆") != one.after.npos) return false;
    wide += one.wide;
    rare += static_cast<size_t>(std::count_if(one.after.begin(), one.after.end(), IsRare));
  }
  return rare * 5 <= wide;
}

// Icons are private characters, too.
bool MostlyUnset(std::span<const Found> stretches) {
  size_t wide = 0, unset = 0;
  for (const Found& one : stretches) {
    wide += one.wide;
    unset += one.unset;
  }
  return unset * 4 > wide * 3;
}

// Three characters at least are different.
bool Varied(std::span<const Found> stretches) {
  std::u32string seen;
  for (const Found& one : stretches) {
    for (const char32_t c : one.after) {
      if (!Wide(c) || seen.find(c) != seen.npos) continue;
      seen.push_back(c);
      if (seen.size() == 3) return true;
    }
  }
  return false;
}

// Text with letters and marks of Latin scripts only, and not half decoded.
bool Western(const Found& found) {
  size_t together = 0;
  for (size_t i = 1; i < found.after.size(); ++i) {
    together += Wide(found.after[i - 1]) && Wide(found.after[i]) ? 1 : 0;
  }
  if (together * 3 > found.wide) return false;
  return std::all_of(found.after.begin(), found.after.end(), [](char32_t c) {
    return c < 0x80 || (c >= 0xA0 && c < 0x250) || (c >= 0x2010 && c <= 0x203A) || c == U'€' ||
           c == U'™';
  });
}

// Letters of Africa, of the Sami and of phonetics; not those of Pinyin, Vietnamese and Romanian.
bool SeldomWestern(char32_t c) {
  if (c < 0x180 || c >= 0x250) return false;
  constexpr std::u32string_view kUsed = U"ƠơƯưǸǹȘșȚț";
  return !(c >= 0x1CD && c <= 0x1DC) && kUsed.find(c) == kUsed.npos;
}

bool Thai(char32_t c) { return c >= 0xE00 && c <= 0xE7F; }

bool Chinese(char32_t c) {
  return IsHan(c) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFFEF) ||
         (c >= 0x2010 && c <= 0x203A) || c == 0xB7;
}

}  // namespace

bool Impossible(const Page& page, const Found& found, const Hypothesis& hypothesis) {
  if (hypothesis.wrong == Wrong::kLatin) {
    return hypothesis.right == Right::kUtf8 &&
           std::any_of(found.after.begin(), found.after.end(), SeldomWestern);
  }
  if (hypothesis.wrong != Wrong::kCp874) return false;
  const auto chinese =
      static_cast<size_t>(std::count_if(found.after.begin(), found.after.end(), Chinese));
  if (chinese * 5 < found.wide * 4) return true;
  // Sound Thai goes on where it begins or ends.
  const bool cut = (found.begin > 0 && Thai(page[found.begin - 1])) || Thai(page[found.end]);
  return cut && chinese < kLongChinese;
}

bool Convincing(std::span<const Found> stretches, const Hypothesis& hypothesis) {
  int wide = 0, gain = 0, cost = 0;
  for (const Found& one : stretches) {
    wide += static_cast<int>(one.wide);
    gain += one.gain;
    cost += one.cost;
  }
  const bool letters = !InPairs(hypothesis.wrong);
  if (hypothesis.right == Right::kUtf8) {
    if (letters && std::all_of(stretches.begin(), stretches.end(), Western)) {
      return wide >= 2 && gain >= 80 * wide;
    }
    return wide >= 2 && gain >= 250 && gain >= (letters ? 150 : 60) * wide && cost <= 200 * wide;
  }
  if (!Varied(stretches) || !Common(stretches) || MostlyUnset(stretches)) return false;
  if (!letters && wide < 2 * static_cast<int>(stretches.size())) return false;
  if (wide >= 6 && gain >= (letters ? 150 : 60) * wide && cost <= 150 * wide) return true;
  return wide >= 4 && gain >= 60 * wide && cost <= 100 * wide;
}

bool Likely(const Found& found, const Hypothesis& hypothesis) {
  const auto wide = static_cast<int>(found.wide);
  if (hypothesis.right == Right::kUtf8) return found.gain >= 150 && found.cost <= 200 * wide;
  return Common(std::span(&found, 1)) && (wide >= 2 || found.unset == found.end - found.begin) &&
         found.gain >= 100 && found.gain >= 50 * wide && found.cost <= 160 * wide;
}

bool MostlyGaps(const Found& found) {
  const auto gaps = static_cast<size_t>(std::count_if(found.cells.begin(), found.cells.end(),
                                                      [](const Cell& cell) { return cell.gap; }));
  return gaps >= 3 && gaps * 4 > found.wide;
}

}  // namespace siku::refine
