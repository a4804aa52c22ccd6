#include "siku/encoding.h"

#include <algorithm>
#include <array>
#include <map>

#include "siku/utf8.h"

namespace siku {
namespace {

#include "encoding_tables.inc"

constexpr char32_t kNone = 0;
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

// One decoded character and the bytes it took; `code` kNone: those bytes are broken.
struct Piece {
  char32_t code;
  size_t length;
};

Piece GbFourBytes(std::string_view s, size_t at) {
  if (at + 3 >= s.size()) return {kNone, 1};
  const uint8_t b1 = Byte(s, at), b2 = Byte(s, at + 1), b3 = Byte(s, at + 2), b4 = Byte(s, at + 3);
  if (b1 < 0x81 || b1 > 0xFE || b2 < 0x30 || b2 > 0x39 || b3 < 0x81 || b3 > 0xFE || b4 < 0x30 ||
      b4 > 0x39) {
    return {kNone, 1};
  }
  const auto linear =
      static_cast<uint32_t>(((b1 - 0x81) * 10 + b2 - 0x30) * 1260 + (b3 - 0x81) * 10 + b4 - 0x30);
  constexpr uint32_t kFirstSupplementary = 189000;  // 90 30 81 30
  if (linear >= kFirstSupplementary) {
    const uint32_t code = linear - kFirstSupplementary + 0x10000;
    return {code <= 0x10FFFF ? code : kNone, 4};
  }
  const auto* const end = std::end(kFourByteLinear);
  const auto* const range = std::upper_bound(std::begin(kFourByteLinear), end, linear);
  if (range == std::begin(kFourByteLinear)) return {kNone, 4};
  const size_t i = static_cast<size_t>(range - std::begin(kFourByteLinear)) - 1;
  const uint32_t code = kFourByteCode[i] + linear - kFourByteLinear[i];
  const bool beyond = code > 0xFFFF || (code >= 0xD800 && code < 0xE000);
  return {beyond ? kNone : code, 4};
}

Piece NextGb(std::string_view s, size_t at) {
  const uint8_t lead = Byte(s, at);
  if (lead < 0x80) return {lead, 1};
  if (at + 1 >= s.size()) return {kNone, 1};
  const uint8_t trail = Byte(s, at + 1);
  if (trail >= 0x30 && trail <= 0x39) return GbFourBytes(s, at);
  const int index = GbIndex(lead, trail);
  const char32_t code = index < 0 ? kNone : kGb18030[index];
  // An ASCII trail byte that makes no character stays text of its own.
  if (code == kNone) return {kNone, index < 0 || trail < 0x80 ? 1U : 2U};
  return {code, 2};
}

Piece NextBig5(std::string_view s, size_t at) {
  const uint8_t lead = Byte(s, at);
  if (lead < 0x80) return {lead, 1};
  if (at + 1 >= s.size()) return {kNone, 1};
  const uint8_t trail = Byte(s, at + 1);
  const int index = Big5Index(lead, trail);
  const char32_t code = index < 0 ? kNone : kBig5[index];
  if (code == kNone) return {kNone, index < 0 || trail < 0x80 ? 1U : 2U};
  return {code, 2};
}

Piece NextUtf16(std::string_view s, size_t at, bool big) {
  const auto unit = [&](size_t i) {
    return static_cast<char32_t>(big ? Byte(s, i) << 8 | Byte(s, i + 1)
                                     : Byte(s, i + 1) << 8 | Byte(s, i));
  };
  if (at + 1 >= s.size()) return {kNone, 1};
  const char32_t first = unit(at);
  if (first < 0xD800 || first >= 0xE000) return {first, 2};
  if (first >= 0xDC00 || at + 3 >= s.size()) return {kNone, 2};
  const char32_t second = unit(at + 2);
  if (second < 0xDC00 || second >= 0xE000) return {kNone, 2};
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
    // NUL is a character too, so only a piece that is not a single zero byte can be broken.
    const bool broken = piece.code == kNone && !(Byte(bytes, at) == 0 && piece.length <= 2 &&
                                                 (piece.length == 1 || Byte(bytes, at + 1) == 0));
    if (broken) decoded.broken.push_back(decoded.text.size());
    utf8::Append(broken ? kReplacement : piece.code, decoded.text);
    at += piece.length;
  }
  return decoded;
}

// Reverse maps, made at first use: character -> pair. Where two pairs have one character, the first
// wins, so decoding and encoding again may differ; callers compare.
template <class Table>
std::map<char32_t, uint16_t> ReverseMap(const Table& table, size_t width, uint16_t (*pair)(size_t, size_t)) {
  std::map<char32_t, uint16_t> reverse;
  for (size_t i = 0; i < std::size(table); ++i) {
    if (table[i] != 0) reverse.emplace(table[i], pair(i / width, i % width));
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

bool EncodeGb(char32_t code, std::string& out) {
  static const auto& reverse = *new auto(ReverseMap(kGb18030, 190, GbPair));
  if (const auto found = reverse.find(code); found != reverse.end()) {
    PutPair(found->second, out);
    return true;
  }
  if (code >= 0x10000) {
    PutGbFour(static_cast<uint32_t>(code) - 0x10000 + 189000, out);
    return true;
  }
  const auto* const range = std::upper_bound(std::begin(kFourByteCode), std::end(kFourByteCode), code);
  const size_t i = static_cast<size_t>(range - std::begin(kFourByteCode)) - 1;
  PutGbFour(kFourByteLinear[i] + static_cast<uint32_t>(code) - kFourByteCode[i], out);
  return true;
}

bool EncodeBig5(char32_t code, std::string& out) {
  static const auto& reverse = *new auto(ReverseMap(kBig5, 157, Big5Pair));
  const auto found = reverse.find(code);
  if (found == reverse.end()) return false;
  PutPair(found->second, out);
  return true;
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
    } else if (!(encoding == Encoding::kGb18030 ? EncodeGb(code, out) : EncodeBig5(code, out))) {
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
  static const auto& reverse = *new auto([] {
    std::vector<uint16_t> pairs(0x10000, 0);
    for (size_t i = std::size(kGbk); i-- > 0;) {
      if (kGbk[i] != 0) pairs[kGbk[i]] = GbPair(i / 190, i % 190);
    }
    return pairs;
  }());
  return character < 0x10000 ? reverse[character] : uint16_t{0};
}

}  // namespace gbk

// ---- detection --------------------------------------------------------------------------------

namespace {

// How well bytes read as a double-byte encoding: broken pieces, and pairs whose lead byte is in the
// block of everyday characters (GB 2312 level 1: B0..D7; Big5 level 1: A4..C6).
struct Reading {
  size_t pairs = 0;
  size_t broken = 0;
  size_t everyday = 0;
  double share() const {
    return pairs == 0 ? 0 : static_cast<double>(everyday) / static_cast<double>(pairs);
  }
};

template <class NextPiece>
Reading ReadAs(std::string_view s, NextPiece next, uint8_t first, uint8_t last) {
  Reading reading;
  for (size_t at = 0; at < s.size();) {
    const Piece piece = next(s, at);
    const uint8_t lead = Byte(s, at);
    if (lead >= 0x80) {
      ++reading.pairs;
      if (piece.code == kNone && at + 1 < s.size()) ++reading.broken;
      if (piece.code != kNone && lead >= first && lead <= last) ++reading.everyday;
    }
    at += piece.length;
  }
  return reading;
}

// UTF-16 without a mark: line ends and ASCII leave zeros on one side only.
std::optional<Encoding> Utf16ByZeros(std::string_view s) {
  size_t even = 0, odd = 0;
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] == 0) ++(i % 2 == 0 ? even : odd);
  }
  if (s.size() < 4 || even + odd == 0) return std::nullopt;
  if (even == 0 && odd * 50 >= s.size()) return Encoding::kUtf16Le;
  if (odd == 0 && even * 50 >= s.size()) return Encoding::kUtf16Be;
  return std::nullopt;
}

