#include "duplicates/digest_lanes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "duplicates/lanes.h"

namespace siku::refine::duplicates {
namespace {

constexpr size_t kLanes = sizeof(Lanes32) / sizeof(uint32_t);
constexpr size_t kBlockBytes = 64;
using Words = std::array<Lanes32, 16>;  // of one block of each message
using State = std::array<Lanes32, 5>;   // MD5 uses four

SIKU_INLINE Lanes32 Left(Lanes32 x, int bits) { return (x << bits) | (x >> (32 - bits)); }
SIKU_INLINE Lanes32 Swapped(Lanes32 x) {
  return (x << 24) | ((x & 0xFF00U) << 8) | ((x >> 8) & 0xFF00U) | (x >> 24);
}

// Rounds 20 i to 20 i + 19 of SHA-1 mix by different functions (FIPS 180-4, 4.1.1 and 4.2.1).
SIKU_INLINE Lanes32 Sha1Mixed(int round, Lanes32 b, Lanes32 c, Lanes32 d) {
  if (round < 20) return (d ^ (b & (c ^ d))) + 0x5A827999U;
  if (round < 40) return (b ^ c ^ d) + 0x6ED9EBA1U;
  if (round < 60) return ((b & c) | (d & (b | c))) + 0x8F1BBCDCU;
  return (b ^ c ^ d) + 0xCA62C1D6U;
}

struct Sha1 {
  static constexpr uint32_t kStart[5] = {0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U,
                                         0xC3D2E1F0U};
  static constexpr bool kBigEndian = true;

