// Parquet and Arrow IPC files.
#include <arrow/api.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/byte_size.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include "../base/arrow_internal.h"
#include "row_writers.h"

namespace siku::io {
namespace {

// A row group ends with the batch that reaches it, or with the row that WriteOptions names.
constexpr int64_t kGroupBytes = 64 << 20;

class ColumnarWriter : public RowWriter {
 public:
  ColumnarWriter(std::unique_ptr<OutputFile> output, Schema schema, const WriteOptions& options)
      : output_(std::move(output)), schema_(std::move(schema)), group_rows_(options.group_rows) {
    arrow::FieldVector fields;
    for (int i = 0; i < schema_->num_fields(); ++i) {
      if (!options.keep_hidden && schema_->field(i)->name().starts_with(kHiddenPrefix)) continue;
      kept_.push_back(i);
      fields.push_back(schema_->field(i));
    }
    written_ = arrow::schema(std::move(fields));
  }

  Result<void> Write(const Batch& rows) override {
    SIKU_TRY(CheckColumns(*schema_, *rows->schema()));
    arrow::ArrayVector columns;
    for (const int i : kept_) columns.push_back(rows->column(i));
    return Named(
        WriteKept(*arrow::RecordBatch::Make(written_, rows->num_rows(), std::move(columns))));
  }
  Result<int64_t> Close() override {
    SIKU_TRY(Named(CloseFile()));
    return output_->Finish();
  }
  Result<void> Open() { return Named(OpenFile()); }

 protected:
  virtual Result<void> OpenFile() = 0;
  virtual Result<void> WriteKept(const arrow::RecordBatch& rows) = 0;
  virtual Result<void> CloseFile() = 0;

  const std::shared_ptr<arrow::io::OutputStream>& stream() { return output_->shared_stream(); }
  const Schema& written() const { return written_; }
  int64_t group_rows() const { return group_rows_; }

 private:
  Result<void> Named(Result<void> done) const {
    if (done.has_value()) return done;
    if (done.error().code == Code::kUnsupported) {
      return Fail(Code::kUnsupported, "a column of this type has no form in this format",
                  done.error().value);
    }
    return output_->Failed(done.error());
  }

  std::unique_ptr<OutputFile> output_;
  Schema schema_;
  Schema written_{};
  int64_t group_rows_;
  std::vector<int> kept_{};
};

class ParquetWriter final : public ColumnarWriter {
 public:
  using ColumnarWriter::ColumnarWriter;

 private:
  Result<void> OpenFile() override {
    auto properties = parquet::WriterProperties::Builder()
                          .version(parquet::ParquetVersion::PARQUET_2_6)
                          ->compression(parquet::Compression::ZSTD)
                          ->max_row_group_length(group_rows())
                          ->created_by("siku 1")
                          ->build();
    auto columns = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    try {
      SIKU_TRY(writer_, FromArrow(parquet::arrow::FileWriter::Open(
                            *written(), arrow::default_memory_pool(), stream(),
                            std::move(properties), std::move(columns))));
    } catch (const parquet::ParquetException& e) {
      return Fail(Code::kUnsupported, "a column of this type has no form in this format", e.what());
    }
    return {};
  }
  Result<void> WriteKept(const arrow::RecordBatch& rows) override {
    try {
      if (group_bytes_ >= kGroupBytes) {
        SIKU_TRY(FromArrow(writer_->NewBufferedRowGroup()));
        group_bytes_ = 0;
      }
      group_bytes_ += arrow::util::ReferencedBufferSize(rows).ValueOr(0);
      return FromArrow(writer_->WriteRecordBatch(rows));
    } catch (const parquet::ParquetException& e) {
      return Fail(Code::kIo, "cannot write", e.what());
    }
  }
  Result<void> CloseFile() override {
    try {
      return FromArrow(writer_->Close());
    } catch (const parquet::ParquetException& e) {
      return Fail(Code::kIo, "cannot write", e.what());
    }
  }

  std::unique_ptr<parquet::arrow::FileWriter> writer_{};
  int64_t group_bytes_ = 0;
};

class ArrowWriter final : public ColumnarWriter {
 public:
  using ColumnarWriter::ColumnarWriter;

 private:
  Result<void> OpenFile() override {
    auto options = arrow::ipc::IpcWriteOptions::Defaults();
    options.use_threads = false;
    SIKU_TRY(options.codec, FromArrow(arrow::util::Codec::Create(arrow::Compression::ZSTD)));
    SIKU_TRY(writer_, FromArrow(arrow::ipc::MakeFileWriter(stream(), written(), options)));
    return {};
  }
  Result<void> WriteKept(const arrow::RecordBatch& rows) override {
    return FromArrow(writer_->WriteRecordBatch(rows));
  }
  Result<void> CloseFile() override { return FromArrow(writer_->Close()); }

  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_{};
};

}  // namespace

Result<std::unique_ptr<RowWriter>> MakeColumnarWriter(std::unique_ptr<OutputFile> output,
                                                      const Schema& schema,
                                                      const WriteOptions& options) {
  std::unique_ptr<ColumnarWriter> writer;
  if (options.format == Format::kParquet) {
    writer = std::make_unique<ParquetWriter>(std::move(output), schema, options);
  } else {
    writer = std::make_unique<ArrowWriter>(std::move(output), schema, options);
  }
  SIKU_TRY(writer->Open());
  return writer;
}

}  // namespace siku::io
