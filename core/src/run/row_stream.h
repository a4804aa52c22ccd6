// Rows in key order, pulled batch by batch: what undo and the ledger's views are put together from.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rows.h"
#include "sealed_file.h"
#include "siku/batch.h"
#include "siku/result.h"

namespace siku::run {

class RowStream {
 public:
  virtual ~RowStream() = default;
  /// Rows in key order, hidden columns first where not said otherwise; null at the end.
  virtual Result<Batch> Next() = 0;
};
using RowStreamPtr = std::unique_ptr<RowStream>;

/// The rows of Parquet files of the ledger, one file after the other, as they are stored.
RowStreamPtr ReadTables(std::vector<std::string> files, RunKey key = nullptr);
/// Each batch through `change`; empty batches are left out.
RowStreamPtr Map(RowStreamPtr rows, std::function<Result<Batch>(const Batch&)> change);
/// Several streams as one in key order. Their batches may differ in columns.
RowStreamPtr Merge(std::vector<RowStreamPtr> streams);

/// One row at a time.
class RowCursor {
 public:
  /// `first`: where the key columns begin.
  explicit RowCursor(RowStreamPtr rows, int first = 0) : rows_(std::move(rows)), first_(first) {}
  /// Must be called once before the first row.
  Result<void> Advance();
  bool done() const { return batch_ == nullptr; }
  const Batch& batch() const { return batch_; }
  int64_t row() const { return row_; }
  const RowKey& key() const { return key_; }

 private:
  RowStreamPtr rows_;
  int first_;
  Batch batch_{};
  std::unique_ptr<Keys> keys_{};
  int64_t row_ = 0;
  RowKey key_{};
  bool begun_ = false;
};

}  // namespace siku::run
