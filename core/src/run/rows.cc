#include "rows.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include <algorithm>
#include <atomic>
#include <numeric>

#include "../base/arrow_internal.h"
#include "siku/columns.h"

namespace siku::run {
namespace {

Result<std::shared_ptr<arrow::Array>> Take(const std::shared_ptr<arrow::Array>& values,
                                           const std::vector<int32_t>& indices) {
  const auto buffer = arrow::Buffer::Wrap(indices);
  const auto array = std::make_shared<arrow::Int32Array>(indices.size(), buffer);
  SIKU_TRY(auto taken, FromArrow(arrow::compute::Take(
                           values, array, arrow::compute::TakeOptions::NoBoundsCheck())));
  return taken.make_array();
}

bool IsIdentity(const std::vector<int32_t>& indices, int64_t rows) {
  if (static_cast<int64_t>(indices.size()) != rows) return false;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] != static_cast<int32_t>(i)) return false;
  }
  return true;
}

Batch Join(const arrow::ArrayVector& hidden, const Batch& user) {
  arrow::ArrayVector columns = hidden;
  for (int i = 0; i < user->num_columns(); ++i) columns.push_back(user->column(i));
  return arrow::RecordBatch::Make(WithHidden(user->schema()), user->num_rows(), columns);
}

}  // namespace

std::string BigEndian(uint32_t ordinal) {
  std::string bytes(4, '\0');
  for (int i = 0; i < 4; ++i) {
    bytes[static_cast<size_t>(i)] = static_cast<char>((ordinal >> (24 - 8 * i)) & 0xffU);
  }
  return bytes;
}

Schema WithHidden(const Schema& user) {
  arrow::FieldVector fields = {
      arrow::field(std::string(kSourceColumn), arrow::int32(), false),
      arrow::field(std::string(kPositionColumn), arrow::int64(), false),
      arrow::field(std::string(kChildColumn), arrow::binary(), false),
      arrow::field(std::string(kResidueColumn), arrow::large_binary(), true)};
  for (const auto& field : user->fields()) fields.push_back(field);
  return arrow::schema(std::move(fields));
}

Batch UserColumns(const Batch& batch) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  for (int i = kHiddenColumns; i < batch->num_columns(); ++i) {
    fields.push_back(batch->schema()->field(i));
    columns.push_back(batch->column(i));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch->num_rows(),
                                  std::move(columns));
}

Keys::Keys(const Batch& batch, const std::atomic<bool>* stop, int first)
    : source_(std::static_pointer_cast<arrow::Int32Array>(batch->column(first))->raw_values()),
      position_(
          std::static_pointer_cast<arrow::Int64Array>(batch->column(first + 1))->raw_values()),
      child_(std::static_pointer_cast<arrow::BinaryArray>(batch->column(first + 2))),
      size_(batch->num_rows()),
      stop_(stop) {}

RowKey Keys::key(int32_t row) const {
  return {source_[row], position_[row], std::string(child_->GetView(row))};
}

bool Keys::stopping() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }

Result<Batch> PutHidden(const Batch& parents, const std::vector<int32_t>& parent,
                        const Batch& user) {
  arrow::ArrayVector hidden;
  const bool same = IsIdentity(parent, parents->num_rows());
  for (int i = 0; i < kHiddenColumns; ++i) {
    if (same) {
      hidden.push_back(parents->column(i));
    } else {
      SIKU_TRY(auto taken, Take(parents->column(i), parent));
      hidden.push_back(std::move(taken));
    }
  }
  return Join(hidden, user);
}

Result<Batch> PutChildKeys(const Batch& parents, const std::vector<int32_t>& parent,
                           const std::vector<uint32_t>& ordinal, const Batch& user) {
  SIKU_TRY(auto source, Take(parents->column(0), parent));
  SIKU_TRY(auto position, Take(parents->column(1), parent));
  const auto& above = static_cast<const arrow::BinaryArray&>(*parents->column(2));
  arrow::BinaryBuilder child;
  for (size_t i = 0; i < parent.size(); ++i) {
    std::string path(above.GetView(parent[i]));
    path += BigEndian(ordinal[i]);
    SIKU_TRY(FromArrow(child.Append(path)));
  }
  SIKU_TRY(auto children, FromArrow(child.Finish()));
  SIKU_TRY(auto residue, FromArrow(arrow::MakeArrayOfNull(arrow::large_binary(),
                                                          static_cast<int64_t>(parent.size()))));
  return Join({source, position, children, residue}, user);
}

Result<Batch> AppendBranch(const Batch& batch, uint32_t branch) {
  const auto& above = static_cast<const arrow::BinaryArray&>(*batch->column(2));
  const std::string suffix = BigEndian(branch);
  arrow::BinaryBuilder child;
  for (int64_t i = 0; i < batch->num_rows(); ++i) {
    SIKU_TRY(FromArrow(child.Append(std::string(above.GetView(i)) + suffix)));
  }
  SIKU_TRY(auto children, FromArrow(child.Finish()));
  SIKU_TRY(auto changed, FromArrow(batch->SetColumn(2, batch->schema()->field(2), children)));
  return changed;
}

Result<Batch> MergeByKey(const std::vector<Batch>& batches) {
  std::vector<Batch> filled;
  for (const Batch& batch : batches) {
    if (batch->num_rows() > 0) filled.push_back(batch);
  }
  if (filled.empty()) return batches.front();
  if (filled.size() == 1) return filled.front();
  SIKU_TRY(auto joined, FromArrow(arrow::ConcatenateRecordBatches(filled)));
  const Keys keys(joined);
  std::vector<int32_t> order(static_cast<size_t>(joined->num_rows()));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return keys.key(a) < keys.key(b); });
  return TakeRows(joined, order);
}

Result<Batch> ResiduesOf(const Batch& batch) {
  std::vector<int32_t> rows;
  const auto& residues = *batch->column(kHiddenColumns - 1);
  for (int64_t i = 0; i < residues.length(); ++i) {
    if (!residues.IsNull(i)) rows.push_back(static_cast<int32_t>(i));
  }
  SIKU_TRY(const auto hidden, FromArrow(batch->SelectColumns({0, 1, 2, kHiddenColumns - 1})));
  return TakeRows(hidden, rows);
}

Result<Batch> WithoutResidues(const Batch& batch) {
  constexpr int kResidue = kHiddenColumns - 1;
  SIKU_TRY(auto nulls, FromArrow(arrow::MakeArrayOfNull(arrow::large_binary(), batch->num_rows())));
  return FromArrow(batch->SetColumn(kResidue, batch->schema()->field(kResidue), nulls));
}

Result<Batch> TakeRows(const Batch& batch, const std::vector<int32_t>& indices) {
  if (IsIdentity(indices, batch->num_rows())) return batch;
  return SelectRows(batch, indices);
}

}  // namespace siku::run
