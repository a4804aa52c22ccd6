// The rows behind a finding: which they are, and what stands in them.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "quality/metric.h"
#include "siku/result.h"

namespace siku::catalog {

/// Numbers of rows, from 0: those from `offset` on, at most `limit`, and how many there are.
struct FoundRows {
  std::vector<int64_t> numbers{};
  int64_t total = 0;
  int64_t offset = 0;
  int64_t limit = 0;

  void Add(int64_t number) {
    if (total >= offset && total < offset + limit) numbers.push_back(number);
    ++total;
  }
};

/// The rows that the metric does not count in its numerator. kNotFound: it has none to show.
Result<void> FindRows(const std::string& parquet, const Table& table, const QualityRules& rules,
                      const RulePlan& plan, const Metric& metric, FoundRows& found);

/// Rows as arrays of values; numbers are sorted.
Result<nlohmann::json> ReadRows(const std::string& parquet, const std::vector<int64_t>& numbers);

}  // namespace siku::catalog
