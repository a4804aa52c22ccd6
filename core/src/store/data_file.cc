#include "data_file.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "siku/sha256.h"

namespace siku {
namespace {

// A row group ends with the row that reaches either number; both are of the rows alone.
constexpr int64_t kGroupRows = 65'536;
constexpr int64_t kGroupBytes = 32 << 20;

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

// Bytes a row holds, by its values.
class RowSizes {
 public:
  explicit RowSizes(const Batch& batch) {
    for (const auto& column : batch->columns()) {
      if (column->type_id() == arrow::Type::LARGE_STRING ||
          column->type_id() == arrow::Type::LARGE_BINARY) {
        texts_.push_back(static_cast<const arrow::LargeBinaryArray*>(column.get()));
      }
    }
    fixed_ = 8 * batch->num_columns();
  }
  int64_t Of(int64_t row) const {
    int64_t bytes = fixed_;
    for (const auto* text : texts_) bytes += text->IsNull(row) ? 0 : text->value_length(row);
    return bytes;
  }

 private:
  std::vector<const arrow::LargeBinaryArray*> texts_{};
  int64_t fixed_ = 0;
};

class Writer final : public DataFileWriter {
 public:
  Writer(std::string folder, Schema schema)
      : folder_(std::move(folder)), schema_(std::move(schema)) {}
  ~Writer() override {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  Result<void> Append(const Batch& rows) override {
    const RowSizes sizes(rows);
    int64_t first = 0;
    for (int64_t row = 0; row < rows->num_rows(); ++row) {
      bytes_ += sizes.Of(row);
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
    const std::string path = folder + "/" + file.sha256 + ".parquet";
    SIKU_TRY(const bool fresh, PublishOnce(temporary_, path));
    temporary_.clear();
    // Somebody wrote the same rows before; make the file as young as this write, so that a
    // collector does not take it for old garbage.
    std::error_code ignored;
    if (!fresh)
      std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now(),
                                       ignored);
    SIKU_TRY(SyncFolder(folder_));
    return file;
  }

 private:
  Result<void> Open() {
    static std::atomic<int64_t> next{0};
    const std::string path =
        folder_ + "/" + std::to_string(::getpid()) + "-" + std::to_string(next++) + ".new";
    SIKU_TRY(auto file, FromArrow(arrow::io::FileOutputStream::Open(path)));
    temporary_ = path;
    stream_ = std::make_shared<HashingStream>(std::move(file));
    const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    SIKU_TRY(writer_, FromArrow(parquet::arrow::FileWriter::Open(
                          *schema_, arrow::default_memory_pool(), stream_, Properties(schema_),
                          arrow_properties)));
    return {};
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

std::unique_ptr<DataFileWriter> MakeDataFileWriter(const std::string& folder,
                                                   const Schema& schema) {
  return std::make_unique<Writer>(folder, schema);
}

}  // namespace siku
