#include "repair/scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "siku/encoding.h"

namespace siku::refine {
namespace {

uint8_t ByteAt(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0};
}

// A letter of a reading: ASCII, or the lead byte of one with a tone mark (U+00E0 to U+01DC, ɑ ɡ).
bool BeginsReading(uint8_t byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 0xC3 && byte <= 0xC9);
}

// A reading has six letters at most; then its bracket closes.
bool Closes(std::string_view text, size_t at) {
  constexpr size_t kLongest = 12;  // bytes
  for (size_t i = at; i < at + kLongest; ++i) {
    const uint8_t byte = ByteAt(text, i);
    if (byte == ')' || byte == 0xEF) return true;
    if (byte < 0x80 && !(byte >= 'a' && byte <= 'z')) return false;
  }
  return false;
}

// "(" behind three-byte characters and before a letter, also where a full-width "（" stands.
bool LooksAnnotated(std::string_view text, size_t bracket) {
  return bracket > 0 && ByteAt(text, bracket - 1) >= 0x80 &&
         BeginsReading(ByteAt(text, bracket + 1)) && Closes(text, bracket + 1);
}

// "?" behind a character of which a byte was torn, before a mark that begins a run, or before
// letters that end with ")".
bool LooksShifted(std::string_view text, size_t question) {
  if (question > 0 && ByteAt(text, question - 1) >= 0x80) return true;
  const uint8_t next = ByteAt(text, question + 1);
  if (next == '(' || next == '!' || next == ';' || next == ',' || next == ':' || next == '?') {
    const uint8_t behind = ByteAt(text, question + 2);
    return behind >= 0x40;
  }
  if (next == 0xEF || next == 0xE3) return ByteAt(text, question + 4) >= 0x40;
  return BeginsReading(next) && Closes(text, question + 1);
}

bool Suspicious(std::string_view text, size_t at) {
  switch (ByteAt(text, at)) {
    case '(':
      return LooksAnnotated(text, at);
    case 0x88:  // last byte of （, U+FF08
      return at >= 2 && ByteAt(text, at - 1) == 0xBC && ByteAt(text, at - 2) == 0xEF &&
             BeginsReading(ByteAt(text, at + 1)) && Closes(text, at + 1);
    case '?':
      return LooksShifted(text, at);
    case 0xBF:  // of U+FFFD
      return ByteAt(text, at + 1) == 0xBD && at > 0 && ByteAt(text, at - 1) == 0xEF;
    case 0xC3:  // of U+FFFD read as Latin-1: ï¿½
      return text.substr(at).starts_with("\xC3\xAF\xC2\xBF\xC2\xBD");
    case 0x83:  // of 烫
      return ByteAt(text, at + 1) == 0xAB && ByteAt(text, at + 3) == 0x83;
    case 0xB1:  // of 屯
      return ByteAt(text, at + 1) == 0xAF && ByteAt(text, at + 3) == 0xB1;
    case 0x94:  // of 锟
      return ByteAt(text, at + 1) == 0x9F && at > 0 && ByteAt(text, at - 1) == 0xE9;
    case 0x9A:  // of 嚙, before 踝
      return ByteAt(text, at + 1) == 0x99 && ByteAt(text, at + 3) == 0xB8;
    case 0x8F:  // of 쏙
      return ByteAt(text, at + 1) == 0x99 && at > 0 && ByteAt(text, at - 1) == 0xEC;
    case 0x87:  // of 燙
      return ByteAt(text, at + 1) == 0x99 && at > 0 && ByteAt(text, at - 1) == 0xE7;
    case 0x91:  // of 葺
      return ByteAt(text, at + 1) == 0xBA && ByteAt(text, at + 3) == 0x91;
    case 0x93:  // of 铪
      return ByteAt(text, at + 1) == 0xAA && ByteAt(text, at + 3) == 0x93;
    case 0x8C:  // of 錕
      return ByteAt(text, at + 1) == 0x95 && at > 0 && ByteAt(text, at - 1) == 0xE9;
    case 0x89:  // of 鉿
      return ByteAt(text, at + 1) == 0xBF && at > 0 && ByteAt(text, at - 1) == 0xE9;
    default:
      return false;
  }
}

