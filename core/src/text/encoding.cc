#include "siku/encoding.h"

#include <algorithm>
#include <array>

#include "siku/utf8.h"

namespace siku {
namespace {

#include "encoding_tables.inc"

constexpr char32_t kNone = 0;             // in the tables: no character
constexpr char32_t kBroken = 0xFFFFFFFF;  // no character can be
constexpr char32_t kReplacement = 0xFFFD;

uint8_t Byte(std::string_view s, size_t i) { return static_cast<uint8_t>(s[i]); }

// Index in the tables of lead 81..FE and trail 40..FE without 7F; -1 outside.
int GbIndex(uint8_t lead, uint8_t trail) {
  if (lead < 0x81 || lead > 0xFE || trail < 0x40 || trail == 0x7F || trail > 0xFE) return -1;
  return (lead - 0x81) * 190 + trail - (trail > 0x7F ? 0x41 : 0x40);
}

int Big5Index(uint8_t lead, uint8_t trail) {
  if (lead < 0x81 || lead > 0xFE) return -1;
  if (trail >= 0x40 && trail <= 0x7E) return (lead - 0x81) * 157 + trail - 0x40;
  if (trail >= 0xA1 && trail <= 0xFE) return (lead - 0x81) * 157 + trail - 0xA1 + 63;
  return -1;
}

// One decoded character and the bytes it took; `code` kBroken: those bytes are none.
struct Piece {
  char32_t code;
  size_t length;
  char32_t mark = kNone;  // a second character of the same bytes
};

// The four-byte table is that of 2000; what has moved to a pair left its place to a private one.
char32_t Place2022(char32_t code) {
  const auto* const assigned = std::find(std::begin(kAssigned2022), std::end(kAssigned2022), code);
  return assigned == std::end(kAssigned2022) ? code
                                             : kPrivate2000[assigned - std::begin(kAssigned2022)];
}
char32_t Place2000(char32_t code) {
  const auto* const vacated = std::find(std::begin(kPrivate2000), std::end(kPrivate2000), code);
  return vacated == std::end(kPrivate2000) ? code
                                           : kAssigned2022[vacated - std::begin(kPrivate2000)];
}

// A digit behind a lead byte: four bytes are one character. What cannot be part of it is read
// again.
Piece GbFourBytes(std::string_view s, size_t at) {
  const size_t left = s.size() - at;
  const uint8_t b1 = Byte(s, at), b2 = Byte(s, at + 1);
  if (left < 3) return {kBroken, 2};
  const uint8_t b3 = Byte(s, at + 2);
  if (b3 < 0x81 || b3 > 0xFE) return {kBroken, 1};
  if (left < 4) return {kBroken, 3};
  const uint8_t b4 = Byte(s, at + 3);
  if (b4 < 0x30 || b4 > 0x39) return {kBroken, 1};
  const auto linear =
      static_cast<uint32_t>(((b1 - 0x81) * 10 + b2 - 0x30) * 1260 + (b3 - 0x81) * 10 + b4 - 0x30);
  constexpr uint32_t kFirstSupplementary = 189000;  // 90 30 81 30
  if (linear >= kFirstSupplementary) {
    const uint32_t code = linear - kFirstSupplementary + 0x10000;
    return {code <= 0x10FFFF ? code : kBroken, 4};
  }
  const auto* const end = std::end(kFourByteLinear);
  const auto* const range = std::upper_bound(std::begin(kFourByteLinear), end, linear);
  if (range == std::begin(kFourByteLinear)) return {kBroken, 4};
  const size_t i = static_cast<size_t>(range - std::begin(kFourByteLinear)) - 1;
  const uint32_t code = kFourByteCode[i] + linear - kFourByteLinear[i];
  const bool beyond = code > 0xFFFF || (code >= 0xD800 && code < 0xE000);
  return {beyond ? kBroken : Place2022(code), 4};
}

// A pair that is no character: an ASCII trail byte stays text of its own.
Piece BrokenPair(uint8_t trail) { return {kBroken, trail < 0x80 ? 1U : 2U}; }

Piece NextGb(std::string_view s, size_t at) {
  const uint8_t lead = Byte(s, at);
  if (lead < 0x80) return {lead, 1};
  // Code page 936 has the euro here, and so have pages that call themselves GBK.
  if (lead == 0x80) return {0x20AC, 1};
  if (lead == 0xFF || at + 1 >= s.size()) return {kBroken, 1};
  const uint8_t trail = Byte(s, at + 1);
  if (trail >= 0x30 && trail <= 0x39) return GbFourBytes(s, at);
  const int index = GbIndex(lead, trail);
  const char32_t code = index < 0 ? kNone : kGb18030[index];
  return code == kNone ? BrokenPair(trail) : Piece{code, 2};
}

// The four pairs of HKSCS that are a letter with a mark behind it.
struct Marked {
  uint8_t trail;
  char32_t letter, mark;
};
constexpr Marked kMarked88[] = {
    {0x62, 0xCA, 0x304}, {0x64, 0xCA, 0x30C}, {0xA3, 0xEA, 0x304}, {0xA5, 0xEA, 0x30C}};

Piece NextBig5(std::string_view s, size_t at) {
  const uint8_t lead = Byte(s, at);
  if (lead < 0x80) return {lead, 1};
  if (lead == 0x80 || lead == 0xFF || at + 1 >= s.size()) return {kBroken, 1};
  const uint8_t trail = Byte(s, at + 1);
  if (lead == 0x88) {
    for (const Marked& marked : kMarked88) {
      if (marked.trail == trail) return {marked.letter, 2, marked.mark};
    }
  }
  const int index = Big5Index(lead, trail);
  const char32_t code = index < 0 ? kNone : kBig5[index];
  return code == kNone ? BrokenPair(trail) : Piece{code, 2};
}

Piece NextUtf16(std::string_view s, size_t at, bool big) {
  const auto unit = [&](size_t i) {
    return static_cast<char32_t>(big ? Byte(s, i) << 8 | Byte(s, i + 1)
                                     : Byte(s, i + 1) << 8 | Byte(s, i));
  };
  const size_t left = s.size() - at;
  if (left < 2) return {kBroken, 1};
  const char32_t first = unit(at);
  if (first < 0xD800 || first >= 0xE000) return {first, 2};
  if (first >= 0xDC00) return {kBroken, 2};
  // What the end cuts off is one piece.
  if (left < 4) return {kBroken, left};
  const char32_t second = unit(at + 2);
  if (second < 0xDC00 || second >= 0xE000) return {kBroken, 2};
  return {0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 4};
}

Decoded DecodeUtf8(std::string_view bytes) {
  Decoded decoded;
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t bad = utf8::FindInvalid(bytes.substr(at));
    if (bad == std::string_view::npos) {
      decoded.text.append(bytes.substr(at));
      break;
    }
    decoded.text.append(bytes.substr(at, bad));
    decoded.broken.push_back(decoded.text.size());
    utf8::Append(kReplacement, decoded.text);
    at += bad + utf8::InvalidLength(bytes.substr(at + bad));
  }
  return decoded;
}

template <class NextPiece>
Decoded DecodeBy(std::string_view bytes, NextPiece next) {
  Decoded decoded;
  decoded.text.reserve(bytes.size() + bytes.size() / 2);
  for (size_t at = 0; at < bytes.size();) {
    const Piece piece = next(bytes, at);
    const bool broken = piece.code == kBroken;
    if (broken) decoded.broken.push_back(decoded.text.size());
    utf8::Append(broken ? kReplacement : piece.code, decoded.text);
    if (piece.mark != kNone) utf8::Append(piece.mark, decoded.text);
    at += piece.length;
  }
  return decoded;
}

// Character -> pair, made at first use. Where two pairs have one character, the first wins, so
// decoding and encoding again may differ; callers compare.
template <class Table>
std::vector<uint16_t> Reversed(const Table& table, size_t width, char32_t limit,
                               uint16_t (*pair)(size_t, size_t)) {
  std::vector<uint16_t> reverse(limit, 0);
  for (size_t i = std::size(table); i-- > 0;) {
    if (table[i] != kNone) reverse[table[i]] = pair(i / width, i % width);
  }
  return reverse;
}

uint16_t GbPair(size_t lead, size_t trail) {
  return static_cast<uint16_t>((lead + 0x81) << 8 | (trail + (trail >= 0x3F ? 0x41 : 0x40)));
}
uint16_t Big5Pair(size_t lead, size_t trail) {
  return static_cast<uint16_t>((lead + 0x81) << 8 | (trail + (trail >= 63 ? 0xA1 - 63 : 0x40)));
}

void PutPair(uint16_t pair, std::string& out) {
  out.push_back(static_cast<char>(pair >> 8));
  out.push_back(static_cast<char>(pair & 0xFF));
}

void PutGbFour(uint32_t linear, std::string& out) {
  out.push_back(static_cast<char>(0x81 + linear / 12600));
  out.push_back(static_cast<char>(0x30 + linear / 1260 % 10));
  out.push_back(static_cast<char>(0x81 + linear / 10 % 126));
  out.push_back(static_cast<char>(0x30 + linear % 10));
}

void EncodeGb(char32_t code, std::string& out) {
  static const auto& reverse = *new auto(Reversed(kGb18030, 190, 0x10000, GbPair));
  if (code < 0x10000 && reverse[code] != 0) {
    PutPair(reverse[code], out);
    return;
  }
  if (code >= 0x10000) {
    PutGbFour(static_cast<uint32_t>(code) - 0x10000 + 189000, out);
    return;
  }
  code = Place2000(code);
  const auto* const range =
      std::upper_bound(std::begin(kFourByteCode), std::end(kFourByteCode), code);
  const size_t i = static_cast<size_t>(range - std::begin(kFourByteCode)) - 1;
  PutGbFour(kFourByteLinear[i] + static_cast<uint32_t>(code) - kFourByteCode[i], out);
}

// HKSCS reaches into plane 2.
const std::vector<uint16_t>& Big5Reverse() {
  static const auto& reverse = *new auto(Reversed(kBig5, 157, 0x30000, Big5Pair));
  return reverse;
}

bool EncodeBig5(char32_t code, std::string& out) {
  const uint16_t pair = big5::Encode(code);
  if (pair != 0) PutPair(pair, out);
  return pair != 0;
}

void EncodeUtf16(char32_t code, bool big, std::string& out) {
  const auto put = [&](char32_t unit) {
    const auto high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    out.push_back(big ? high : low);
    out.push_back(big ? low : high);
  };
  if (code < 0x10000) return put(code);
  put(0xD800 + ((code - 0x10000) >> 10));
  put(0xDC00 + ((code - 0x10000) & 0x3FF));
}

constexpr std::array<std::pair<std::string_view, Encoding>, 8> kNames = {{
    {"utf-8", Encoding::kUtf8},
    {"gb18030", Encoding::kGb18030},
    {"big5", Encoding::kBig5},
    {"utf-16le", Encoding::kUtf16Le},
    {"utf-16be", Encoding::kUtf16Be},
    {"gbk", Encoding::kGb18030},
    {"gb2312", Encoding::kGb18030},
    {"gb-18030", Encoding::kGb18030},
}};

}  // namespace