  static SIKU_INLINE void Block(Words& w, State& s) {
    for (Lanes32& word : w) word = Swapped(word);
    Lanes32 a = s[0], b = s[1], c = s[2], d = s[3], e = s[4];
    for (int i = 0; i < 80; ++i) {
      const auto at = static_cast<size_t>(i) % 16;
      if (i >= 16) w[at] = Left(w[(at + 13) % 16] ^ w[(at + 8) % 16] ^ w[(at + 2) % 16] ^ w[at], 1);
      const Lanes32 next = Left(a, 5) + Sha1Mixed(i, b, c, d) + e + w[at];
      e = d;
      d = c;
      c = Left(b, 30);
      b = a;
      a = next;
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
    s[4] += e;
  }
};

// RFC 1321, 3.4: T[i] is the integer part of 2^32 |sin(i)|, i from 1 in radians.
const std::array<uint32_t, 64>& Md5Sines() {
  static const auto sines = [] {
    std::array<uint32_t, 64> made{};
    for (size_t i = 0; i < made.size(); ++i) {
      made[i] =
          static_cast<uint32_t>(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0);
    }
    return made;
  }();
  return sines;
}

struct Md5 {
  static constexpr uint32_t kStart[5] = {0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U, 0};
  static constexpr bool kBigEndian = false;
  static constexpr int kShifts[4][4] = {
      {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

  static SIKU_INLINE void Block(Words& w, State& s) {
    const auto& sines = Md5Sines();
    Lanes32 a = s[0], b = s[1], c = s[2], d = s[3];
    for (size_t i = 0; i < 64; ++i) {
      const size_t turn = i / 16;
      Lanes32 mixed;
      size_t word = i;
      if (turn == 0) {
        mixed = d ^ (b & (c ^ d));
      } else if (turn == 1) {
        mixed = c ^ (d & (b ^ c));
        word = (5 * i + 1) % 16;
      } else if (turn == 2) {
        mixed = b ^ c ^ d;
        word = (3 * i + 5) % 16;
      } else {
        mixed = c ^ (b | ~d);
        word = (7 * i) % 16;
      }
      const Lanes32 next = b + Left(a + mixed + sines[i] + w[word], kShifts[turn][i % 4]);
      a = d;
      d = c;
      c = b;
      b = next;
    }
    s[0] += a;
    s[1] += b;
    s[2] += c;
    s[3] += d;
  }
};

// The messages of one call, each padded to the same number of blocks: FIPS 180-4, 5.1.1.
struct Padded {
  size_t blocks = 0;
  std::vector<uint8_t> bytes;  // lane after lane
};

size_t BlocksOf(std::string_view message) { return (message.size() + 8) / kBlockBytes + 1; }

void Pad(std::span<const std::string_view> messages, bool big_endian, Padded& padded) {
  const size_t size = padded.blocks * kBlockBytes;
  padded.bytes.assign(size * kLanes, 0);
  for (size_t lane = 0; lane < messages.size(); ++lane) {
    uint8_t* at = padded.bytes.data() + lane * size;
    std::memcpy(at, messages[lane].data(), messages[lane].size());
    at[messages[lane].size()] = 0x80;
    const uint64_t bits = uint64_t{messages[lane].size()} * 8;
    for (size_t i = 0; i < 8; ++i) {
      const size_t shift = big_endian ? 56 - 8 * i : 8 * i;
      at[size - 8 + i] = static_cast<uint8_t>(bits >> shift);
    }
  }
}

SIKU_INLINE void LoadBlock(const Padded& padded, size_t block, Words& words) {
  const size_t size = padded.blocks * kBlockBytes;
  alignas(64) uint32_t columns[16][kLanes];
  for (size_t lane = 0; lane < kLanes; ++lane) {
    uint32_t row[16];
    std::memcpy(row, padded.bytes.data() + lane * size + block * kBlockBytes, kBlockBytes);
    for (size_t i = 0; i < 16; ++i) columns[i][lane] = row[i];
  }
  std::memcpy(words.data(), columns, sizeof(columns));
}

template <class Method>
SIKU_INLINE void Digest(const Padded& padded, State& state) {
  for (size_t i = 0; i < 5; ++i) state[i] = Lanes32{} + Method::kStart[i];
  Words words;
  for (size_t block = 0; block < padded.blocks; ++block) {
    LoadBlock(padded, block, words);
    Method::Block(words, state);
  }
}

#if defined(SIKU_HAS_WIDE)
template <class Method>
SIKU_WIDE void WideDigest(const Padded& padded, State& state) {
  Digest<Method>(padded, state);
}
template <class Method>
SIKU_MIDDLE void MiddleDigest(const Padded& padded, State& state) {
  Digest<Method>(padded, state);
}
#endif

template <class Method>
void BestDigest(const Padded& padded, State& state) {
#if defined(SIKU_HAS_WIDE)
  if (HasWide()) return WideDigest<Method>(padded, state);
  if (HasMiddle()) return MiddleDigest<Method>(padded, state);
#endif
  Digest<Method>(padded, state);
}

uint64_t FirstBytes(const State& state, size_t lane, bool big_endian) {
  const uint32_t first = state[0][lane];
  const uint32_t second = state[1][lane];
  // The digest is read against its own byte order: words are swapped, and MD5's change places.
  return uint64_t{__builtin_bswap32(big_endian ? first : second)} |
         uint64_t{__builtin_bswap32(big_endian ? second : first)} << 32;
}

// Messages of as many blocks go together, so that all lanes take the same steps.
template <class Method>
void Hashes(std::span<const std::string_view> messages, std::span<uint64_t> hashes) {
  Padded padded;
  State state;
  std::array<std::string_view, kLanes> together;
  for (size_t at = 0; at < messages.size();) {
    size_t count = 0;
    padded.blocks = BlocksOf(messages[at]);
    while (count < kLanes && at + count < messages.size() &&
           BlocksOf(messages[at + count]) == padded.blocks) {
      together[count] = messages[at + count];
      ++count;
    }
    Pad(std::span(together).first(count), Method::kBigEndian, padded);
    BestDigest<Method>(padded, state);
    for (size_t lane = 0; lane < count; ++lane) {
      hashes[at + lane] = FirstBytes(state, lane, Method::kBigEndian);
    }
    at += count;
  }
}

}  // namespace

void Sha1Hashes(std::span<const std::string_view> messages, std::span<uint64_t> hashes) {
  Hashes<Sha1>(messages, hashes);
}

void Md5Hashes(std::span<const std::string_view> messages, std::span<uint64_t> hashes) {
  Hashes<Md5>(messages, hashes);
}

}  // namespace siku::refine::duplicates
