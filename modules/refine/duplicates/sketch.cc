#include "duplicates/sketch.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "duplicates/shingles.h"

namespace siku::refine::duplicates {
namespace {

// Bins not reached yet hold the largest value; a hash of that value is taken for the one below it.
constexpr uint64_t kEmpty = std::numeric_limits<uint64_t>::max();

// The upper half chooses the bin, the lower half decides the order in it.
uint64_t Order(uint64_t hash) { return std::min(std::rotl(hash, 32), kEmpty - 1); }

// The first round reaches most bins and may write to any.
size_t FirstRound(std::span<const uint64_t> shingles, uint64_t seed, std::span<uint64_t> bins) {
  const uint64_t count = bins.size();
  for (const uint64_t shingle : shingles) {
    const uint64_t hash = Mix(shingle ^ seed);
    uint64_t& bin = bins[((hash >> 32) * count) >> 32];
    bin = std::min(bin, Order(hash));
  }
  return static_cast<size_t>(std::count(bins.begin(), bins.end(), kEmpty));
}

// Later rounds fill what earlier ones left empty: an earlier round always counts as smaller.
// `rounds` has for each bin the round that filled it, 0 for none. Gives how many bins it filled:
// the cost is of the shingles alone, as a short text needs hundreds of rounds.
size_t NextRound(std::span<const uint64_t> shingles, uint64_t seed, uint16_t round,
                 std::span<uint16_t> rounds, std::span<uint64_t> bins) {
  const uint64_t count = bins.size();
  size_t filled = 0;
  for (const uint64_t shingle : shingles) {
    const uint64_t hash = Mix(shingle ^ seed);
    const uint64_t place = ((hash >> 32) * count) >> 32;
    if (rounds[place] == 0) {
      rounds[place] = round;
      ++filled;
    }
    if (rounds[place] == round) bins[place] = std::min(bins[place], Order(hash));
  }
  return filled;
}

// What no round reached takes the least of all hashes of a round of its own.
void FillAlone(std::span<const uint64_t> shingles, uint64_t seed, uint64_t& bin) {
  for (const uint64_t shingle : shingles) bin = std::min(bin, Order(Mix(shingle ^ seed)));
}

// The area under f from a to b by Simpson's rule: f is a polynomial, and 128 pieces are exact to
// 1e-12 where the shapes compared differ by far more.
template <class Function>
double Area(double a, double b, const Function& f) {
  constexpr int kPieces = 128;
  const double step = (b - a) / kPieces;
  double sum = f(a) + f(b);
  for (int i = 1; i < kPieces; ++i) sum += f(a + step * i) * (i % 2 == 1 ? 4 : 2);
  return sum * step / 3;
}

}  // namespace

double CollisionProbability(double similarity, BandShape shape) {
  return 1 - std::pow(1 - std::pow(similarity, shape.rows), shape.bands);
}

BandShape ChooseBands(double threshold, int bins) {
  constexpr double kRecall = 0.99;
  for (int rows = bins; rows > 1; --rows) {
    const BandShape shape{bins / rows, rows};
    if (CollisionProbability(threshold, shape) < kRecall) continue;
    // Fewer bands will do where the division left some over.
    BandShape least = shape;
    while (CollisionProbability(threshold, {least.bands - 1, rows}) >= kRecall) --least.bands;
    return least;
  }
  return {bins, 1};
}

BandShape OptimalBands(double threshold, int permutations) {
  BandShape best{0, 0};
  double least = std::numeric_limits<double>::infinity();
  for (int bands = 1; bands <= permutations; ++bands) {
    for (int rows = 1; rows <= permutations / bands; ++rows) {
      const BandShape shape{bands, rows};
      const double positive =
          Area(0, threshold, [&](double s) { return CollisionProbability(s, shape); });
      const double negative =
          Area(threshold, 1, [&](double s) { return 1 - CollisionProbability(s, shape); });
      const double error = positive * 0.5 + negative * 0.5;
      if (error < least) {
        least = error;
        best = shape;
      }
    }
  }
  return best;
}

Sketcher::Sketcher(int bins, uint64_t seed) : seeds_(2 * static_cast<size_t>(bins)) {
  for (size_t i = 0; i < seeds_.size(); ++i) seeds_[i] = Mix(Mix(seed + 1) + i + 1);
}

void Sketcher::Fill(std::span<const uint64_t> shingles, std::span<uint64_t> bins) const {
  // A text that leaves bins empty after so many rounds has few shingles. Where it is long it
  // repeats them, and each is to be looked at once only in the hundreds of rounds that follow.
  constexpr uint16_t kRoundsWithRepeats = 3;
  std::fill(bins.begin(), bins.end(), kEmpty);
  size_t empty = FirstRound(shingles, seeds_[0], bins);
  if (empty == 0) return;
  std::vector<uint16_t> rounds(bins.size());
  std::transform(bins.begin(), bins.end(), rounds.begin(),
                 [](uint64_t bin) { return static_cast<uint16_t>(bin == kEmpty ? 0 : 1); });
  std::vector<uint64_t> set;
  for (uint16_t round = 1; empty > 0 && round < bins.size(); ++round) {
    if (round == kRoundsWithRepeats) {
      set.assign(shingles.begin(), shingles.end());
      MakeSet(set);
      shingles = set;
    }
    // Round r is told apart from the first, which is 1 in `rounds`.
    empty -= NextRound(shingles, seeds_[round], static_cast<uint16_t>(round + 1), rounds, bins);
  }
  for (size_t bin = 0; empty > 0 && bin < bins.size(); ++bin) {
    if (bins[bin] == kEmpty) FillAlone(shingles, seeds_[bins.size() + bin], bins[bin]);
  }
}

void BandKeys(std::span<const uint64_t> signature, BandShape shape, std::span<uint64_t> keys) {
  const auto rows = static_cast<size_t>(shape.rows);
  for (size_t band = 0; band < keys.size(); ++band) {
    keys[band] = XXH3_64bits(signature.data() + band * rows, rows * sizeof(uint64_t));
  }
}

}  // namespace siku::refine::duplicates
