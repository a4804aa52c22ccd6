#include "data_file.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>
#include <unistd.h>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "../objects/mirror.h"
#include "column_type.h"
#include "siku/sha256.h"

namespace siku {
namespace {

// A row group ends with the row that reaches either number; both are of the rows alone.
constexpr int64_t kGroupRows = 65'536;
constexpr int64_t kGroupBytes = 32 << 20;
// A file ends likewise, where one writer makes several.
constexpr int64_t kFileBytes = 1 << 30;

// Hashes what passes through to a file.
class HashingStream final : public arrow::io::OutputStream {
 public:
  explicit HashingStream(std::shared_ptr<arrow::io::FileOutputStream> file)
      : file_(std::move(file)) {}
  arrow::Status Close() override { return file_->Close(); }
  bool closed() const override { return file_->closed(); }
  arrow::Result<int64_t> Tell() const override { return bytes_; }
  arrow::Status Write(const void* data, int64_t length) override {
    hash_.Update({static_cast<const char*>(data), static_cast<size_t>(length)});
    bytes_ += length;
    return file_->Write(data, length);
  }
  using arrow::io::OutputStream::Write;
  std::string Finish() { return Hex(hash_.Finish()); }
  int64_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<arrow::io::FileOutputStream> file_;
  Sha256 hash_;
  int64_t bytes_ = 0;
};

// Level 1 writes Chinese text 2.5 times as fast as level 3 and takes a fifth more room; compression
// would be half the work of a run otherwise.
std::shared_ptr<parquet::WriterProperties> Properties(const Schema& schema) {
  parquet::WriterProperties::Builder builder;
  builder.version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->compression(parquet::Compression::ZSTD)
      ->compression_level(1)
      ->data_pagesize(1 << 20)
      ->created_by("siku 1")
      ->disable_dictionary();
  // Text that repeats is found by the codec; keys pack well as differences.
  builder.encoding(std::string(kPositionColumn), parquet::Encoding::DELTA_BINARY_PACKED);
  builder.encoding(std::string(kSourceColumn), parquet::Encoding::DELTA_BINARY_PACKED);
  for (const auto& field : schema->fields()) {
    if (arrow::is_base_binary_like(field->type()->id())) {
      builder.disable_statistics(field->name());
    }
  }
  return builder.build();
}

// Bytes of one value of a stored type; the few of fixed width are counted by the caller.
int64_t LongBytes(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return 0;
  const auto items = [&](const auto& list) {
    const int64_t begin = list.value_offset(row), length = list.value_length(row);
    if (arrow::is_fixed_width(list.values()->type_id())) {
      return length * list.values()->type()->bit_width() / 8;
    }
    int64_t bytes = 8 * length;
    for (int64_t i = begin; i < begin + length; ++i) bytes += LongBytes(*list.values(), i);
    return bytes;
  };
  switch (array.type_id()) {
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return static_cast<const arrow::LargeBinaryArray&>(array).value_length(row);
    case arrow::Type::LARGE_LIST:
      return items(static_cast<const arrow::LargeListArray&>(array));
    case arrow::Type::MAP:
      return items(static_cast<const arrow::MapArray&>(array));
    case arrow::Type::STRUCT: {
      const auto& parts = static_cast<const arrow::StructArray&>(array);
      int64_t bytes = 8 * parts.num_fields();
      for (int i = 0; i < parts.num_fields(); ++i) bytes += LongBytes(*parts.field(i), row);
      return bytes;
    }
    default:
      return 0;
  }
}

// Bytes a row holds, by its values alone.
int64_t RowBytes(const Batch& batch, int64_t row) {
  int64_t bytes = 8 * batch->num_columns();
  for (const auto& column : batch->columns()) bytes += LongBytes(*column, row);
  return bytes;
}

class Writer final : public DataFileWriter {
 public:
  // `schema` is a stored one.
  Writer(std::string folder, Schema schema)
      : folder_(std::move(folder)), schema_(std::move(schema)) {}
  ~Writer() override {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  Result<void> Append(const Batch& given) override {
    SIKU_TRY(const auto rows, Stored(given));
    int64_t first = 0;
    for (int64_t row = 0; row < rows->num_rows(); ++row) {
      bytes_ += RowBytes(rows, row);
      if (++rows_in_group_ < kGroupRows && bytes_ < kGroupBytes) continue;
      waiting_.push_back(rows->Slice(first, row + 1 - first));
      first = row + 1;
      SIKU_TRY(CloseGroup());
    }
    if (first < rows->num_rows()) waiting_.push_back(rows->Slice(first));
    rows_ += rows->num_rows();
    return {};
  }

  Result<DataFile> Finish() override {
    if (rows_ == 0) return DataFile{};
    SIKU_TRY(CloseGroup());
    SIKU_TRY(FromArrow(writer_->Close()));
    SIKU_TRY(FromArrow(stream_->Close()));
    SIKU_TRY(SyncFile(temporary_));
    const DataFile file{stream_->Finish(), stream_->bytes(), rows_};
    const std::string folder = folder_ + "/" + file.sha256.substr(0, 2);
    SIKU_TRY(MakeFolders(folder));
    // Over what stands there: the same bytes, but young, so that no collector takes them for old
    // garbage, and sound, whatever became of the others.
    const std::string path = folder + "/" + file.sha256 + ".parquet";
    SIKU_TRY(RenameDurably(temporary_, path));
    temporary_.clear();
    SIKU_TRY(SyncFolder(folder_));
    SIKU_TRY(Share(path));
    return file;
  }

 private:
  Result<void> Open() {
    const std::string path = folder_ + "/" + UniqueName() + ".new";
    SIKU_TRY(auto file, FromArrow(arrow::io::FileOutputStream::Open(path)));
    temporary_ = path;
    stream_ = std::make_shared<HashingStream>(std::move(file));
    const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    SIKU_TRY(writer_, FromArrow(parquet::arrow::FileWriter::Open(
                          *schema_, arrow::default_memory_pool(), stream_, Properties(schema_),
                          arrow_properties)));
    return {};
  }
  Result<Batch> Stored(const Batch& rows) const {
    if (rows->num_columns() != schema_->num_fields()) {
      return Fail(Code::kInternal, "rows have other columns than their data file");
    }
    arrow::ArrayVector columns;
    for (int i = 0; i < rows->num_columns(); ++i) {
      SIKU_TRY(auto column, AsStored(rows->column(i), schema_->field(i)->type()));
      columns.push_back(std::move(column));
    }
    return arrow::RecordBatch::Make(schema_, rows->num_rows(), std::move(columns));
  }
  // One chunk per row group, so that pages do not depend on how rows came.
  Result<void> CloseGroup() {
    if (waiting_.empty()) return {};
    if (writer_ == nullptr) SIKU_TRY(Open());
    SIKU_TRY(auto group, FromArrow(arrow::ConcatenateRecordBatches(waiting_)));
    waiting_.clear();
    rows_in_group_ = bytes_ = 0;
    SIKU_TRY(auto table, FromArrow(arrow::Table::FromRecordBatches(schema_, {group})));
    return FromArrow(writer_->WriteTable(*table, table->num_rows()));
  }

  std::string folder_;
  Schema schema_;
  std::string temporary_{};
  std::shared_ptr<HashingStream> stream_{};
  std::unique_ptr<parquet::arrow::FileWriter> writer_{};
  arrow::RecordBatchVector waiting_{};
  int64_t rows_in_group_ = 0;
  int64_t bytes_ = 0;
  int64_t rows_ = 0;
};

}  // namespace

Result<std::unique_ptr<DataFileWriter>> MakeDataFileWriter(const std::string& folder,
                                                           const Schema& schema) {
  SIKU_TRY(auto stored, StoredSchema(schema));
  return std::make_unique<Writer>(folder, std::move(stored));
}

Result<void> DataFilesWriter::Append(const Batch& rows) {
  int64_t first = 0;
  for (int64_t row = 0; row < rows->num_rows(); ++row) {
    bytes_ += RowBytes(rows, row);
    if (bytes_ < kFileBytes && row + 1 < rows->num_rows()) continue;
    if (writer_ == nullptr) {
      SIKU_TRY(writer_, MakeDataFileWriter(folder_, schema_));
    }
    SIKU_TRY(writer_->Append(rows->Slice(first, row + 1 - first)));
    first = row + 1;
    if (bytes_ >= kFileBytes) SIKU_TRY(CloseFile());
  }
  return {};
}

Result<void> DataFilesWriter::CloseFile() {
  SIKU_TRY(auto file, writer_->Finish());
  files_.push_back(std::move(file));
  writer_.reset();
  bytes_ = 0;
  return {};
}

Result<std::vector<DataFile>> DataFilesWriter::Finish() {
  if (writer_ != nullptr) SIKU_TRY(CloseFile());
  return std::move(files_);
}

}  // namespace siku