// The first byte of U+00C0 to U+00FF and what UTF-8 reads as behind it: U+0080 to U+01BF and the
// marks and signs of U+2000 to U+2FFF, U+FFFD.
bool LooksLatin(std::string_view text, size_t at) {
  if (ByteAt(text, at) != 0xC2 && ByteAt(text, at) != 0xC3) return false;
  const uint8_t behind = ByteAt(text, at + 2);
  return (behind >= 0xC2 && behind <= 0xC6) || behind == 0xE2 || behind == 0xEF;
}

bool IsThai(std::string_view text, size_t at) {
  return ByteAt(text, at) == 0xE0 && (ByteAt(text, at + 1) & 0xFE) == 0xB8;
}

bool IsWord(uint8_t byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

bool LooksLikeReference(std::string_view text, size_t at) {
  switch (ByteAt(text, at)) {
    case '&':
      return ByteAt(text, at + 1) == '#' || IsWord(ByteAt(text, at + 1));
    case ';':  // of one that lost its "&"
      return at > 0 && IsWord(ByteAt(text, at - 1));
    default:
      return false;
  }
}

// What the stage of repair/residue/ takes out or puts back; new characters go into Characters, too.
bool LooksResidue(std::string_view text, size_t at) {
  const uint8_t next = ByteAt(text, at + 1), third = ByteAt(text, at + 2);
  const uint8_t byte = ByteAt(text, at);
  switch (byte) {
    case 0xC2:  // C1, SOFT HYPHEN
      return next < 0xA0 || next == 0xAD;
    case 0xE2:  // U+200B to U+200F, U+202A to U+202E, U+2060 to U+2069
      return (next == 0x80 && ((third >= 0x8B && third <= 0x8F) || third >= 0xAA) &&
              third <= 0xAE) ||
             (next == 0x81 && third >= 0xA0 && third <= 0xA9);
    case 0xEE:
      return true;
    case 0xEF:  // to U+F8FF; U+FEFF
      return next <= 0xA3 || (next == 0xBB && third == 0xBF && at > 0);
    default:
      return byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != '\n' && at < text.size());
  }
}

// Traditional characters that most of the words have which converters misspell.
constexpr std::u32string_view kGiveaways = U"幹發範復準籤盡歷後餘劃雲衝鬱塗關聯臺";
constexpr size_t kManyGiveaways = 2;

// What the detectors look for begins with, ends with or is one of these; all others are passed
// over.
class Characters {
 public:
  Characters() {
    SetRare();
    Add(0xE00, 0xE7F);  // Thai
    Add(0x200B, 0x200F);
    Add(0x202A, 0x202E);
    Add(0x2060, 0x2069);
    Add(0xE000, 0xF8FF);
    for (const char32_t code : U"\uFEFF\uFFFD（烫屯锟嚙쏙燙葺铪錕鉿") {
      if (code != 0) Add(code, code);
    }
    for (size_t i = 0; i < damage_.size(); ++i) damage_[i] = rare_[i] | special_[i];
    interesting_ = damage_;
    for (const char32_t code : kGiveaways) interesting_[code >> 6] |= uint64_t{1} << (code & 63);
    for (uint8_t byte = 0; byte < 0x7F; ++byte) {
      plain_[byte] = byte >= 0x20 || byte == '\t' || byte == '\n';
    }
    for (const char byte : {'(', '?', '&', ';'}) plain_[static_cast<uint8_t>(byte)] = false;
  }

  using Bits = std::array<uint64_t, 1024>;  // one a character of the Basic Multilingual Plane

