// The columns of a version that leave the house.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "siku/batch.h"
#include "siku/catalog/catalog.h"

namespace siku::catalog {

/// Indices in `schema` of what is neither hidden nor withheld.
std::vector<int> VisibleColumns(const Schema& schema, const std::vector<std::string>& withheld);
/// These alone. Residues of the input lines, which hold what columns hold, are not among them.
Result<Batch> Visible(const Batch& batch, const std::vector<int>& columns);
Result<Schema> VisibleSchema(const Schema& schema, const std::vector<int>& columns);

/// Its rows as arrays of values, as RowsPage gives them, until there are `most`.
Result<void> AppendRows(const Batch& batch, int64_t most, nlohmann::json& rows);

}  // namespace siku::catalog
