#include "script/script_dictionary.h"

#include <algorithm>
#include <bit>
#include <string>

#include "siku/utf8.h"

namespace siku::refine {
namespace {

constexpr char32_t kPlanes = 0x30000;  // 0 to 2: first looks go so far
constexpr char32_t kFirstOfThreeBytes = 0x800, kFirstOfFour = 0x10000;
constexpr char32_t kFirstDescription = 0x2FF0, kLastDescription = 0x2FFF;

bool Describes(char32_t c) { return c >= kFirstDescription && c <= kLastDescription; }

uint64_t PlaceOf(uint64_t value) { return value & 0xFFFFFFFF; }
uint64_t LengthOf(uint64_t value) { return value >> 32 & 0xFFFFFF; }
uint64_t RankOf(uint64_t value) { return value >> 56; }

// The first byte lowest.
uint32_t ThreeBytes(std::string_view text) {
  const auto byte = [&](size_t i) { return uint32_t{static_cast<uint8_t>(text[i])}; };
  return byte(0) | byte(1) << 8 | byte(2) << 16;
}

}  // namespace

ScriptDictionary::ScriptDictionary(const Parts& parts) : parts_(parts), starts_(kPlanes) {
  for (char32_t c = 0; c < kPlanes; ++c) starts_[c] = StartOf(c);
  ascii_ = std::any_of(starts_.begin(), starts_.begin() + 0x80, [](uint32_t s) { return s != 0; });
  for (const uint64_t value : parts_.values) {
    longest_after_ = std::max<size_t>(longest_after_, LengthOf(value));
  }
  FillPairs();
}

std::string_view ScriptDictionary::TextOf(uint64_t value) const {
  return {parts_.texts.data() + PlaceOf(value), LengthOf(value)};
}

uint32_t ScriptDictionary::StartOf(char32_t c) const {
  const bool three = c >= kFirstOfThreeBytes && c < kFirstOfFour;
  std::string own;
  if (three) utf8::Append(c, own);
  const uint32_t alone = three ? ThreeBytes(own) : 0;
  if (Describes(c)) return alone | kLook;
  const uint16_t code = CodeOf(c);
  const Unit unit = code == 0 ? Unit{} : parts_.units[code];
  if (code == 0 || unit.label != code) return alone;
  const uint32_t phrase = unit.base == 0 ? 0U : kPhrase;
  if (!three) return kLook;
  if (unit.value == 0) return alone | phrase;
  const std::string_view after = TextOf(parts_.values[unit.value]);
  return after.size() == 3 ? ThreeBytes(after) | kWord | phrase : alone | kWord | kLook;
}

void ScriptDictionary::FillPairs() {
  const auto& units = parts_.units;
  std::vector<char32_t> character_of(0x10000);
  for (char32_t c = 0; c < parts_.codes.size(); ++c) character_of[parts_.codes[c]] = c;
  // No two units share a base: where a unit lies and its label say whose child it is.
  const auto for_each_child = [&](const auto& parents, const auto& visit) {
    for (size_t at = 1; at < units.size(); ++at) {
      const size_t label = units[at].label;
      if (label == 0 || label >= at || character_of[label] == 0) continue;
      if (parents[at - label] != 0) visit(parents[at - label], character_of[label], units[at]);
    }
  };
  std::vector<char32_t> first_of(units.size());
  for (char32_t c = 0; c < parts_.codes.size(); ++c) {
    const uint16_t code = parts_.codes[c];
    if (code != 0 && units[code].label == code) first_of[units[code].base] = c;
  }
  struct Found {
    char32_t first, second;
    uint32_t thirds;
  };
  std::vector<Found> found;
  std::vector<uint32_t> pair_of(units.size());  // its number from 1
  for_each_child(first_of, [&](char32_t first, char32_t second, const Unit& unit) {
    found.push_back({first, second, 0});
    pair_of[unit.base] = static_cast<uint32_t>(found.size());
  });
  pair_of[0] = 0;
  for_each_child(pair_of, [&](uint32_t pair, char32_t third, const Unit&) {
    found[pair - 1].thirds |= ThirdBit(third);
  });
  // Sixteen bits a pair let through one in sixteen of the others; a fourth of the places or more
  // stay empty.
  const int bits = std::min(static_cast<int>(std::bit_width(found.size())), 20);
  filter_shift_ = 32 - std::max(bits + 4, 6);
  pair_shift_ = 32 - (bits + (found.size() * 4 > size_t{3} << bits ? 1 : 0));
  filter_.assign((size_t{1} << (32 - filter_shift_)) / 64, 0);
  pairs_.assign((size_t{1} << (32 - pair_shift_)) + found.size() + 1, {});
  for (const Found& pair : found) {
    const uint32_t at = HashOf(pair.first, pair.second) >> filter_shift_;
    filter_[at / 64] |= uint64_t{1} << at % 64;
    PutPair(pair.first, pair.second, pair.thirds);
  }
}

void ScriptDictionary::PutPair(char32_t first, char32_t second, uint32_t thirds) {
  std::string both;
  utf8::Append(first, both);
  utf8::Append(second, both);
  if (both.size() != 6 || first >= kFirstOfFour || second >= kFirstOfFour) return;
  Pair pair;
  pair.first = static_cast<uint16_t>(first);
  pair.second = static_cast<uint16_t>(second);
  pair.thirds = static_cast<uint16_t>(thirds);
  const Match match = Longest(both, 0);
  const bool plain = match.after.size() == both.size() &&
                     ((starts_[first] | starts_[second]) & kLook) == 0 &&
                     ThreeBytes(match.after) == (starts_[first] & kThreeBytes) &&
                     ThreeBytes(match.after.substr(3)) == (starts_[second] & kThreeBytes);
  if (match.length == both.size()) pair.kind = plain ? Pair::kPlainWord : Pair::kOther;
  size_t at = HashOf(first, second) >> pair_shift_;
  while (pairs_[at].first != 0) ++at;
  pairs_[at] = pair;
}

ScriptDictionary::Match ScriptDictionary::Longest(std::string_view text, size_t begin) const {
  uint64_t best = UINT64_MAX;  // the rank of the list that the match is from
  Match match;
  uint32_t base = 0;
  for (size_t at = begin; at < text.size();) {
    const uint16_t code = CodeOf(utf8::Next(text, at));
    const Unit unit = parts_.units[base + code];
    if (code == 0 || unit.label != code) break;
    if (unit.value != 0) {
      const uint64_t value = parts_.values[unit.value];
      if (RankOf(value) <= best) {
        best = RankOf(value);
        match = {at - begin, TextOf(value)};
      }
    }
    if (unit.base == 0) break;
    base = unit.base;
  }
  return match;
}

ScriptDictionary::Match ScriptDictionary::Next(std::string_view text, size_t& at) const {
  while (at < text.size()) {
    size_t behind = at;
    const char32_t c = utf8::Next(text, behind);
    const uint32_t start = c < kPlanes ? starts_[c] : kLook;
    if ((start & (kWord | kPhrase | kLook)) != 0) {
      const Match match = Longest(text, at);
      if (match.length != 0 || Describes(c)) return match;
    }
    at = behind;
  }
  return {};
}

}  // namespace siku::refine
