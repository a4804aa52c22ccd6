#include "siku/columns.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include <numeric>

#include "../base/arrow_internal.h"
#include "siku/ledger.h"

namespace siku {
namespace {

std::string ColumnList(const Schema& schema) {
  std::string names;
  for (const auto& field : schema->fields()) names += (names.empty() ? "" : ", ") + field->name();
  return names;
}

Result<int> FindColumn(const Schema& schema, const std::string& name) {
  const int index = schema->GetFieldIndex(name);
  if (index >= 0) return index;
  return Fail(Code::kNotFound, "no such column; the columns are", ColumnList(schema), name);
}

}  // namespace

Result<int> FindTextColumn(const Schema& schema, const std::string& name) {
  SIKU_TRY(const int index, FindColumn(schema, name));
  if (schema->field(index)->type()->id() != arrow::Type::LARGE_STRING) {
    return Fail(Code::kInvalid, "column is not text", name);
  }
  return index;
}

Result<int> FindNumberColumn(const Schema& schema, const std::string& name) {
  SIKU_TRY(const int index, FindColumn(schema, name));
  const auto type = schema->field(index)->type()->id();
  if (!arrow::is_integer(type) && !arrow::is_floating(type)) {
    return Fail(Code::kInvalid, "column is not a number", name);
  }
  return index;
}

Result<void> CheckNewColumn(const Schema& schema, const std::string& name) {
  if (schema->GetFieldIndex(name) < 0) return {};
  return Fail(Code::kInvalid, "the step would add a column that exists already", name);
}

void ForEachText(const Batch& batch, int column,
                 const std::function<void(int32_t, std::string_view)>& visit) {
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(column));
  for (int64_t row = 0; row < texts.length(); ++row) {
    if (!texts.IsNull(row)) visit(static_cast<int32_t>(row), texts.GetView(row));
  }
}

Result<Batch> EditedBatch(const Batch& batch, int column, std::span<const Edit> edits) {
  if (edits.empty()) return batch;
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(column));
  arrow::LargeStringBuilder builder;
  SIKU_TRY(FromArrow(builder.Reserve(texts.length())));
  SIKU_TRY(FromArrow(builder.ReserveData(texts.total_values_length())));
  size_t next = 0;
  for (int64_t row = 0; row < texts.length(); ++row) {
    size_t last = next;
    while (last < edits.size() && edits[last].row == row) ++last;
    if (texts.IsNull(row)) {
      SIKU_TRY(FromArrow(builder.AppendNull()));
    } else if (last == next) {
      SIKU_TRY(FromArrow(builder.Append(texts.GetView(row))));
    } else {
      SIKU_TRY(auto edited, ApplyEdits(texts.GetView(row), edits.subspan(next, last - next)));
      SIKU_TRY(FromArrow(builder.Append(edited)));
    }
    next = last;
  }
  SIKU_TRY(auto array, FromArrow(builder.Finish()));
  return FromArrow(batch->SetColumn(column, batch->schema()->field(column), array));
}

Result<Batch> SelectRows(const Batch& batch, const std::vector<int32_t>& indices) {
  bool all = static_cast<int64_t>(indices.size()) == batch->num_rows();
  for (size_t i = 0; all && i < indices.size(); ++i) all = indices[i] == static_cast<int32_t>(i);
  if (all) return batch;
  const auto order = std::make_shared<arrow::Int32Array>(static_cast<int64_t>(indices.size()),
                                                         arrow::Buffer::Wrap(indices));
  arrow::ArrayVector columns;
  for (const auto& column : batch->columns()) {
    SIKU_TRY(auto taken, FromArrow(arrow::compute::Take(column, order)));
    columns.push_back(taken.make_array());
  }
  return arrow::RecordBatch::Make(batch->schema(), static_cast<int64_t>(indices.size()),
                                  std::move(columns));
}

Rows SameRows(Batch batch) {
  Rows rows;
  rows.parent.resize(static_cast<size_t>(batch->num_rows()));
  std::iota(rows.parent.begin(), rows.parent.end(), 0);
  rows.batch = std::move(batch);
  return rows;
}

}  // namespace siku
