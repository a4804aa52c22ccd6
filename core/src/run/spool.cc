#include "spool.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include "../base/arrow_internal.h"
#include "../base/durable.h"

namespace siku::run {
namespace {

class IpcSpool final : public Spool {
 public:
  Result<void> Open(const std::string& path, const Schema& schema, const RunKey& key, bool mapped) {
    path_ = path;
    SIKU_TRY(file_, CreateFile(path, key));
    auto options = arrow::ipc::IpcWriteOptions::Defaults();
    options.use_threads = false;
    if (mapped) {
      options.alignment = 64;
      SIKU_TRY(writer_, FromArrow(arrow::ipc::MakeFileWriter(file_, schema, options)));
      return {};
    }
    SIKU_TRY(options.codec, FromArrow(arrow::util::Codec::Create(arrow::Compression::LZ4_FRAME)));
    SIKU_TRY(writer_, FromArrow(arrow::ipc::MakeStreamWriter(file_, schema, options)));
    return {};
  }
  Result<void> Write(const Batch& batch) override {
    return FromArrow(writer_->WriteRecordBatch(*batch));
  }
  int64_t bytes() const override { return file_->Tell().ValueOr(0); }
  Result<int64_t> Close() override {
    SIKU_TRY(FromArrow(writer_->Close()));
    SIKU_TRY(auto size, FromArrow(file_->Tell()));
    SIKU_TRY(FromArrow(file_->Close()));
    SIKU_TRY(SyncFile(path_));
    return size;
  }

 private:
  std::string path_;
  std::shared_ptr<arrow::io::OutputStream> file_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

class ParquetSpool final : public Spool {
 public:
  Result<void> Open(const std::string& path, const Schema& schema, const RunKey& key) {
    path_ = path;
    schema_ = schema;
    SIKU_TRY(file_, CreateFile(path, key));
    const auto properties = parquet::WriterProperties::Builder()
                                .compression(parquet::Compression::ZSTD)
                                ->compression_level(1)
                                ->build();
    const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    SIKU_TRY(writer_,
             FromArrow(parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(),
                                                        file_, properties, arrow_properties)));
    return {};
  }
  Result<void> Write(const Batch& batch) override {
    if (batch->num_rows() == 0) return {};
    waiting_.push_back(batch);
    rows_ += batch->num_rows();
    SIKU_TRY(auto bytes, BatchBytes(batch));
    bytes_ += bytes;
    // A row group: large enough to compress, small enough to hold.
    return rows_ >= 65536 || bytes_ >= (16 << 20) ? Flush() : Result<void>{};
  }
  int64_t bytes() const override { return file_->Tell().ValueOr(0); }
  Result<int64_t> Close() override {
    SIKU_TRY(Flush());
    SIKU_TRY(FromArrow(writer_->Close()));
    SIKU_TRY(auto size, FromArrow(file_->Tell()));
    SIKU_TRY(FromArrow(file_->Close()));
    SIKU_TRY(SyncFile(path_));
    return size;
  }

 private:
  static Result<int64_t> BatchBytes(const Batch& batch) {
    int64_t bytes = 0;
    for (const auto& column : batch->columns()) {
      for (const auto& buffer : column->data()->buffers) {
        if (buffer != nullptr) bytes += buffer->size();
      }
    }
    return bytes;
  }
  Result<void> Flush() {
    if (waiting_.empty()) return {};
    SIKU_TRY(auto table, FromArrow(arrow::Table::FromRecordBatches(schema_, waiting_)));
    waiting_.clear();
    rows_ = bytes_ = 0;
    return FromArrow(writer_->WriteTable(*table, table->num_rows()));
  }

  std::string path_;
  Schema schema_;
  std::shared_ptr<arrow::io::OutputStream> file_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  arrow::RecordBatchVector waiting_;
  int64_t rows_ = 0;
  int64_t bytes_ = 0;
};

class IpcReader final : public SpoolReader {
 public:
  Result<void> Open(const std::string& path, const RunKey& key) {
    SIKU_TRY(auto file, OpenFile(path, key));
    auto options = arrow::ipc::IpcReadOptions::Defaults();
    options.use_threads = false;
    SIKU_TRY(reader_, FromArrow(arrow::ipc::RecordBatchStreamReader::Open(file, options)));
    schema_ = reader_->schema();
    return {};
  }
  const Schema& schema() const override { return schema_; }
  Result<Batch> Next() override {
    Batch batch;
    SIKU_TRY(FromArrow(reader_->ReadNext(&batch)));
    return batch;
  }

 private:
  std::shared_ptr<arrow::RecordBatchReader> reader_;
  Schema schema_;
};

class MappedReader final : public SpoolReader {
 public:
  Result<void> Open(const std::string& path, const RunKey& key) {
    SIKU_TRY(auto file, OpenFile(path, key));
    SIKU_TRY(reader_, FromArrow(arrow::ipc::RecordBatchFileReader::Open(file)));
    schema_ = reader_->schema();
    return {};
  }
  const Schema& schema() const override { return schema_; }
  Result<Batch> Next() override {
    if (next_ == reader_->num_record_batches()) return Batch();
    return FromArrow(reader_->ReadRecordBatch(next_++));
  }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader_;
  Schema schema_;
  int next_ = 0;
};

class ParquetReader final : public SpoolReader {
 public:
  Result<void> Open(const std::string& path, const RunKey& key) {
    SIKU_TRY(auto input, OpenFile(path, key));
    SIKU_TRY(file_, FromArrow(parquet::arrow::OpenFile(input, arrow::default_memory_pool())));
    file_->set_batch_size(1024);
    SIKU_TRY(FromArrow(file_->GetSchema(&schema_)));
    SIKU_TRY(reader_, FromArrow(file_->GetRecordBatchReader()));
    return {};
  }
  const Schema& schema() const override { return schema_; }
  Result<Batch> Next() override {
    Batch batch;
    SIKU_TRY(FromArrow(reader_->ReadNext(&batch)));
    return batch;
  }

 private:
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::unique_ptr<arrow::RecordBatchReader> reader_;
  Schema schema_;
};

}  // namespace

Result<std::unique_ptr<Spool>> Spool::Create(const std::string& path, const Schema& schema,
                                             SpoolFormat format, const RunKey& key) {
  if (format != SpoolFormat::kParquet) {
    auto spool = std::make_unique<IpcSpool>();
    SIKU_TRY(spool->Open(path, schema, key, format == SpoolFormat::kMapped));
    return spool;
  }
  auto spool = std::make_unique<ParquetSpool>();
  SIKU_TRY(spool->Open(path, schema, key));
  return spool;
}

Result<std::unique_ptr<SpoolReader>> SpoolReader::Open(const std::string& path, SpoolFormat format,
                                                       const RunKey& key) {
  if (format == SpoolFormat::kIpc) {
    auto reader = std::make_unique<IpcReader>();
    SIKU_TRY(reader->Open(path, key));
    return reader;
  }
  if (format == SpoolFormat::kMapped) {
    auto reader = std::make_unique<MappedReader>();
    SIKU_TRY(reader->Open(path, key));
    return reader;
  }
  auto reader = std::make_unique<ParquetReader>();
  SIKU_TRY(reader->Open(path, key));
  return reader;
}

}  // namespace siku::run
