// Rows of a version as a table for a terminal.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "context.h"
#include "siku/batch.h"
#include "siku/result.h"

namespace siku::cli {

/// A row's values by column name, as people read them: text without quotes, else JSON.
using Cells = std::vector<std::pair<std::string, std::string>>;
Result<Cells> CellsOf(const Batch& rows, int64_t row);

/// Columns share the width by need; what does not fit is cut.
std::string RowsTable(const std::vector<Cells>& rows, const std::vector<std::string>& columns,
                      const Context& context);

}  // namespace siku::cli
