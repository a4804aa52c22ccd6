// Hidden columns: taking them off a batch, putting them on, and reading keys.
#pragma once

#include <arrow/type_fwd.h>

#include <atomic>
#include <memory>
#include <vector>

#include "siku/batch.h"
#include "siku/operator.h"
#include "siku/result.h"

namespace siku::run {

inline constexpr int kHiddenColumns = 4;  // source, position, child, residue; always first

/// `user` with the four hidden fields before it.
Schema WithHidden(const Schema& user);
/// The user columns alone.
Batch UserColumns(const Batch& batch);

/// The keys of a batch whose first columns are hidden ones.
class Keys final : public RowContext {
 public:
  /// `first`: where the three key columns begin.
  explicit Keys(const Batch& batch, const std::atomic<bool>* stop = nullptr, int first = 0);
  RowKey key(int32_t row) const override;
  bool stopping() const override;
  int64_t size() const { return size_; }

 private:
  const int32_t* source_;
  const int64_t* position_;
  std::shared_ptr<arrow::BinaryArray> child_;
  int64_t size_;
  const std::atomic<bool>* stop_;
};

/// `user` behind the hidden columns of the parents' rows.
Result<Batch> PutHidden(const Batch& parents, const std::vector<int32_t>& parent,
                        const Batch& user);
/// The same for rows made of others: child keys get `ordinal[i]` appended, residues end here.
Result<Batch> PutChildKeys(const Batch& parents, const std::vector<int32_t>& parent,
                           const std::vector<uint32_t>& ordinal, const Batch& user);
/// Appends the four bytes of `branch` to every child key.
Result<Batch> AppendBranch(const Batch& batch, uint32_t branch);
/// Merges batches of one schema, each in key order, into one in key order.
Result<Batch> MergeByKey(const std::vector<Batch>& batches);
/// Keys and residues of the rows that have one.
Result<Batch> ResiduesOf(const Batch& batch);
/// The batch with null residues.
Result<Batch> WithoutResidues(const Batch& batch);
/// Rows `indices` of a batch, hidden columns and all.
Result<Batch> TakeRows(const Batch& batch, const std::vector<int32_t>& indices);

std::string BigEndian(uint32_t ordinal);

}  // namespace siku::run
