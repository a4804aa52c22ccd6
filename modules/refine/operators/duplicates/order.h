// The order of survival over all rows, and the names rows are shown by: from the sketch columns
// `rank` and `id`.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "operators/duplicates/all_texts.h"
#include "operators/duplicates/survivors.h"
#include "siku/operator.h"

namespace siku::refine {

/// Columns `rank` and, where the rule has an id, `id` of a sketch, added to `fields` and `columns`.
Result<void> AddOrderColumns(const SurvivorRule& rule, const Batch& batch, int text_column,
                             std::vector<std::shared_ptr<arrow::Field>>& fields,
                             std::vector<std::shared_ptr<arrow::Array>>& columns);

/// Thread-safe.
class SurvivalOrder {
 public:
  SurvivalOrder(const SurvivorRule& rule, const AllRows& rows, const AllTexts& sketches);
  /// A total order: by rank, then by id, then by row.
  bool Before(int64_t a, int64_t b) const;
  /// The id, or the key of the row where there is none.
  std::string Name(int64_t ordinal) const;

 private:
  struct Columns {
    const arrow::Int64Array* rank;
    const arrow::Int64Array* number;
    const arrow::LargeStringArray* name;
  };
  struct Place {
    const Columns& columns;
    int64_t row;
  };
  Place Find(int64_t ordinal) const;
  /// Below zero where a's id comes first, above zero where b's does.
  int CompareIds(const Place& a, const Place& b) const;

  SurvivorRule rule_;
  const AllRows& rows_;
  const AllTexts& sketches_;
  std::vector<Columns> columns_;
};

}  // namespace siku::refine