bool LooksBinary(std::string_view s) {
  size_t control = 0;
  for (const char c : s) {
    const auto byte = static_cast<uint8_t>(c);
    control += byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' && byte != 0x1B;
  }
  return control * 20 > s.size();
}

}  // namespace

Detected DetectEncoding(std::string_view sample, bool whole) {
  if (sample.starts_with("\xEF\xBB\xBF")) return {Encoding::kUtf8, true, false, 3};
  if (sample.starts_with("\xFF\xFE")) return {Encoding::kUtf16Le, true, false, 2};
  if (sample.starts_with("\xFE\xFF")) return {Encoding::kUtf16Be, true, false, 2};
  const size_t bad = utf8::FindInvalid(sample);
  // A character cut off by the end of the sample is no fault.
  const bool cut = !whole && bad != std::string_view::npos && bad + 4 > sample.size();
  if (const auto wide = Utf16ByZeros(sample)) {
    return {*wide, true, LooksBinary(Decode(sample, *wide).text), 0};
  }
  if (bad == std::string_view::npos || cut) {
    return {Encoding::kUtf8, true, LooksBinary(sample), 0};
  }
  if (LooksBinary(sample)) return {Encoding::kUtf8, false, true, 0};
  const Decoded as_utf8 = DecodeUtf8(sample);
  size_t multibyte = 0;
  for (const char c : as_utf8.text) multibyte += static_cast<uint8_t>(c) >= 0xC0;
  // Mostly sound UTF-8 with a few broken bytes: chance does not make sound sequences.
  if (as_utf8.broken.size() * 5 < multibyte) return {Encoding::kUtf8, false, false, 0};
  const Reading gb = ReadAs(sample, NextGb, 0xB0, 0xD7);
  const Reading big5 = ReadAs(sample, NextBig5, 0xA4, 0xC6);
  const double gb_score = gb.share() - 10.0 * static_cast<double>(gb.broken) / static_cast<double>(gb.pairs);
  const double big5_score =
      big5.share() - 10.0 * static_cast<double>(big5.broken) / static_cast<double>(big5.pairs);
  const double best = std::max(gb_score, big5_score);
  if (best < 0) return {Encoding::kUtf8, false, false, 0};
  const bool is_gb = gb_score >= big5_score;
  const double gap = is_gb ? gb_score - big5_score : big5_score - gb_score;
  return {is_gb ? Encoding::kGb18030 : Encoding::kBig5, gap > 0.2, false, 0};
}

}  // namespace siku
