// Fast similarity sketching: the bins of two sets agree with a probability that is their Jaccard
// similarity, independent enough for locality-sensitive hashing, at O(1) a shingle for sets larger
// than the sketch.
//
// S. Dahlgaard, M. Knudsen, M. Thorup: Fast Similarity Sketching, FOCS 2017.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace siku::refine::duplicates {

/// The bands of locality-sensitive hashing: `bands` groups of `rows` bins.
struct BandShape {
  int bands = 0;
  int rows = 0;
};

/// 1 - (1 - s^rows)^bands: how likely two sets of Jaccard similarity s share a band.
double CollisionProbability(double similarity, BandShape shape);

/// The most selective shape of at most `bins` bins that still finds a pair at the threshold with a
/// probability of 0.99.
BandShape ChooseBands(double threshold, int bins);

/// Data-Juicer's and datasketch's rule: the shape of least error, where the error is half the area
/// under the false positives plus half that under the false negatives.
BandShape OptimalBands(double threshold, int permutations);

class Sketcher {
 public:
  Sketcher(int bins, uint64_t seed);
  /// `shingles` is not empty and may hold repeats; `bins` has as many places as the sketcher bins.
  void Fill(std::span<const uint64_t> shingles, std::span<uint64_t> bins) const;

 private:
  std::vector<uint64_t> seeds_;  // of the rounds
};

/// One key a band: a hash of its rows. Signatures are equal in a band if and, but for 2^-64, only
/// if the keys are.
void BandKeys(std::span<const uint64_t> signature, BandShape shape, std::span<uint64_t> keys);

}  // namespace siku::refine::duplicates