std::string_view EncodingName(Encoding encoding) {
  return kNames[static_cast<size_t>(encoding)].first;
}

std::optional<Encoding> EncodingFromName(std::string_view name) {
  for (const auto& [known, encoding] : kNames) {
    if (known == name) return encoding;
  }
  return std::nullopt;
}

Decoded Decode(std::string_view bytes, Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return DecodeUtf8(bytes);
    case Encoding::kGb18030:
      return DecodeBy(bytes, NextGb);
    case Encoding::kBig5:
      return DecodeBy(bytes, NextBig5);
    case Encoding::kUtf16Le:
      return DecodeBy(bytes, [](std::string_view s, size_t at) { return NextUtf16(s, at, false); });
    case Encoding::kUtf16Be:
      return DecodeBy(bytes, [](std::string_view s, size_t at) { return NextUtf16(s, at, true); });
  }
  return {};
}

std::optional<std::string> Encode(std::string_view text, Encoding encoding) {
  if (encoding == Encoding::kUtf8) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char32_t code = utf8::Next(text, at);
    if (encoding == Encoding::kUtf16Le || encoding == Encoding::kUtf16Be) {
      EncodeUtf16(code, encoding == Encoding::kUtf16Be, out);
    } else if (code < 0x80) {
      out.push_back(static_cast<char>(code));
    } else if (encoding == Encoding::kGb18030) {
      EncodeGb(code, out);
    } else if (!EncodeBig5(code, out)) {
      return std::nullopt;
    }
  }
  return out;
}

namespace gbk {

char32_t Decode(uint8_t lead, uint8_t trail) {
  const int index = GbIndex(lead, trail);
  return index < 0 ? kNone : kGbk[index];
}

uint16_t Encode(char32_t character) {
  static const auto& reverse = *new auto(Reversed(kGbk, 190, 0x10000, GbPair));
  return character < 0x10000 ? reverse[character] : uint16_t{0};
}

}  // namespace gbk

namespace big5 {

char32_t Decode(uint8_t lead, uint8_t trail) {
  const int index = Big5Index(lead, trail);
  return index < 0 ? kNone : kBig5[index];
}

uint16_t Encode(char32_t character) {
  return character < 0x30000 ? Big5Reverse()[character] : uint16_t{0};
}

}  // namespace big5

char32_t DecodeByte(uint8_t byte, SingleByte encoding) {
  if (byte < 0x80 || encoding == SingleByte::kLatin1) return byte;
  return encoding == SingleByte::kCp1252 ? kCp1252[byte - 0x80] : kCp874[byte - 0x80];
}

}  // namespace siku
