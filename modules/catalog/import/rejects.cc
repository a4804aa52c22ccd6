#include "import/rejects.h"

#include <array>

#include "arrow_internal.h"

namespace siku::catalog {

Schema RejectsSchema(ImportFormat format) {
  arrow::FieldVector fields = {
      arrow::field("line", arrow::int64()),        arrow::field("row", arrow::int64()),
      arrow::field("column", arrow::large_utf8()), arrow::field("reason", arrow::large_utf8()),
      arrow::field("value", arrow::large_utf8()),  arrow::field("bytes", arrow::large_binary())};
  if (format == ImportFormat::kXlsx) fields.push_back(arrow::field("cell", arrow::large_utf8()));
  if (format == ImportFormat::kJson) fields.push_back(arrow::field("byte", arrow::int64()));
  return arrow::schema(std::move(fields));
}

Result<void> Rejects::Add(const Reject& one) {
  SIKU_TRY(FromArrow(line_.Append(one.line)));
  SIKU_TRY(FromArrow(one.row ? row_.Append(*one.row) : row_.AppendNull()));
  SIKU_TRY(FromArrow(one.column.empty() ? column_.AppendNull() : column_.Append(one.column)));
  SIKU_TRY(FromArrow(reason_.Append(one.reason)));
  SIKU_TRY(FromArrow(value_.Append(one.value)));
  SIKU_TRY(FromArrow(one.bytes.empty() ? bytes_.AppendNull() : bytes_.Append(one.bytes)));
  SIKU_TRY(FromArrow(one.cell.empty() ? cell_.AppendNull() : cell_.Append(one.cell)));
  SIKU_TRY(FromArrow(byte_.Append(one.byte)));
  positions_.push_back(count_++);
  size_ += static_cast<int64_t>(one.value.size() + one.bytes.size());
  return static_cast<int64_t>(positions_.size()) >= kBatchRows || size_ >= kBatchBytes
             ? Flush()
             : Result<void>{};
}

Result<void> Rejects::Flush() {
  const std::array<arrow::ArrayBuilder*, 8> builders = {&line_,  &row_,   &column_, &reason_,
                                                        &value_, &bytes_, &cell_,   &byte_};
  arrow::ArrayVector all(builders.size());
  for (size_t i = 0; i < builders.size(); ++i) {
    SIKU_TRY(all[i], FromArrow(builders[i]->Finish()));
  }
  arrow::ArrayVector columns(all.begin(), all.begin() + 6);
  if (format_ == ImportFormat::kXlsx) columns.push_back(all[6]);
  if (format_ == ImportFormat::kJson) columns.push_back(all[7]);
  SIKU_TRY(writer_.Append(positions_, columns));
  positions_.clear();
  size_ = 0;
  return {};
}

}  // namespace siku::catalog
