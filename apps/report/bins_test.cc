#include "bins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

namespace siku::report {
namespace {

std::vector<double> Values(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<double> values(count);
  for (double& value : values) value = std::sqrt(static_cast<double>(random() % 1'000'000)) / 1000;
  return values;
}

TEST(Bins, HoldNumbersThatTheRunToldApartInDifferentBins) {
  const auto values = Values(50'000, 11);
  const std::vector<KeptInterval> kept = {
      {.statistic = "a", .low = values[1], .high = values[2], .low_closed = false},
      {.statistic = "a", .low = 0.5, .zero_passes = true}};
  Bins bins(values, kept);
  std::map<uint16_t, std::set<std::vector<bool>>> verdicts;
  for (const double value : values) {
    verdicts[bins.Add(value)].insert({kept[0].Keeps(value), kept[1].Keeps(value)});
  }
  EXPECT_GT(verdicts.size(), 900U);
  for (const auto& [code, told] : verdicts) EXPECT_EQ(told.size(), 1U) << code;
}

TEST(Bins, CountEveryNumberOnceWithItsLeastAndMost) {
  const auto values = Values(20'000, 12);
  Bins bins({values.begin(), values.begin() + 500}, {});  // of the rest the cuts know nothing
  std::vector<uint16_t> codes;
  for (const double value : values) codes.push_back(bins.Add(value));
  EXPECT_EQ(bins.Add(std::nan("")), Bins::kNoNumber);
  const auto json = bins.ToJson();
  const auto compacted = bins.Compacted();
  EXPECT_EQ(json.at("none"), 1);
  std::vector<int64_t> counts(json.at("count").size(), 0);
  for (size_t i = 0; i < values.size(); ++i) {
    const uint16_t bin = compacted[codes[i]];
    ++counts[bin];
    EXPECT_LE(json.at("min").at(bin).get<double>(), values[i]);
    EXPECT_GE(json.at("max").at(bin).get<double>(), values[i]);
  }
  EXPECT_EQ(json.at("count").get<std::vector<int64_t>>(), counts);
}

TEST(Bins, HaveOneNumberEachWhereThereAreFew) {
  Bins bins({3, 1, 2, 2}, {});
  for (const double value : {3.0, 1.0, 2.0, 2.0}) bins.Add(value);
  const auto json = bins.ToJson();
  EXPECT_EQ(json.at("min"), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(json.at("count"), (std::vector<int64_t>{1, 2, 1}));
  EXPECT_FALSE(json.contains("max"));
}

TEST(Bins, AreEmptyWithoutNumbers) {
  Bins bins({}, {});
  bins.Add(std::nan(""));
  EXPECT_TRUE(bins.ToJson().at("count").empty());
  EXPECT_TRUE(bins.ToJson().at("bars").empty());
}

TEST(KeptInterval, KeepsWhatItSays) {
  const KeptInterval open{.statistic = "a", .low = 1, .high = 2, .low_closed = false};
  EXPECT_FALSE(open.Keeps(1));
  EXPECT_TRUE(open.Keeps(2));
  EXPECT_FALSE(open.Keeps(2.5));
  EXPECT_TRUE(open.Keeps(std::nan("")));
  const KeptInterval outside{.statistic = "a", .low = 1, .high = 2, .reversed = true};
  EXPECT_TRUE(outside.Keeps(0));
  EXPECT_FALSE(outside.Keeps(1));
  EXPECT_TRUE(outside.Keeps(3));
  const KeptInterval zero{.statistic = "a", .low = 1, .zero_passes = true};
  EXPECT_TRUE(zero.Keeps(0));
  EXPECT_FALSE(zero.Keeps(0.5));
}

}  // namespace
}  // namespace siku::report
