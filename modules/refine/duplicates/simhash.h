// Simhash (M. Charikar, 2002) as Data-Juicer's simhash-pybind computes it, and all pairs of
// fingerprints within a Hamming distance.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace siku::refine::duplicates {

/// Bit i is set where more of the hashes have it than have it not. 0 for none.
uint64_t Simhash(std::span<const uint64_t> hashes);

struct NearPair {
  uint32_t a = 0;  // places in the list of fingerprints, a < b
  uint32_t b = 0;
};

/// Calls `found` for every pair within `distance`, some several times, in a fixed order.
/// `fingerprints` are sorted and different; `blocks` > `distance`.
///
/// 64 bits are cut into blocks. Two fingerprints that differ in at most `distance` bits agree in at
/// least `blocks - distance` blocks; for each choice of so many, those that agree there are
/// compared.
void ForEachNearPair(std::span<const uint64_t> fingerprints, int blocks, int distance,
                     const std::function<void(NearPair)>& found);

}  // namespace siku::refine::duplicates
