#include "repair/scan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "siku/encoding.h"

namespace siku::refine {
namespace {

constexpr size_t kBlock = 256;

uint8_t ByteAt(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0};
}

// A letter of a reading: ASCII, or the lead byte of one with a tone mark (U+00E0 to U+01DC, ɑ ɡ).
bool BeginsReading(uint8_t byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 0xC3 && byte <= 0xC9);
}

// "(" behind three-byte characters and before a letter, also where a full-width "（" stands.
bool LooksAnnotated(std::string_view text, size_t bracket) {
  return bracket > 0 && ByteAt(text, bracket - 1) >= 0x80 &&
         BeginsReading(ByteAt(text, bracket + 1));
}

// "?" before a mark that begins a run, or before letters that end with ")".
bool LooksShifted(std::string_view text, size_t question) {
  const uint8_t next = ByteAt(text, question + 1);
  if (next == '(' || next == '!' || next == ';' || next == ',' || next == ':' || next == '?') {
    const uint8_t behind = ByteAt(text, question + 2);
    return behind >= 0x40;
  }
  if (next == 0xEF || next == 0xE3) return ByteAt(text, question + 4) >= 0x40;
  return BeginsReading(next);
}

bool Suspicious(std::string_view text, size_t at) {
  switch (ByteAt(text, at)) {
    case '(':
      return LooksAnnotated(text, at);
    case 0x88:  // last byte of （, U+FF08
      return at >= 2 && ByteAt(text, at - 1) == 0xBC && ByteAt(text, at - 2) == 0xEF &&
             BeginsReading(ByteAt(text, at + 1));
    case '?':
      return LooksShifted(text, at);
    case 0xBF:  // of U+FFFD
      return ByteAt(text, at + 1) == 0xBD && at > 0 && ByteAt(text, at - 1) == 0xEF;
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

// Bits of what a block may hold.
constexpr uint8_t kPage = 1, kLatin = 2, kThai = 4, kResidue = 8;

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

// What the stage of repair/residue/ takes out or puts back; see kResidue in BlockBits.
bool LooksResidue(std::string_view text, size_t at) {
  const uint8_t next = ByteAt(text, at + 1), third = ByteAt(text, at + 2);
  const uint8_t byte = ByteAt(text, at);
  switch (byte) {
    case '&':
      return next == '#' || IsWord(next);
    case ';':  // of a reference that lost its "&"
      return at > 0 && IsWord(ByteAt(text, at - 1));
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

// Nothing but comparisons of neighbours, so that the compiler can take many bytes at a time.
uint8_t BlockBits(const char* data) {
  uint8_t found = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const auto byte = static_cast<uint8_t>(data[i]);
    const auto next = static_cast<uint8_t>(data[i + 1]);
    const auto third = static_cast<uint8_t>(data[i + 2]);
    const bool page = (byte == '(') | (byte == '?') | ((byte == 0xBC) & (next == 0x88)) |
                      ((byte == 0xBF) & (next == 0xBD)) | ((byte == 0x83) & (next == 0xAB)) |
                      ((byte == 0xB1) & (next == 0xAF)) | ((byte == 0x94) & (next == 0x9F)) |
                      (((byte == 0x9A) | (byte == 0x8F) | (byte == 0x87)) & (next == 0x99)) |
                      ((byte == 0x91) & (next == 0xBA)) | ((byte == 0x93) & (next == 0xAA)) |
                      ((byte == 0x8C) & (next == 0x95)) | ((byte == 0x89) & (next == 0xBF));
    const bool latin = (byte & 0xFE) == 0xC2;
    const bool thai = (byte == 0xE0) & ((next & 0xFE) == 0xB8);
    const bool residue = (byte == '&') | (byte == ';') | (byte == 0x7F) | (byte == 0xEE) |
                         ((byte < 0x20) & (byte != '\t') & (byte != '\n')) |
                         ((byte == 0xC2) & ((next < 0xA0) | (next == 0xAD))) |
                         ((byte == 0xEF) & ((next <= 0xA3) | (next == 0xBB))) |
                         ((byte == 0xE2) & (next == 0x80) & (third >= 0x8B) & (third <= 0x8F)) |
                         ((byte == 0xE2) & (next == 0x80) & (third >= 0xAA) & (third <= 0xAE)) |
                         ((byte == 0xE2) & (next == 0x81) & (third >= 0xA0) & (third <= 0xA9));
    found = static_cast<uint8_t>(found | (page ? kPage : 0) | (latin ? kLatin : 0) |
                                 (thai ? kThai : 0) | (residue ? kResidue : 0));
  }
  return found;
}

constexpr uint8_t kAll = kPage | kLatin | kThai | kResidue;

// Adds what the bytes of one block say.
void LookCloser(std::string_view text, size_t begin, size_t end, uint8_t bits, Look& look) {
  for (size_t at = begin; at < end; ++at) {
    if ((bits & kPage) != 0 && !look.page) look.page = Suspicious(text, at);
    if ((bits & kResidue) != 0 && !look.residue) look.residue = LooksResidue(text, at);
    if ((bits & kLatin) != 0 && !look.decoding) look.decoding = LooksLatin(text, at);
    if ((bits & kThai) != 0 && !look.decoding) look.decoding = IsThai(text, at);
  }
}

// Chinese characters that are neither among the 3,755 of GB 2312 that are common in simplified text
// nor among the 5,401 of Big5 that are in traditional text. Wrong decodings between UTF-8, GBK and
// Big5 are full of them. A private-use character counts: code page 936 shows so what GBK lacks.
class RareCharacters {
 public:
  RareCharacters() {
    Set(0x3400, 0x9FFF, true);
    Set(0xE000, 0xF8FF, true);
    for (int lead = 0xB0; lead <= 0xD7; ++lead) {
      for (int trail = 0xA1; trail <= 0xFE; ++trail) {
        Forget(gbk::Decode(static_cast<uint8_t>(lead), static_cast<uint8_t>(trail)));
      }
    }
    for (int lead = 0xA4; lead <= 0xC6; ++lead) {
      for (int trail = 0x40; trail <= 0xFE; ++trail) {
        if (lead == 0xC6 && trail > 0x7E) break;  // signs from C6A1 on
        Forget(big5::Decode(static_cast<uint8_t>(lead), static_cast<uint8_t>(trail)));
      }
    }
  }
  uint32_t operator[](uint32_t code) const {
    return static_cast<uint32_t>(bits_[code >> 6] >> (code & 63)) & 1;
  }

 private:
  void Set(uint32_t first, uint32_t last, bool rare) {
    for (uint32_t code = first; code <= last; ++code) {
      const uint64_t bit = uint64_t{1} << (code & 63);
      bits_[code >> 6] = rare ? bits_[code >> 6] | bit : bits_[code >> 6] & ~bit;
    }
  }
  void Forget(char32_t code) {
    if (code != 0) Set(code, code, false);
  }

  std::array<uint64_t, 1024> bits_{};
};

// Four rare characters within as many bytes as sixteen characters have.
constexpr size_t kRareTogether = 4;
constexpr size_t kRareWithin = 48;

const RareCharacters& Rare() {
  static const auto& rare = *new RareCharacters;
  return rare;
}

bool ManyRare(std::string_view text) {
  const RareCharacters& rare = Rare();
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  std::array<size_t, kRareTogether> seen;
  seen.fill(0);
  size_t found = 0;
  size_t at = 0;
  while (at + 3 <= text.size()) {
    const uint8_t byte = data[at];
    if (byte < 0x80) {
      ++at;
    } else if (byte < 0xE0) {
      at += 2;
    } else if (byte < 0xF0) {
      const uint32_t code = static_cast<uint32_t>((byte & 0xF) << 12 | (data[at + 1] & 0x3F) << 6 |
                                                  (data[at + 2] & 0x3F));
      if (rare[code] != 0) {
        size_t& oldest = seen[found++ % kRareTogether];
        if (found > kRareTogether - 1 && at - seen[found % kRareTogether] < kRareWithin) {
          return true;
        }
        oldest = at;
      }
      at += 3;
    } else {
      at += 4;
    }
  }
  return false;
}

}  // namespace

bool IsRare(char32_t character) { return character <= 0xFFFF && Rare()[character] != 0; }

Look LookAt(std::string_view text) {
  Look look;
  for (size_t begin = 0; begin < text.size(); begin += kBlock) {
    const bool whole = text.size() - begin > kBlock + 1;
    const uint8_t bits = whole ? BlockBits(text.data() + begin) : kAll;
    if (bits == 0) continue;
    // One byte more: 0xBC 0x88 may lie across the border.
    LookCloser(text, begin, std::min(text.size(), begin + kBlock + 1), bits, look);
  }
  if (!look.decoding) look.decoding = ManyRare(text);
  return look;
}

}  // namespace siku::refine
