#include <algorithm>

#include "siku/encoding.h"
#include "siku/utf8.h"

namespace siku {
namespace {

using std::string_view_literals::operator""sv;

uint8_t Byte(std::string_view s, size_t i) { return static_cast<uint8_t>(s[i]); }

struct Mark {
  std::string_view bytes;
  Encoding encoding;
};
constexpr Mark kMarks[] = {{"\xEF\xBB\xBF"sv, Encoding::kUtf8},
                           {"\xFF\xFE"sv, Encoding::kUtf16Le},
                           {"\xFE\xFF"sv, Encoding::kUtf16Be},
                           {"\x84\x31\x95\x33"sv, Encoding::kGb18030}};

// Controls that no text has: all of C0 but those that lay out or steer a terminal.
bool IsStrangeControl(uint8_t byte) {
  return byte < 0x20 && (byte < 0x08 || byte > 0x0D) && byte != 0x1B;
}

bool TooManyControls(std::string_view sample) {
  const auto strange = std::count_if(sample.begin(), sample.end(), [](char c) {
    return IsStrangeControl(static_cast<uint8_t>(c));
  });
  return strange * 64 > static_cast<ptrdiff_t>(sample.size());
}

bool IsUsual(char32_t unit) {
  return (unit >= 0x20 && unit < 0x7F) || unit == '\n' || unit == '\r' || unit == '\t' ||
         (unit >= 0x4E00 && unit <= 0x9FFF) || (unit >= 0x3000 && unit <= 0x303F) ||
         (unit >= 0xFF00 && unit <= 0xFFEF) || (unit >= 0x2010 && unit <= 0x2027);
}

// UTF-16 without a mark: nearly every unit is a usual character, and line ends or ASCII leave
// zeros.
std::optional<Encoding> Utf16Of(std::string_view sample) {
  if (sample.find('\0') == std::string_view::npos) return std::nullopt;
  const size_t units = sample.size() / 2;
  size_t little = 0, big = 0;
  for (size_t i = 0; i + 1 < sample.size(); i += 2) {
    const char32_t first = Byte(sample, i), second = Byte(sample, i + 1);
    little += IsUsual(second << 8 | first);
    big += IsUsual(first << 8 | second);
  }
  const size_t needed = units - units / 20;
  if (units == 0 || std::max(little, big) < needed || little == big) return std::nullopt;
  return little > big ? Encoding::kUtf16Le : Encoding::kUtf16Be;
}

struct Utf8Census {
  size_t wide = 0;    // sound characters of two bytes and more
  size_t broken = 0;  // malformed parts
};

Utf8Census CountUtf8(std::string_view sample, bool whole) {
  Utf8Census census;
  for (size_t at = 0; at < sample.size();) {
    const size_t bad = utf8::FindInvalid(sample.substr(at));
    const std::string_view sound = sample.substr(at, bad);
    census.wide += static_cast<size_t>(std::count_if(sound.begin(), sound.end(), [](char c) {
      return (static_cast<uint8_t>(c) & 0xC0U) == 0xC0;
    }));
    if (bad == std::string_view::npos) break;
    at += bad;
    const size_t length = utf8::InvalidLength(sample.substr(at));
    // The last character may be cut by the sample's end.
    if (whole || at + length < sample.size()) ++census.broken;
    at += length;
  }
  return census;
}

// Characters of the commoner half of each set, less what does not decode. The common Han characters
// have the leads B0..D7 in GB 2312 (level 1) and A4..C6 in Big5 (level 1); pages use little else.
int64_t GbScore(std::string_view sample) {
  int64_t score = 0;
  for (size_t i = 0; i + 1 < sample.size();) {
    const uint8_t lead = Byte(sample, i), trail = Byte(sample, i + 1);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const bool pair = gbk::Decode(lead, trail) != 0;
    if (!pair) {
      score -= 8;
    } else if (trail >= 0xA1 && ((lead >= 0xB0 && lead <= 0xD7) || lead == 0xA1 || lead == 0xA3)) {
      ++score;
    }
    i += pair ? 2 : 1;
  }
  return score;
}

int64_t Big5Score(std::string_view sample) {
  int64_t score = 0;
  for (size_t i = 0; i + 1 < sample.size();) {
    const uint8_t lead = Byte(sample, i), trail = Byte(sample, i + 1);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const bool pair = (trail >= 0x40 && trail <= 0x7E) || (trail >= 0xA1 && trail <= 0xFE);
    if (!pair || lead < 0x87 || lead > 0xF9) {
      score -= 8;
    } else if ((lead >= 0xA4 && lead <= 0xC6) || lead == 0xA1) {
      ++score;
    }
    i += pair ? 2 : 1;
  }
  return score;
}

}  // namespace

Detected DetectEncoding(std::string_view sample, bool whole) {
  for (const Mark& mark : kMarks) {
    if (!sample.starts_with(mark.bytes)) continue;
    return {.encoding = mark.encoding, .certain = true, .bom = mark.bytes.size()};
  }
  if (const auto wide = Utf16Of(sample)) return {.encoding = *wide, .certain = false};
  Detected found;
  found.binary = TooManyControls(sample);
  const Utf8Census census = CountUtf8(sample, whole);
  if (census.broken == 0) {
    found.certain = true;
    return found;
  }
  // A few broken bytes in sound UTF-8: other encodings make sound sequences only by rare chance.
  if (census.broken * 4 <= census.wide) return found;
  const int64_t gb = GbScore(sample), big5 = Big5Score(sample);
  if (std::max(gb, big5) <= 0) {
    found.binary = found.binary || census.wide == 0;
    return found;
  }
  found.encoding = gb >= big5 ? Encoding::kGb18030 : Encoding::kBig5;
  return found;
}

}  // namespace siku
