#include "columnar.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <limits>
#include <numeric>

#include "../base/arrow_internal.h"
#include "open_source.h"

namespace siku::io {
namespace {

std::shared_ptr<arrow::DataType> Normal(const std::shared_ptr<arrow::DataType>& type) {
  switch (type->id()) {
    case arrow::Type::STRING:
    case arrow::Type::STRING_VIEW:
      return arrow::large_utf8();
    case arrow::Type::BINARY:
    case arrow::Type::BINARY_VIEW:
      return arrow::large_binary();
    case arrow::Type::DICTIONARY:
      return Normal(static_cast<const arrow::DictionaryType&>(*type).value_type());
    default:
      return type;
  }
}

Schema NormalSchema(const Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema->fields()) {
    fields.push_back(field->WithType(Normal(field->type())));
  }
  return arrow::schema(std::move(fields));
}

// A stored version's own key columns go; its residues stay hidden columns of the new rows.
Result<Schema> UserSchema(const Source& source, const Schema& schema) {
  arrow::FieldVector fields;
  const Schema normal = NormalSchema(schema);
  for (const auto& field : normal->fields()) {
    const bool hidden = field->name().starts_with(kHiddenPrefix);
    if (hidden && !source.stored) {
      return Fail(Code::kInvalid, "column names that begin so are the engine's own", field->name(),
                  source.relative);
    }
    if (!hidden) fields.push_back(field);
  }
  return arrow::schema(std::move(fields));
}

Result<std::shared_ptr<arrow::Array>> Converted(const std::shared_ptr<arrow::Array>& array,
                                                const std::shared_ptr<arrow::DataType>& type) {
  if (array->type()->Equals(*type)) return array;
  SIKU_TRY(auto cast, FromArrow(arrow::compute::Cast(array, type)));
  return cast.make_array();
}

Result<Batch> WithKeys(const Source& source, int ordinal, const Schema& user, const Batch& batch,
                       int64_t first_row) {
  const int64_t rows = batch->num_rows();
  std::vector<int64_t> positions(static_cast<size_t>(rows));
  std::iota(positions.begin(), positions.end(), source.first_position + first_row);
  SIKU_TRY(auto sources, FromArrow(arrow::MakeArrayFromScalar(arrow::Int32Scalar(ordinal), rows)));
  SIKU_TRY(auto child, FromArrow(arrow::MakeArrayFromScalar(
                           arrow::BinaryScalar(arrow::Buffer::FromString("")), rows)));
  auto residue = batch->GetColumnByName(std::string(kResidueColumn));
  if (residue == nullptr) {
    SIKU_TRY(residue, FromArrow(arrow::MakeArrayOfNull(arrow::large_binary(), rows)));
  }
  arrow::FieldVector fields = {arrow::field(std::string(kSourceColumn), arrow::int32(), false),
                               arrow::field(std::string(kPositionColumn), arrow::int64(), false),
                               arrow::field(std::string(kChildColumn), arrow::binary(), false),
                               arrow::field(std::string(kResidueColumn), arrow::large_binary())};
  arrow::ArrayVector columns = {
      sources, std::make_shared<arrow::Int64Array>(rows, arrow::Buffer::FromVector(positions)),
      child, residue};
  for (const auto& field : user->fields()) {
    const auto column = batch->GetColumnByName(field->name());
    if (column == nullptr) {
      return Fail(Code::kData, "the file lacks a column the others have", field->name(),
                  source.relative);
    }
    SIKU_TRY(auto converted, Converted(column, field->type()));
    fields.push_back(field);
    columns.push_back(std::move(converted));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, std::move(columns));
}

// Text of a file is not trusted to be UTF-8 because it says so.
Result<void> CheckUtf8(const Source& source, const Batch& batch, int64_t first_row) {
  const arrow::Status valid = batch->ValidateFull();
  if (valid.ok()) return {};
  return Fail(Code::kData, "the file is damaged or cut off", valid.message(),
              source.relative + ": row " + std::to_string(first_row));
}

class Reader final : public ColumnarReader {
 public:
  Reader(Source source, int ordinal) : source_(std::move(source)), ordinal_(ordinal) {}

  Result<void> Open(int64_t begin, int64_t end, int64_t batch_rows) {
    batch_rows_ = batch_rows;
    return source_.format == Format::kParquet ? OpenParquet(begin, end) : OpenArrow(begin, end);
  }
  Result<Batch> Next() override {
    while (waiting_ == nullptr || waiting_->num_rows() == 0) {
      auto next = Pull();
      if (!next.has_value()) return SourceError(source_, next.error(), row_);
      if (*next == nullptr) return Batch();
      waiting_ = *next;
      SIKU_TRY(CheckUtf8(source_, waiting_, row_));
    }
    const Batch slice = waiting_->Slice(0, std::min(batch_rows_, waiting_->num_rows()));
    waiting_ = waiting_->Slice(slice->num_rows());
    SIKU_TRY(auto rows, WithKeys(source_, ordinal_, user_, slice, row_));
    row_ += slice->num_rows();
    return rows;
  }

