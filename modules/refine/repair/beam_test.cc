#include "repair/beam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace siku::refine {
namespace {

std::vector<State> RandomStates(uint32_t seed, size_t count) {
  std::mt19937 random(seed);
  std::vector<State> states;
  for (size_t i = 0; i < count; ++i) {
    State state{.cost = static_cast<int>(random() % 60), .last = static_cast<int32_t>(i)};
    state.context.last = static_cast<ModelId>(random() % 8);
    state.lead = static_cast<uint8_t>(random() % 2);
    states.push_back(state);
  }
  return states;
}

// All of them sorted, then taken one by one.
std::vector<int32_t> BestOf(std::vector<State> states, size_t most, size_t alike, int limit) {
  std::stable_sort(states.begin(), states.end(),
                   [](const State& a, const State& b) { return a.cost < b.cost; });
  std::vector<State> kept;
  for (const State& state : states) {
    const auto same = std::count_if(kept.begin(), kept.end(),
                                    [&](const State& other) { return Alike(other, state); });
    if (kept.size() == most || state.cost > limit) break;
    if (static_cast<size_t>(same) < alike) kept.push_back(state);
  }
  std::vector<int32_t> order;
  for (const State& state : kept) order.push_back(state.last);
  return order;
}

TEST(Beam, KeepsWhatSortingAllWouldKeep) {
  struct Size {
    size_t most, alike;
    int limit;
  };
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    const auto states = RandomStates(seed, seed % 90);
    for (const Size& size : {Size{1, 1, 40}, {4, 4, 50}, {12, 5, kNoLimit}, {64, 5, 30}}) {
      Beam beam(size.most, size.alike, size.limit);
      for (const State& state : states) beam.Add(state);
      std::vector<int32_t> order;
      for (const State& state : beam.Take()) order.push_back(state.last);
      EXPECT_EQ(order, BestOf(states, size.most, size.alike, size.limit));
    }
  }
}

TEST(Beam, HasNoRoomForWhatCostsAsMuchAsItsWorst) {
  Beam beam(1, 1, 100);
  beam.Add({.cost = 50, .last = 0});
  beam.Add({.cost = 40, .last = 1});
  EXPECT_EQ(beam.limit(), 39);
  EXPECT_EQ(beam.Empty().limit(), 39);
}

TEST(Beam, DropsWhatALowerLimitLeavesBehind) {
  Beam beam(4, 4, 100);
  beam.Add({.cost = 90, .last = 0});
  beam.Add({.cost = 20, .last = 1});
  beam.Lower(60);
  const auto states = beam.Take();
  ASSERT_EQ(states.size(), 1U);
  EXPECT_EQ(states.front().cost, 20);
}

}  // namespace
}  // namespace siku::refine
