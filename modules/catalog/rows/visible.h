// The columns of a version that leave the house.
#pragma once

#include <cstdint>
#include <memory>
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

/// What may be read of a version, and nothing else, in batches from some row on.
class VisibleRows {
 public:
  /// Where rows are kept back, of the copy without them, which is made if it is not there; as
  /// ExportFile.
  static Result<std::unique_ptr<VisibleRows>> Open(const Store& store, const Readable& readable,
                                                   int64_t offset, int64_t batch_rows = 1024);
  virtual ~VisibleRows() = default;
  /// Null at the end.
  virtual Result<Batch> Next() = 0;
};

/// Its rows as arrays of values, as RowsPage gives them, until there are `most`.
Result<void> AppendRows(const Batch& batch, int64_t most, nlohmann::json& rows);

}  // namespace siku::catalog
