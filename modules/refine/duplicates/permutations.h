// MinHash by many permutations, bit for bit as numpy computes it for Data-Juicer and DataTrove:
// (h * a + b) in 64 bits that wrap around, then modulo 2^61 - 1, then the least of all shingles.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace siku::refine::duplicates {

/// Multipliers and addends drawn as numpy.random.RandomState(seed).randint draws them.
class Permutations {
 public:
  /// Data-Juicer draws a and b in turn; its minima are cut to their lower 32 bits first.
  static Permutations DataJuicer(int count, uint32_t seed = 42);
  /// DataTrove draws all of a, then all of b; `bits` is the precision of its HashConfig, 32 or 64.
  static Permutations DataTrove(int count, uint32_t seed = 1, int bits = 64);

  int count() const { return static_cast<int>(count_); }
  /// The least value of each permutation over `hashes`, which is not empty; repeats change nothing.
  void Minima(std::span<const uint64_t> hashes, std::span<uint64_t> minima) const;
  /// The same, one by one, as the definition reads.
  void PlainMinima(std::span<const uint64_t> hashes, std::span<uint64_t> minima) const;

 private:
  explicit Permutations(int count) : count_(static_cast<size_t>(count)) {}
  size_t count_;
  std::vector<uint64_t> a_, b_;  // padded to whole blocks of lanes
  uint64_t mask_ = ~uint64_t{0};
};

}  // namespace siku::refine::duplicates
