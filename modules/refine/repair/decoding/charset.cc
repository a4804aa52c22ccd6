#include "repair/decoding/charset.h"

#include <algorithm>
#include <vector>

#include "siku/encoding.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

constexpr char32_t kSpaceWide = 0x3000;

// Character of the Basic Multilingual Plane -> byte; 0 where it has none.
using ByteMap = std::array<uint8_t, 0x10000>;
// -> one or two pairs.
struct PairMap {
  std::array<uint16_t, 0x10000> first{}, second{};
  void Add(char32_t code, uint16_t pair) {
    if (code == 0 || code > 0xFFFF || first[code] == pair) return;
    (first[code] == 0 ? first : second)[code] = pair;
  }
};

const ByteMap& BytesOf(Wrong wrong) {
  const auto make = [](std::initializer_list<SingleByte> encodings) {
    auto* map = new ByteMap{};
    for (const SingleByte encoding : encodings) {
      for (unsigned byte = 0x80; byte <= 0xFF; ++byte) {
        const char32_t code = DecodeByte(static_cast<uint8_t>(byte), encoding);
        // What a code page leaves open, Windows and browsers show as a control.
        (*map)[code == 0 ? byte : code] = static_cast<uint8_t>(byte);
      }
    }
    return map;
  };
  static const ByteMap& latin = *make({SingleByte::kLatin1, SingleByte::kCp1252});
  static const ByteMap& thai = *make({SingleByte::kCp874});
  return wrong == Wrong::kCp874 ? thai : latin;
}

template <class Each>
void ForEachPair(Each each) {
  for (unsigned lead = 0x81; lead <= 0xFE; ++lead) {
    for (unsigned trail = 0x40; trail <= 0xFE; ++trail) {
      if (trail != 0x7F) each(static_cast<uint8_t>(lead), static_cast<uint8_t>(trail));
    }
  }
}

uint16_t PairOf(uint8_t lead, uint8_t trail) { return static_cast<uint16_t>(lead << 8 | trail); }

// Kana, Cyrillic and digits that some decoders of Big5 have from C6A1 on, where others follow ETEN:
// runs of pairs in the order of the table, and of characters.
struct OldRun {
  int index;
  char32_t code;
  int length;
};
constexpr OldRun kOldRuns[] = {
    {10896, 0x30FE, 1},  {10897, 0x309D, 2}, {10899, 0x3005, 1},  {10900, 0x3041, 83},
    {10983, 0x30A1, 86}, {11069, 0x0414, 2}, {11071, 0x0401, 1},  {11072, 0x0416, 7},
    {11079, 0x0423, 19}, {11098, 0x0451, 1}, {11099, 0x0436, 26}, {11125, 0x2460, 10},
    {11135, 0x2474, 10},
};

uint16_t OldBig5Pair(char32_t code) {
  for (const OldRun& run : kOldRuns) {
    if (code < run.code || code >= run.code + static_cast<char32_t>(run.length)) continue;
    const int index = run.index + static_cast<int>(code - run.code);
    const int trail = index % 157;
    return PairOf(static_cast<uint8_t>(index / 157 + 0x81),
                  static_cast<uint8_t>(trail < 63 ? trail + 0x40 : trail - 63 + 0xA1));
  }
  return 0;
}

// Pairs that were private characters before GB 18030-2022.
constexpr std::array<std::pair<char32_t, uint16_t>, 19> kPrivatePairs = {{
    {0xE78D, 0xA6D9}, {0xE78E, 0xA6DA}, {0xE78F, 0xA6DB}, {0xE790, 0xA6DC}, {0xE791, 0xA6DD},
    {0xE792, 0xA6DE}, {0xE793, 0xA6DF}, {0xE794, 0xA6EC}, {0xE795, 0xA6ED}, {0xE796, 0xA6F3},
    {0xE7C7, 0xA8BC}, {0xE81E, 0xFE59}, {0xE826, 0xFE61}, {0xE82B, 0xFE66}, {0xE82C, 0xFE67},
    {0xE832, 0xFE6D}, {0xE843, 0xFE7E}, {0xE854, 0xFE90}, {0xE864, 0xFEA0},
}};

const PairMap& PairsOf(Wrong wrong) {
  static const PairMap& gbk_pairs = *[] {
    auto* map = new PairMap;
    ForEachPair([&](uint8_t lead, uint8_t trail) {
      map->Add(gbk::Decode(lead, trail), PairOf(lead, trail));
    });
    // GB18030 has a character for every pair, many of them private.
    ForEachPair([&](uint8_t lead, uint8_t trail) {
      const char pair[] = {static_cast<char>(lead), static_cast<char>(trail)};
      const Decoded decoded = siku::Decode({pair, 2}, Encoding::kGb18030);
      size_t at = 0;
      if (decoded.broken.empty()) map->Add(utf8::Next(decoded.text, at), PairOf(lead, trail));
    });
    for (const auto& [code, pair] : kPrivatePairs) map->Add(code, pair);
    return map;
  }();
  static const PairMap& big5_pairs = *[] {
    auto* map = new PairMap;
    ForEachPair([&](uint8_t lead, uint8_t trail) {
      map->Add(big5::Decode(lead, trail), PairOf(lead, trail));
    });
    return map;
  }();
  return wrong == Wrong::kBig5 ? big5_pairs : gbk_pairs;
}

bool Assigned(uint8_t lead, uint8_t trail, Wrong wrong) {
  if (wrong == Wrong::kGbk) return gbk::Decode(lead, trail) != 0;
  if (wrong == Wrong::kGb18030) return lead >= 0x81 && lead <= 0xFE && trail >= 0x40;
  // Of what is assigned in some tables of Big5 only, nothing is sure.
  const bool sure = lead >= 0xA1 && lead <= 0xF9 && !(lead == 0xC6 && trail >= 0xA1) &&
                    lead != 0xC7 && lead != 0xC8;
  return sure && big5::Decode(lead, trail) != 0;
}

