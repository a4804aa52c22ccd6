#include <algorithm>
#include <set>

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

// A stray zero is damage in a text; a share of them is another kind of file.
bool TooManyControls(std::string_view sample) {
  const auto strange = std::count_if(sample.begin(), sample.end(), [](char c) {
    return IsStrangeControl(static_cast<uint8_t>(c));
  });
  // A handful may stand in any text; a short file is no less of one for them.
  return strange > 8 + static_cast<ptrdiff_t>(sample.size()) / 64;
}

// The commonest characters of modern text in both scripts: near half of any page, and a hundredth
// of what a wrong decoding makes.
constexpr std::u32string_view kCommon =
    U"的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而"
    U"子那得于於着著下自之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当"
    U"當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前开開但因只从從想实實日军軍者意无無力"
    U"它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并物"
    U"手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內信表化老给"
    U"給世位次度门門任常先海通教儿兒原东東声聲提立及比员員解水名真论論处處走义義各入几幾口认認条條"
    U"平系气氣题題活尔爾更别別打女变變四神总總何电電数數安少报報才结結反受目太量再感建务務做接必场"
    U"場件计計管期市直德资資命山金指克许許统統区區保至队隊形社便空决決治展马馬科司五基眼书書非则則"
    U"听聽白却卻界达達光放强強即像难難且权權思王象完设設式色路记記南品住告类類求据據程北边邊死张張"
    U"该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶导導争爭运運";
constexpr std::u32string_view kMarksOfText = U"，。、：；！？「」『』《》“”（）　…—";

bool IsCommon(char32_t code) {
  static const auto& common = *new std::set<char32_t>([] {
    std::set<char32_t> all(kCommon.begin(), kCommon.end());
    all.insert(kMarksOfText.begin(), kMarksOfText.end());
    return all;
  }());
  return common.contains(code);
}

bool IsUsual(char32_t unit) {
  return (unit >= 0x20 && unit < 0x7F) || unit == '\n' || unit == '\r' || unit == '\t' ||
         (unit >= 0x4E00 && unit <= 0x9FFF) || (unit >= 0x3000 && unit <= 0x303F) ||
         (unit >= 0xFF00 && unit <= 0xFFEF) || (unit >= 0x2010 && unit <= 0x2027);
}

// How far the units of one byte order make a text.
struct Utf16Census {
  size_t usual = 0;
  size_t evident = 0;  // ASCII, or common Chinese: two ASCII letters make a rare one
};

// UTF-16 without a mark: nearly every unit is usual, and enough of them are what a text must have.
std::optional<Encoding> Utf16Of(std::string_view sample, bool whole) {
  if (whole && sample.size() % 2 != 0) return std::nullopt;
  Utf16Census little, big;
  const size_t units = sample.size() / 2;
  const auto count = [](Utf16Census& census, char32_t unit) {
    if (!IsUsual(unit)) return;
    ++census.usual;
    census.evident += unit < 0x80 || IsCommon(unit);
  };
  for (size_t i = 0; i + 1 < sample.size(); i += 2) {
    const char32_t first = Byte(sample, i), second = Byte(sample, i + 1);
    count(little, second << 8 | first);
    count(big, first << 8 | second);
    // Far from both after a while: most files end here.
    if (i == 4096 && std::max(little.usual, big.usual) < i / 4) return std::nullopt;
  }
  const bool is_little = little.evident > big.evident;
  const Utf16Census& best = is_little ? little : big;
  if (best.usual < units - units / 20 || best.evident < 2 || best.evident * 5 < units ||
      little.evident == big.evident) {
    return std::nullopt;
  }
  return is_little ? Encoding::kUtf16Le : Encoding::kUtf16Be;
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

// The common Han characters have the leads B0..D7 in GB 2312 (level 1) and A4..C6 in Big5 (level
// 1); marks have A1 in both and A3 in GB 2312.
bool InCommonerHalf(Encoding encoding, uint8_t lead, uint8_t trail) {
  if (encoding == Encoding::kBig5) return lead == 0xA1 || (lead >= 0xA4 && lead <= 0xC6);
  return trail >= 0xA1 && (lead == 0xA1 || lead == 0xA3 || (lead >= 0xB0 && lead <= 0xD7));
}

struct Reading {
  Encoding encoding = Encoding::kGb18030;
  int64_t pairs = 0;
  int64_t common = 0;
  int64_t broken = 0;
  int64_t score = 0;
};

Reading ReadAs(Encoding encoding, std::string_view sample, bool whole) {
  Reading reading{.encoding = encoding};
  const Decoded decoded = Decode(sample, encoding);
  reading.broken = static_cast<int64_t>(decoded.broken.size());
  if (!whole && !decoded.broken.empty() && decoded.broken.back() + 3 == decoded.text.size()) {
    --reading.broken;
  }
  for (size_t at = 0; at < decoded.text.size();) {
    const char32_t code = utf8::Next(decoded.text, at);
    reading.pairs += code >= 0x80;
    reading.common += code >= 0x80 && IsCommon(code);
  }
  int64_t half = 0;
  for (size_t i = 0; i + 1 < sample.size();) {
    const bool pair = Byte(sample, i) >= 0x80;
    half += pair && InCommonerHalf(encoding, Byte(sample, i), Byte(sample, i + 1));
    i += pair ? 2 : 1;
  }
  reading.score = 2 * half + 4 * reading.common - 16 * reading.broken;
  return reading;
}

// A page of Chinese, rather than bytes that happen to be assigned.
bool IsEvident(const Reading& best, const Reading& other) {
  // One break in a short text, and one in twenty-five characters of a long one.
  const bool sound = best.broken * 25 <= best.pairs + 25;
  const bool chinese = best.pairs < 100 || best.common * 10 >= best.pairs;
  return sound && chinese && best.score >= 8 && best.score * 2 >= other.score * 3;
}

}  // namespace

Detected DetectEncoding(std::string_view sample, bool whole) {
  for (const Mark& mark : kMarks) {
    if (!sample.starts_with(mark.bytes)) continue;
    return {.encoding = mark.encoding, .certain = true, .bom = mark.bytes.size()};
  }
  const Utf8Census census = CountUtf8(sample, whole);
  // ASCII and UTF-8 without a zero need no second thought.
  if (census.broken > 0 || sample.find('\0') != std::string_view::npos) {
    if (const auto wide = Utf16Of(sample, whole)) return {.encoding = *wide, .certain = true};
  }
  Detected found;
  found.binary = TooManyControls(sample);
  // A few broken bytes in sound UTF-8: other encodings make sound sequences only by rare chance.
  found.certain = census.broken * 4 <= census.wide;
  if (found.certain) return found;
  const Reading gb = ReadAs(Encoding::kGb18030, sample, whole);
  const Reading big5 = ReadAs(Encoding::kBig5, sample, whole);
  const bool is_gb = gb.score >= big5.score;
  const Reading& best = is_gb ? gb : big5;
  if (IsEvident(best, is_gb ? big5 : gb)) {
    found.encoding = best.encoding;
    found.certain = true;
  } else if (census.broken * 8 <= sample.size()) {
    // Some bytes of no encoding we know in what is else ASCII: they are flagged, and kept.
    found.certain = true;
  } else {
    found.encoding = best.encoding;
    found.binary = found.binary || best.broken * 4 > best.pairs;
  }
  return found;
}

}  // namespace siku
