#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "selection/numpy_shuffle.h"
#include "selection/order.h"

namespace siku::refine::selection {
namespace {

// numpy 2.4.6: numpy.random.default_rng(seed).permutation(count)
TEST(NumpyPermutation, IsThatOfNumpy) {
  EXPECT_EQ(NumpyPermutation(42, 10), (std::vector<int64_t>{5, 6, 0, 7, 3, 2, 4, 9, 1, 8}));
  EXPECT_EQ(NumpyPermutation(123456789012345, 0), std::vector<int64_t>());
  EXPECT_EQ(NumpyPermutation(7, 1), std::vector<int64_t>{0});
}

TEST(OrderOf, KeepsTheOrderOfNumbers) {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> reals = {-inf, -1e300, -1, -1e-300, 0, 5e-324, 1, 1.5, inf};
  for (size_t i = 1; i < reals.size(); ++i) EXPECT_LT(OrderOf(reals[i - 1]), OrderOf(reals[i]));
  EXPECT_EQ(OrderOf(-0.0), OrderOf(0.0));
  EXPECT_GT(OrderOf(std::nan("")), OrderOf(inf));
  EXPECT_EQ(OrderOf(-std::nan("")), OrderOf(std::nan("")));
  using Limits = std::numeric_limits<int64_t>;
  EXPECT_LT(OrderOf(Limits::min()), OrderOf(int64_t{-1}));
  EXPECT_LT(OrderOf(int64_t{-1}), OrderOf(int64_t{0}));
  EXPECT_LT(OrderOf(int64_t{0}), OrderOf(Limits::max()));
}

TEST(KeyAt, FindsWhatSortingFinds) {
  std::mt19937_64 draw(20261130);
  for (const uint64_t most : {uint64_t{3}, uint64_t{70000}, UINT64_MAX}) {
    std::vector<uint64_t> keys(997);
    for (uint64_t& key : keys) key = most == UINT64_MAX ? draw() : draw() % most;
    std::vector<uint64_t> sorted = keys;
    std::sort(sorted.begin(), sorted.end());
    for (const size_t rank : {size_t{0}, size_t{1}, size_t{500}, size_t{996}}) {
      const auto place = KeyAt(static_cast<int64_t>(rank), [&](const auto& visit) {
        std::for_each(keys.begin(), keys.end(), visit);
      });
      EXPECT_EQ(place.key, sorted[rank]);
      const auto [low, high] = std::equal_range(sorted.begin(), sorted.end(), place.key);
      EXPECT_EQ(place.before, low - sorted.begin());
      EXPECT_EQ(place.equal, high - low);
    }
  }
}

}  // namespace
}  // namespace siku::refine::selection
