// Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte" (2020): what may be
// wrong with two bytes in a row is looked up by three of their halves, as a set of bits.
#include "utf8_valid.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#define SIKU_AVX2 [[gnu::target("avx2")]]

namespace siku::utf8 {
namespace {

enum Wrong : uint8_t {
  kTooShort = 1 << 0,   // a lead byte without its trail
  kTooLong = 1 << 1,    // a trail byte behind ASCII
  kOverlong3 = 1 << 2,  // E0 80 to E0 9F
  kTooLarge = 1 << 3,   // F4 90 and more
  kSurrogate = 1 << 4,  // ED A0 to ED BF
  kOverlong2 = 1 << 5,  // C0, C1
  kTooLarge8 = 1 << 6,  // F5 80 and more
  kOverlong4 = 1 << 6,  // F0 80 to F0 8F
  kTwoTrails = 1 << 7,  // right in characters of three and four bytes only
  kAnyLow = kTooShort | kTooLong | kTwoTrails,
};

constexpr uint8_t kTooLargeLow = kAnyLow | kTooLarge | kTooLarge8;
constexpr uint8_t kBehindLead = kTooLong | kOverlong2 | kTwoTrails;

// By the high half of the first byte, its low half, and the high half of the second.
alignas(16) constexpr uint8_t kFirstHigh[16] = {
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTooLong,
    kTwoTrails,
    kTwoTrails,
    kTwoTrails,
    kTwoTrails,
    kTooShort | kOverlong2,
    kTooShort,
    kTooShort | kOverlong3 | kSurrogate,
    kTooShort | kTooLarge | kTooLarge8 | kOverlong4,
};
alignas(16) constexpr uint8_t kFirstLow[16] = {
    kAnyLow | kOverlong2 | kOverlong3 | kOverlong4,
    kAnyLow | kOverlong2,
    kAnyLow,
    kAnyLow,
    kAnyLow | kTooLarge,
    kTooLargeLow,
    kTooLargeLow,
    kTooLargeLow,
    kTooLargeLow,
    kTooLargeLow,
    kTooLargeLow,
    kTooLargeLow,
    kTooLargeLow,
    kTooLargeLow | kSurrogate,
    kTooLargeLow,
    kTooLargeLow,
};
alignas(16) constexpr uint8_t kSecondHigh[16] = {
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
    kBehindLead | kOverlong3 | kOverlong4 | kTooLarge8,
    kBehindLead | kOverlong3 | kTooLarge,
    kBehindLead | kSurrogate | kTooLarge,
    kBehindLead | kSurrogate | kTooLarge,
    kTooShort,
    kTooShort,
    kTooShort,
    kTooShort,
};

class Checker {
 public:
  SIKU_AVX2 void Take(const char* from) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    if (_mm256_movemask_epi8(bytes) == 0) {  // ASCII
      wrong_ = _mm256_or_si256(wrong_, incomplete_);
    } else {
      const __m256i across = _mm256_permute2x128_si256(before_, bytes, 0x21);
      const __m256i first = _mm256_alignr_epi8(bytes, across, 15);
      const __m256i third =
          _mm256_subs_epu8(_mm256_alignr_epi8(bytes, across, 14), _mm256_set1_epi8(0xE0 - 0x80));
      const __m256i fourth =
          _mm256_subs_epu8(_mm256_alignr_epi8(bytes, across, 13), _mm256_set1_epi8(0xF0 - 0x80));
      // Two trail bytes in a row must stand there, and only there.
      const __m256i two_trails = _mm256_and_si256(_mm256_or_si256(third, fourth),
                                                  _mm256_set1_epi8(static_cast<char>(kTwoTrails)));
      wrong_ = _mm256_or_si256(wrong_, _mm256_xor_si256(two_trails, Pairs(first, bytes)));
    }
    incomplete_ = Incomplete(bytes);
    before_ = bytes;
  }
  SIKU_AVX2 bool valid() const {
    const __m256i all = _mm256_or_si256(wrong_, incomplete_);
    return _mm256_testz_si256(all, all) != 0;
  }

 private:
  SIKU_AVX2 static __m256i LookUp(const uint8_t* table, __m256i halves) {
    const __m128i half = _mm_load_si128(reinterpret_cast<const __m128i*>(table));
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), halves);
  }
  SIKU_AVX2 static __m256i High(__m256i bytes) {
    return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0xF));
  }
  SIKU_AVX2 static __m256i Pairs(__m256i first, __m256i second) {
    const __m256i low = _mm256_and_si256(first, _mm256_set1_epi8(0xF));
    return _mm256_and_si256(
        _mm256_and_si256(LookUp(kFirstHigh, High(first)), LookUp(kFirstLow, low)),
        LookUp(kSecondHigh, High(second)));
  }
  // Not 0 where a character goes on behind the end.
  SIKU_AVX2 static __m256i Incomplete(__m256i bytes) {
    const auto most = [](int byte) { return static_cast<char>(byte); };
    const __m256i ends = _mm256_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                          -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                          -1, most(0xEF), most(0xDF), most(0xBF));
    return _mm256_subs_epu8(bytes, ends);
  }

  __m256i before_{}, incomplete_{}, wrong_{};
};

SIKU_AVX2 bool IsValid(std::string_view bytes) {
  constexpr size_t kStep = sizeof(__m256i);
  Checker checker;
  size_t at = 0;
  for (; at + kStep <= bytes.size(); at += kStep) checker.Take(bytes.data() + at);
  char rest[kStep] = {};  // zeros behind the end are ASCII
  std::memcpy(rest, bytes.data() + at, bytes.size() - at);
  checker.Take(rest);
  return checker.valid();
}

}  // namespace

bool IsSurelyValid(std::string_view bytes) {
  static const bool can = __builtin_cpu_supports("avx2") != 0;
  return can && IsValid(bytes);
}

}  // namespace siku::utf8

#else

namespace siku::utf8 {

bool IsSurelyValid(std::string_view) { return false; }

}  // namespace siku::utf8

#endif
