#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>

#include "../base/arrow_internal.h"
#include "../objects/mirror.h"
#include "column_type.h"
#include "siku/store.h"

namespace siku {
namespace {

class Reader final : public VersionReader {
 public:
  Reader(const Store& store, std::vector<DataFile> files, Schema schema, int64_t skip,
         int64_t batch_rows)
      : store_(store),
        files_(std::move(files)),
        schema_(std::move(schema)),
        skip_(skip),
        batch_rows_(batch_rows) {
    // Whole files before the first wanted row are not opened.
    while (next_ < files_.size() && skip_ >= files_[next_].rows) skip_ -= files_[next_++].rows;
  }

  const Schema& schema() const override { return schema_; }
  Result<Batch> Next() override {
    for (;;) {
      if (stream_ == nullptr) {
        if (next_ == files_.size()) return Batch();
        SIKU_TRY(OpenFile());
      }
      Batch batch;
      if (const auto read = stream_->ReadNext(&batch); !read.ok()) return Damaged(read);
      if (batch == nullptr) {
        stream_.reset();
        if (left_ != 0) return OtherRows();
        continue;
      }
      left_ -= batch->num_rows();
      if (left_ < 0) return OtherRows();
      const int64_t skipped = std::min(skip_, batch->num_rows());
      skip_ -= skipped;
      if (skipped == batch->num_rows()) continue;
      return arrow::RecordBatch::Make(schema_, batch->num_rows(), batch->columns())->Slice(skipped);
    }
  }

 private:
  Result<void> OpenFile() {
    const DataFile& file = files_[next_++];
    path_ = store_.DataPath(file.sha256);
    left_ = file.rows;
    SIKU_TRY(Bring(path_));
    auto input = arrow::io::ReadableFile::Open(path_);
    if (!input.ok()) {
      if (CodeOf(input.status()) != Code::kNotFound) return Damaged(input.status());
      return Fail(Code::kData, "a data file is gone", {}, PlaceOf(path_),
                  "`siku store verify` says what else is damaged");
    }
    auto opened = parquet::arrow::OpenFile(*input, arrow::default_memory_pool());
    if (!opened.ok()) return Damaged(opened.status());
    file_ = *std::move(opened);
    file_->set_batch_size(batch_rows_);
    Schema schema;
    if (const auto got = file_->GetSchema(&schema); !got.ok()) return Damaged(got);
    SIKU_TRY(CheckColumns(*schema));
    auto stream = file_->GetRecordBatchReader(WantedGroups());
    if (!stream.ok()) return Damaged(stream.status());
    stream_ = *std::move(stream);
    return {};
  }
  // Row groups before the first wanted row are not decoded.
  std::vector<int> WantedGroups() {
    const auto metadata = file_->parquet_reader()->metadata();
    std::vector<int> groups;
    for (int group = 0; group < metadata->num_row_groups(); ++group) {
      const int64_t rows = metadata->RowGroup(group)->num_rows();
      if (groups.empty() && skip_ >= rows) {
        skip_ -= rows;
        left_ -= rows;
      } else {
        groups.push_back(group);
      }
    }
    return groups;
  }
  Result<void> CheckColumns(const arrow::Schema& found) const {
    bool same = found.num_fields() == schema_->num_fields();
    for (int i = 0; same && i < found.num_fields(); ++i) {
      same = found.field(i)->name() == schema_->field(i)->name() &&
             found.field(i)->type()->Equals(*schema_->field(i)->type());
    }
    if (same) return {};
    return Fail(Code::kData, "a data file has other columns than its manifest says",
                found.ToString(), PlaceOf(path_));
  }
  tl::unexpected<Error> Damaged(const arrow::Status& status) const {
    const Code code = CodeOf(status);
    const bool outside = code == Code::kDenied || code == Code::kLimit;
    return Fail(outside ? code : Code::kData, "a data file cannot be read", status.message(),
                PlaceOf(path_), "`siku store verify` says what else is damaged");
  }
  tl::unexpected<Error> OtherRows() const {
    return Fail(Code::kData, "a data file has other rows than its manifest says", {},
                PlaceOf(path_), "`siku store verify` says what else is damaged");
  }

  const Store& store_;
  std::vector<DataFile> files_;
  Schema schema_;
  size_t next_ = 0;
  int64_t skip_;
  int64_t batch_rows_;
  std::string path_{};  // of the open file
  int64_t left_ = 0;    // its rows that are still to come
  std::unique_ptr<parquet::arrow::FileReader> file_{};
  std::unique_ptr<arrow::RecordBatchReader> stream_{};
};

}  // namespace

Result<std::unique_ptr<VersionReader>> VersionReader::Open(const Store& store,
                                                           const Manifest& manifest,
                                                           int64_t first_row, int64_t batch_rows) {
  SIKU_TRY(auto schema, SchemaFromCanonical(manifest.schema, manifest.content));
  std::vector<DataFile> files;
  for (const Segment& segment : manifest.segments) {
    files.insert(files.end(), segment.files.begin(), segment.files.end());
  }
  return std::make_unique<Reader>(store, std::move(files), std::move(schema), first_row,
                                  batch_rows);
}

}  // namespace siku
