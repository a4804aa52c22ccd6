// Columns for operator authors: finding them with errors people can act on, and rebuilding a batch
// around a changed one.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "siku/batch.h"
#include "siku/operator.h"
#include "siku/result.h"

namespace siku {

/// The index of a text column. kNotFound with the columns there are, or kInvalid "column is not
/// text".
Result<int> FindTextColumn(const Schema& schema, const std::string& name);
/// The index of an integer or real column, likewise.
Result<int> FindNumberColumn(const Schema& schema, const std::string& name);

/// kInvalid where `schema` has a column of the name that a step would add.
Result<void> CheckNewColumn(const Schema& schema, const std::string& name);

/// Calls `visit(row, text)` for every row of a text column that is not null.
void ForEachText(const Batch& batch, int column,
                 const std::function<void(int32_t row, std::string_view text)>& visit);

/// `batch` with the edits (sorted by row, then place) made in text column `column`. Without edits
/// the same arrays come back.
Result<Batch> EditedBatch(const Batch& batch, int column, std::span<const Edit> edits);

/// Rows `indices` of a batch, in that order.
Result<Batch> SelectRows(const Batch& batch, const std::vector<int32_t>& indices);

/// An outcome that keeps every row: `rows` under parents 0..n-1.
Rows SameRows(Batch batch);

}  // namespace siku