constexpr bool Continues(uint8_t byte) { return byte >= 0x80 && byte <= 0xBF; }

}  // namespace

ByteOptions OptionsOf(char32_t character, Wrong wrong) {
  ByteOptions options;
  const bool pairs = InPairs(wrong);
  if (character < 0x80) {
    options.Add(static_cast<uint8_t>(character));
    if (!pairs && character == U' ') options.Add(0xA0);
    if (pairs && character > U' ') {
      if (const uint16_t wide = PairsOf(wrong).first[character + 0xFEE0]; wide != 0) {
        options.AddPair(wide);
      }
    }
    if (pairs && character == U' ') options.AddPair(PairsOf(wrong).first[kSpaceWide]);
    return options;
  }
  if (character > 0xFFFF) return options;
  if (!pairs) {
    if (const uint8_t byte = BytesOf(wrong)[character]; byte != 0) options.Add(byte);
    return options;
  }
  const PairMap& map = PairsOf(wrong);
  if (map.first[character] != 0) options.AddPair(map.first[character]);
  if (map.second[character] != 0) options.AddPair(map.second[character]);
  if (wrong != Wrong::kBig5 && character == U'€') options.Add(0x80);
  if (wrong == Wrong::kBig5) {
    const uint16_t old = OldBig5Pair(character);
    if (old != 0 && old != map.first[character]) options.AddPair(old);
  }
  return options;
}

bool MayBeLost(uint8_t byte, uint8_t next, Wrong wrong) {
  switch (wrong) {
    case Wrong::kLatin:
      return DecodeByte(byte, SingleByte::kCp1252) == 0;
    case Wrong::kCp874:
      return DecodeByte(byte, SingleByte::kCp874) == 0;
    case Wrong::kGbk:
    case Wrong::kGb18030:
    case Wrong::kBig5:
      return byte >= 0x80 && (next == 0 || !Assigned(byte, next, wrong));
  }
  return false;
}

std::span<const uint8_t> UnassignedTrails(uint8_t lead, Wrong wrong) {
  using Trails = std::array<std::vector<uint8_t>, 256>;
  const auto make = [](Wrong of) {
    auto* found = new Trails;
    ForEachPair([&](uint8_t first, uint8_t second) {
      if (second >= 0x80 && !Assigned(first, second, of)) (*found)[first].push_back(second);
    });
    return found;
  };
  static const Trails& in_gbk = *make(Wrong::kGbk);
  static const Trails& in_big5 = *make(Wrong::kBig5);
  if (wrong == Wrong::kGbk) return in_gbk[lead];
  if (wrong == Wrong::kBig5) return in_big5[lead];
  return {};
}

Assembly::Outcome Assembly::Take(uint8_t byte, Right right) {
  const auto whole = [&](char32_t code) {
    character = code;
    size = 0;
    pending = {};
    return Outcome::kWhole;
  };
  const auto open = [&] {
    pending[size++] = byte;
    return Outcome::kOpen;
  };
  if (size == 0) {
    if (byte < 0x80) return whole(byte);
    if (right == Right::kUtf8) return byte >= 0xC2 && byte <= 0xF4 ? open() : Outcome::kDead;
    return byte > 0x80 && byte < 0xFF ? open() : Outcome::kDead;
  }
  if (right == Right::kGbk || right == Right::kBig5) {
    const char32_t code =
        right == Right::kGbk ? gbk::Decode(pending[0], byte) : big5::Decode(pending[0], byte);
    return code == 0 ? Outcome::kDead : whole(code);
  }
  if (!Continues(byte)) return Outcome::kDead;
  if (size == 1) {
    const uint8_t lead = pending[0];
    if (lead < 0xE0) {
      const char32_t code = static_cast<char32_t>((lead & 0x1F) << 6 | (byte & 0x3F));
      return code < 0xA0 ? Outcome::kDead : whole(code);
    }
    const bool bad = (lead == 0xE0 && byte < 0xA0) || (lead == 0xED && byte > 0x9F) ||
                     (lead == 0xF0 && byte < 0x90) || (lead == 0xF4 && byte > 0x8F);
    return bad ? Outcome::kDead : open();
  }
  const auto bits = [&](size_t i) { return static_cast<char32_t>(pending[i] & 0x3F); };
  if (size == 2) {
    if (pending[0] >= 0xF0) return open();
    return whole((bits(0) & 0xF) << 12 | bits(1) << 6 | (byte & 0x3F));
  }
  return whole((bits(0) & 7) << 18 | bits(1) << 12 | bits(2) << 6 | (byte & 0x3F));
}

std::span<const uint8_t> Continuations(const Assembly& assembly, Right right) {
  const auto range = [](unsigned first, unsigned last) {
    auto* found = new std::vector<uint8_t>;
    for (unsigned byte = first; byte <= last; ++byte) found->push_back(static_cast<uint8_t>(byte));
    return found;
  };
  // Chinese text: its characters and marks.
  static const std::vector<uint8_t> utf8_leads = {0xE2, 0xE3, 0xE4, 0xE5, 0xE6,
                                                  0xE7, 0xE8, 0xE9, 0xEF};
  static const std::vector<uint8_t>& utf8_rest = *range(0x80, 0xBF);
  static const std::vector<uint8_t>& upper = *range(0xA1, 0xFE);
  if (right != Right::kUtf8) return upper;
  return assembly.size == 0 ? utf8_leads : utf8_rest;
}

}  // namespace siku::refine
