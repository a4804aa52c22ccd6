// Accuracy: a version beside another one whose values are right.
#pragma once

#include <string>
#include <vector>

#include "quality/found_rows.h"
#include "quality/metric.h"
#include "siku/result.h"

namespace siku::catalog {

/// Two tables that have the columns of `key`; the first row of a key is the reference's word.
struct Comparison {
  std::string parquet{};
  std::string reference{};  // Parquet
  std::vector<std::string> key{};
};

/// A metric of each column of the same name and type in both: cells that are equal ÷ cells of rows
/// whose key the reference has.
Result<std::vector<Metric>> ReferenceMetrics(const Comparison& comparison);

/// Rows with another value in this column than the reference has.
Result<void> FindDifferent(const Comparison& comparison, const std::string& column,
                           FoundRows& found);

}  // namespace siku::catalog