 private:
  Result<Batch> Pull() {
    Batch batch;
    if (stream_ != nullptr) {
      SIKU_TRY(FromArrow(stream_->ReadNext(&batch)));
      return batch;
    }
    if (group_ >= last_group_) return Batch();
    return FromArrow(file_->ReadRecordBatch(group_++));
  }
  Result<void> OpenParquet(int64_t begin, int64_t end) {
    SIKU_TRY(auto input, OpenRandomAccess(source_));
    try {
      SIKU_TRY(parquet_, FromArrow(parquet::arrow::OpenFile(input, arrow::default_memory_pool())));
      const auto metadata = parquet_->parquet_reader()->metadata();
      const int64_t last = end < 0 ? metadata->num_row_groups() : end;
      for (int64_t group = 0; group < begin; ++group) {
        row_ += metadata->RowGroup(static_cast<int>(group))->num_rows();
      }
      std::vector<int> groups(static_cast<size_t>(last - begin));
      std::iota(groups.begin(), groups.end(), static_cast<int>(begin));
      parquet_->set_batch_size(batch_rows_);
      Schema schema;
      SIKU_TRY(FromArrow(parquet_->GetSchema(&schema)));
      SIKU_TRY(user_, UserSchema(source_, schema));
      SIKU_TRY(stream_, FromArrow(parquet_->GetRecordBatchReader(groups)));
    } catch (const std::exception& e) {
      return Fail(Code::kData, "not a Parquet file", e.what(), source_.relative);
    }
    return {};
  }
  Result<void> OpenArrow(int64_t begin, int64_t end) {
    auto options = arrow::ipc::IpcReadOptions::Defaults();
    options.use_threads = false;
    SIKU_TRY(auto input, OpenRandomAccess(source_));
    auto file = arrow::ipc::RecordBatchFileReader::Open(input, options);
    if (file.ok()) {
      file_ = *file;
      last_group_ = end < 0 ? file_->num_record_batches() : static_cast<int>(end);
      for (; group_ < begin; ++group_) {
        SIKU_TRY(auto skipped, FromArrow(file_->ReadRecordBatch(group_)));
        row_ += skipped->num_rows();
      }
      SIKU_TRY(user_, UserSchema(source_, file_->schema()));
      return {};
    }
    SIKU_TRY(FromArrow(input->Seek(0)));
    SIKU_TRY(stream_, FromArrow(arrow::ipc::RecordBatchStreamReader::Open(input, options)));
    SIKU_TRY(user_, UserSchema(source_, stream_->schema()));
    return {};
  }

  friend Result<Schema> siku::io::ColumnarSchema(const Source& source);
  Source source_;
  int ordinal_;
  int64_t batch_rows_ = 1024;
  int64_t row_ = 0;
  int group_ = 0;
  int last_group_ = 0;
  std::unique_ptr<parquet::arrow::FileReader> parquet_{};
  std::shared_ptr<arrow::RecordBatchReader> stream_{};
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_{};
  Schema user_{};
  Batch waiting_{};
};

}  // namespace

Result<std::vector<int64_t>> GroupBytes(const Source& source) {
  SIKU_TRY(auto input, OpenRandomAccess(source));
  std::vector<int64_t> bytes;
  if (source.format == Format::kParquet) {
    try {
      const auto reader = parquet::ParquetFileReader::Open(input);
      for (int i = 0; i < reader->metadata()->num_row_groups(); ++i) {
        bytes.push_back(reader->metadata()->RowGroup(i)->total_byte_size());
      }
    } catch (const std::exception& e) {
      return Fail(Code::kData, "not a Parquet file", e.what(), source.relative);
    }
    return bytes;
  }
  auto file = arrow::ipc::RecordBatchFileReader::Open(input);
  const auto count = file.ok() ? static_cast<size_t>((*file)->num_record_batches()) : 1;
  bytes.assign(count, source.bytes / static_cast<int64_t>(std::max<size_t>(1, count)));
  return bytes;
}

Result<Schema> ColumnarSchema(const Source& source) {
  Reader reader(source, 0);
  auto opened = reader.Open(0, 0, 1);
  if (!opened.has_value()) return SourceError(source, opened.error(), -1);
  return reader.user_;
}

Result<std::unique_ptr<ColumnarReader>> ColumnarReader::Open(const Source& source, int ordinal,
                                                             int64_t begin, int64_t end,
                                                             int64_t batch_rows) {
  auto reader = std::make_unique<Reader>(source, ordinal);
  auto opened = reader->Open(begin, end, batch_rows);
  if (!opened.has_value()) return SourceError(source, opened.error(), -1);
  return reader;
}

}  // namespace siku::io
