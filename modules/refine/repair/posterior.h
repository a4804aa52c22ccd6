// How sure the best of several originals is.
#pragma once

#include <cmath>
#include <cstddef>

namespace siku::refine {

constexpr size_t kMostAlternatives = 4;

/// The share of the best in all that fit; `weight` bits count for a tenth of a bit of their costs.
template <class Fits>
double Posterior(const Fits& fits, double weight) {
  double sum = 0;
  for (const auto& fit : fits) sum += std::exp2(-weight * (fit.cost - fits.front().cost));
  return 1 / sum;
}

}  // namespace siku::refine
