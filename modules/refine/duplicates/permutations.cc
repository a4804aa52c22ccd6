#include "duplicates/permutations.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>

#include "duplicates/lanes.h"

namespace siku::refine::duplicates {
namespace {

constexpr uint64_t kPrime = (uint64_t{1} << 61) - 1;  // Mersenne
constexpr size_t kLanes = sizeof(Lanes64) / sizeof(uint64_t);
constexpr size_t kBlock = 4 * kLanes;  // permutations whose minima stay in registers

// numpy draws 64 bits as two words of the Mersenne twister, the higher first, and takes the next
// where they exceed the range (numpy/random/src/distributions, masked rejection).
class Draws {
 public:
  explicit Draws(uint32_t seed) : twister_(seed) {}
  uint64_t Below(uint64_t low, uint64_t high) {
    for (;;) {
      const uint64_t upper = twister_();
      const uint64_t value = (upper << 32 | twister_()) & kPrime;
      if (value <= high - 1 - low) return low + value;
    }
  }

 private:
  std::mt19937 twister_;
};

SIKU_INLINE Lanes64 Least(Lanes64 x, Lanes64 y) { return x < y ? x : y; }

SIKU_INLINE Lanes64 Load(const uint64_t* from) {
  Lanes64 lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

// x mod 2^61 - 1. Of x = high * 2^61 + low the sum high + low is at most 2^61 + 6; what exceeds the
// prime is taken away once, and the smaller of both is it, for a difference below zero wraps to a
// large number.
SIKU_INLINE Lanes64 Modulo(Lanes64 x) {
  const Lanes64 sum = (x & kPrime) + (x >> 61);
  return Least(sum, sum - kPrime);
}

SIKU_INLINE void MinimaOfBlocks(std::span<const uint64_t> hashes, const uint64_t* a,
                                const uint64_t* b, uint64_t mask, size_t blocks, uint64_t* out) {
  for (size_t block = 0; block < blocks; ++block) {
    Lanes64 multiply[4], add[4], least[4];
    for (size_t i = 0; i < 4; ++i) {
      multiply[i] = Load(a + block * kBlock + i * kLanes);
      add[i] = Load(b + block * kBlock + i * kLanes);
      least[i] = Lanes64{} + std::numeric_limits<uint64_t>::max();
    }
    for (const uint64_t hash : hashes) {
      for (size_t i = 0; i < 4; ++i) {
        least[i] = Least(least[i], Modulo(multiply[i] * hash + add[i]) & mask);
      }
    }
    std::memcpy(out + block * kBlock, least, sizeof(least));
  }
}

#if defined(SIKU_HAS_WIDE)
SIKU_WIDE void WideMinima(std::span<const uint64_t> hashes, const uint64_t* a, const uint64_t* b,
                          uint64_t mask, size_t blocks, uint64_t* out) {
  MinimaOfBlocks(hashes, a, b, mask, blocks, out);
}
SIKU_MIDDLE void MiddleMinima(std::span<const uint64_t> hashes, const uint64_t* a,
                              const uint64_t* b, uint64_t mask, size_t blocks, uint64_t* out) {
  MinimaOfBlocks(hashes, a, b, mask, blocks, out);
}
#endif

void BestMinima(std::span<const uint64_t> hashes, const uint64_t* a, const uint64_t* b,
                uint64_t mask, size_t blocks, uint64_t* out) {
#if defined(SIKU_HAS_WIDE)
  if (HasWide()) return WideMinima(hashes, a, b, mask, blocks, out);
  if (HasMiddle()) return MiddleMinima(hashes, a, b, mask, blocks, out);
#endif
  MinimaOfBlocks(hashes, a, b, mask, blocks, out);
}

size_t Padded(size_t count) { return (count + kBlock - 1) / kBlock * kBlock; }

}  // namespace

Permutations Permutations::DataJuicer(int count, uint32_t seed) {
  Permutations made(count);
  Draws draws(seed);
  for (int i = 0; i < count; ++i) {
    made.a_.push_back(draws.Below(1, kPrime));
    made.b_.push_back(draws.Below(0, kPrime));
  }
  made.mask_ = std::numeric_limits<uint32_t>::max();
  made.a_.resize(Padded(made.count_));
  made.b_.resize(Padded(made.count_));
  return made;
}

Permutations Permutations::DataTrove(int count, uint32_t seed, int bits) {
  Permutations made(count);
  Draws draws(seed);
  for (int i = 0; i < count; ++i) made.a_.push_back(draws.Below(1, kPrime));
  for (int i = 0; i < count; ++i) made.b_.push_back(draws.Below(0, kPrime));
  if (bits == 32) made.mask_ = std::numeric_limits<uint32_t>::max();
  made.a_.resize(Padded(made.count_));
  made.b_.resize(Padded(made.count_));
  return made;
}

void Permutations::Minima(std::span<const uint64_t> hashes, std::span<uint64_t> minima) const {
  std::vector<uint64_t> all(a_.size());
  BestMinima(hashes, a_.data(), b_.data(), mask_, a_.size() / kBlock, all.data());
  std::copy_n(all.begin(), count_, minima.begin());
}

void Permutations::PlainMinima(std::span<const uint64_t> hashes, std::span<uint64_t> minima) const {
  for (size_t i = 0; i < count_; ++i) {
    uint64_t least = std::numeric_limits<uint64_t>::max();
    for (const uint64_t hash : hashes) {
      least = std::min(least, ((hash * a_[i] + b_[i]) % kPrime) & mask_);
    }
    minima[i] = least;
  }
}

}  // namespace siku::refine::duplicates
