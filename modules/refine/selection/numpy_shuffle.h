// The shuffle that Data-Juicer's random_selector draws by: numpy's Generator of PCG64.
// O'Neill, PCG (2014), XSL RR 128/64; seeds by O'Neill's seed_seq_fe.
#pragma once

#include <cstdint>
#include <vector>

namespace siku::refine::selection {

/// numpy.random.default_rng(seed)
class NumpyGenerator {
 public:
  explicit NumpyGenerator(uint64_t seed);
  /// A number of [0, most], as the shuffle draws it.
  uint64_t UpTo(uint64_t most);

 private:
  __extension__ using Wide = unsigned __int128;

  void Step();
  uint64_t Next64();
  uint32_t Next32();

  Wide state_ = 0;
  Wide increment_ = 0;
  bool has_half_ = false;
  uint32_t half_ = 0;
};

/// default_rng(seed).permutation(count)
std::vector<int64_t> NumpyPermutation(uint64_t seed, int64_t count);

}  // namespace siku::refine::selection