  const Bits& interesting() const { return interesting_; }
  /// Without giveaways.
  const Bits& damage() const { return damage_; }
  /// ASCII to pass over.
  bool IsPlain(char byte) const { return plain_[static_cast<uint8_t>(byte)]; }
  /// Not only by being rare or a giveaway.
  bool Special(uint32_t code) const { return (special_[code >> 6] >> (code & 63) & 1) != 0; }
  bool IsRare(uint32_t code) const { return (rare_[code >> 6] >> (code & 63) & 1) != 0; }

 private:
  void Add(uint32_t first, uint32_t last) {
    for (uint32_t code = first; code <= last; ++code) {
      special_[code >> 6] |= uint64_t{1} << (code & 63);
    }
  }

  // Chinese characters that are neither among the 3,755 of GB 2312 that are common in simplified
  // text nor among the 5,401 of Big5 that are in traditional text. Wrong decodings between UTF-8,
  // GBK and Big5 are full of them. A private-use character counts: code page 936 shows so what GBK
  // lacks.
  void SetRare() {
    for (uint32_t code = 0x3400; code <= 0x9FFF; ++code) Rare(code, true);
    for (uint32_t code = 0xE000; code <= 0xF8FF; ++code) Rare(code, true);
    for (unsigned lead = 0xB0; lead <= 0xD7; ++lead) {
      for (unsigned trail = 0xA1; trail <= 0xFE; ++trail) {
        Rare(gbk::Decode(static_cast<uint8_t>(lead), static_cast<uint8_t>(trail)), false);
      }
    }
    for (unsigned lead = 0xA4; lead <= 0xC6; ++lead) {
      for (unsigned trail = 0x40; trail <= 0xFE; ++trail) {
        if (lead == 0xC6 && trail > 0x7E) break;  // signs from C6A1 on
        Rare(big5::Decode(static_cast<uint8_t>(lead), static_cast<uint8_t>(trail)), false);
      }
    }
  }
  void Rare(uint32_t code, bool rare) {
    if (code > 0xFFFF) return;
    const uint64_t bit = uint64_t{1} << (code & 63);
    rare_[code >> 6] = rare ? rare_[code >> 6] | bit : rare_[code >> 6] & ~bit;
  }

  Bits rare_{}, special_{}, damage_{}, interesting_{};
  std::array<bool, 256> plain_{};
};

const Characters& TheCharacters() {
  static const auto& characters = *new Characters;
  return characters;
}

// Three rare characters within as many bytes as sixteen characters have.
constexpr size_t kRareTogether = 3;
constexpr size_t kRareWithin = 48;
// Two so close may belong to a shifted run.
constexpr size_t kTwoRareWithin = 24;

// Adds up what is found.
class Finding {
 public:
  explicit Finding(std::string_view text) : text_(text) { seen_.fill(0); }

  void LookAtByte(size_t at) {
    if (!look_.page) look_.page = Suspicious(text_, at);
    if (!look_.reference) look_.reference = LooksLikeReference(text_, at);
    if (!look_.residue) look_.residue = LooksResidue(text_, at);
    if (!look_.decoding) look_.decoding = LooksLatin(text_, at) || IsThai(text_, at);
  }
  // A character of three bytes.
  void CountRare(size_t at, uint32_t code) {
    if (!TheCharacters().IsRare(code)) {
      if (look_.traditional) return;
      const bool giveaway = kGiveaways.find(char32_t{code}) != std::u32string_view::npos;
      look_.traditional = giveaway && ++giveaways_ >= kManyGiveaways;
      return;
    }
    look_.rare |= found_ > 0;
    if (found_ > 0 && at - last_ < kTwoRareWithin) look_.page = true;
    last_ = at;
    const size_t now = found_++ % kRareTogether;
    const size_t first = seen_[found_ % kRareTogether];
    if (found_ >= kRareTogether && at - first < kRareWithin) look_.decoding = true;
    seen_[now] = at;
  }
  bool Complete() const {
    return look_.page && look_.reference && look_.residue && look_.decoding && look_.rare;
  }
  const Look& look() const { return look_; }

