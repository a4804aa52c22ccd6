#include "duplicates/simhash.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace siku::refine::duplicates {
namespace {

// Masks of all choices of `chosen` blocks out of `blocks`; the first blocks are a bit longer where
// 64 does not divide.
std::vector<uint64_t> Masks(int blocks, int chosen) {
  std::vector<uint64_t> block_masks;
  int begin = 0;
  for (int i = 0; i < blocks; ++i) {
    const int size = 64 / blocks + (i < 64 % blocks ? 1 : 0);
    const uint64_t ones = size == 64 ? ~uint64_t{0} : (uint64_t{1} << size) - 1;
    block_masks.push_back(ones << begin);
    begin += size;
  }
  std::vector<bool> taken(static_cast<size_t>(blocks));
  std::fill(taken.begin(), taken.begin() + chosen, true);
  std::vector<uint64_t> masks;
  do {
    uint64_t mask = 0;
    for (size_t i = 0; i < taken.size(); ++i) mask |= taken[i] ? block_masks[i] : 0;
    masks.push_back(mask);
  } while (std::prev_permutation(taken.begin(), taken.end()));
  return masks;
}

}  // namespace

uint64_t Simhash(std::span<const uint64_t> hashes) {
  // Counters of eight bits side by side would overflow; 64 whole ones are quick enough beside MD5.
  int64_t ones[64] = {};
  for (const uint64_t hash : hashes) {
    for (int i = 0; i < 64; ++i) ones[i] += static_cast<int64_t>(hash >> i & 1);
  }
  uint64_t fingerprint = 0;
  for (int i = 0; i < 64; ++i) {
    const bool more = 2 * ones[i] > static_cast<int64_t>(hashes.size());
    fingerprint |= static_cast<uint64_t>(more) << i;
  }
  return fingerprint;
}

void ForEachNearPair(std::span<const uint64_t> fingerprints, int blocks, int distance,
                     const std::function<void(NearPair)>& found) {
  std::vector<uint32_t> order(fingerprints.size());
  std::iota(order.begin(), order.end(), uint32_t{0});
  for (const uint64_t mask : Masks(blocks, blocks - distance)) {
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      const uint64_t x = fingerprints[a] & mask;
      const uint64_t y = fingerprints[b] & mask;
      return x != y ? x < y : a < b;
    });
    for (size_t begin = 0; begin < order.size(); ++begin) {
      const uint64_t here = fingerprints[order[begin]];
      for (size_t i = begin + 1; i < order.size(); ++i) {
        const uint64_t other = fingerprints[order[i]];
        if ((here & mask) != (other & mask)) break;
        if (std::popcount(here ^ other) <= distance) found({order[begin], order[i]});
      }
    }
  }
}

}  // namespace siku::refine::duplicates
