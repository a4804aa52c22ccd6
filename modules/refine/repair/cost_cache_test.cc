#include "repair/cost_cache.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace siku::refine {
namespace {

TEST(CostCache, GivesWhatTheTablesGive) {
  const auto tables = Tables::Open(Tables::Find().value()).value();
  CostCache& cache = CostCache::Of(*tables);
  std::mt19937 engine(20261130);
  // Few of them, so that most come again; some push others out.
  std::vector<ModelId> ids = {0, kModelBorder};
  for (int i = 0; i < 60; ++i) {
    ids.push_back(tables->Id(U'一' + static_cast<char32_t>(engine() % 0x5000)));
  }
  int looked_up = 0;
  constexpr int kRounds = 1'000'000;
  for (int round = 0; round < kRounds; ++round) {
    const auto any = [&] { return ids[engine() % ids.size()]; };
    const ModelId before = any(), last = any(), next = any();
    const int cost = cache.Cost(before, last, next, [&] {
      ++looked_up;
      return tables->Cost(before, last, next);
    });
    ASSERT_EQ(cost, tables->Cost(before, last, next)) << before << " " << last << " " << next;
  }
  EXPECT_LT(looked_up, kRounds);
}

}  // namespace
}  // namespace siku::refine