 private:
  std::string_view text_;
  Look look_{};
  std::array<size_t, kRareTogether> seen_{};
  size_t found_ = 0;
  size_t last_ = 0;
  size_t giveaways_ = 0;
};

constexpr uint32_t CodeOf(uint32_t first, uint32_t second, uint32_t third) {
  return (first & 0xF) << 12 | (second & 0x3F) << 6 | (third & 0x3F);
}

uint32_t CodeAt(std::string_view text, size_t at) {
  return CodeOf(ByteAt(text, at), ByteAt(text, at + 1), ByteAt(text, at + 2));
}

// Four bytes, the first lowest.
uint32_t FourBytes(const char* data) {
  static_assert(std::endian::native == std::endian::little);
  uint32_t word;
  std::memcpy(&word, data, sizeof word);
  return word;
}

// Of a character of three bytes only the bits of its code are left, with what is behind it.
constexpr uint32_t Payload(uint32_t word) { return word ^ 0x8080E0; }
constexpr bool IsThree(uint32_t payload) { return (payload & 0xC0C0F0) == 0; }

uint64_t Has(const Characters::Bits& bits, uint32_t payload) {
  return bits[(payload & 0xF) << 6 | (payload >> 8 & 0x3F)] >> (payload >> 16 & 63) & 1;
}

// Whether four characters of three bytes stand there that may be passed over; `first` is the
// payload of the first.
bool FourToPass(const char* data, uint32_t first, const Characters::Bits& bits) {
  const uint32_t second = Payload(FourBytes(data + 3)), third = Payload(FourBytes(data + 6)),
                 fourth = Payload(FourBytes(data + 9));
  return IsThree(first | second | third | fourth) &&
         (Has(bits, first) | Has(bits, second) | Has(bits, third) | Has(bits, fourth)) == 0;
}

size_t LengthOf(uint8_t lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

}  // namespace

bool IsRare(char32_t character) { return character <= 0xFFFF && TheCharacters().IsRare(character); }

Look LookAtEveryByte(std::string_view text) {
  Finding finding(text);
  for (size_t at = 0; at < text.size(); ++at) finding.LookAtByte(at);
  for (size_t at = 0; at < text.size(); at += LengthOf(ByteAt(text, at))) {
    if ((ByteAt(text, at) & 0xF0) == 0xE0) finding.CountRare(at, CodeAt(text, at));
  }
  return finding.look();
}

Look LookAt(std::string_view text) {
  const Characters& characters = TheCharacters();
  Finding finding(text);
  const char* const data = text.data();
  size_t at = 0;
  // What is not passed over.
  const auto stop = [&] {
    const size_t length = std::min(LengthOf(ByteAt(text, at)), text.size() - at);
    const uint32_t code = length == 3 ? CodeAt(text, at) : 0;
    if (length == 3) finding.CountRare(at, code);
    if (length != 3 || characters.Special(code)) {
      for (size_t i = 0; i < length; ++i) finding.LookAtByte(at + i);
    }
    at += length;
  };
  const Characters::Bits* bits = &characters.interesting();
  constexpr size_t kMost = 13;  // bytes that one step may read
  while (at + kMost <= text.size()) {
    // Chinese comes in runs: four characters at a time.
    uint32_t next = Payload(FourBytes(data + at));
    if (IsThree(next) && FourToPass(data + at, next, *bits)) {
      at += 12;
      continue;
    }
    // Three at most: one of the four is not to be passed over.
    for (; IsThree(next) && Has(*bits, next) == 0; next = Payload(FourBytes(data + at))) at += 3;
    if (characters.IsPlain(data[at])) {
      do ++at;
      while (at < text.size() && characters.IsPlain(data[at]));
      continue;
    }
    stop();
    if (finding.Complete()) return finding.look();
    // Those that were found need not be found again.
    if (finding.look().traditional) bits = &characters.damage();
  }
  while (at < text.size()) stop();
  return finding.look();
}

}  // namespace siku::refine
