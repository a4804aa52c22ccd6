#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>

#include "../base/arrow_internal.h"
#include "siku/columns.h"
#include "siku/store.h"

namespace siku {
namespace {

class Reader final : public VersionReader {
 public:
  Reader(const Store& store, std::vector<DataFile> files, int64_t skip, int64_t batch_rows)
      : store_(store), files_(std::move(files)), skip_(skip), batch_rows_(batch_rows) {}

  Result<void> Begin() {
    // Whole files before the first wanted row are not opened.
    while (next_ + 1 < files_.size() && skip_ >= files_[next_].rows) skip_ -= files_[next_++].rows;
    return next_ < files_.size() ? OpenFile() : Result<void>{};
  }
  const Schema& schema() const override { return schema_; }
  Result<Batch> Next() override {
    while (stream_ != nullptr) {
      Batch batch;
      SIKU_TRY(FromArrow(stream_->ReadNext(&batch)));
      if (batch == nullptr) {
        stream_.reset();
        if (next_ < files_.size()) SIKU_TRY(OpenFile());
        continue;
      }
      const int64_t skipped = std::min(skip_, batch->num_rows());
      skip_ -= skipped;
      if (skipped < batch->num_rows()) return batch->Slice(skipped);
    }
    return Batch();
  }

 private:
  Result<void> OpenFile() {
    const std::string path = store_.DataPath(files_[next_++].sha256);
    SIKU_TRY(auto input, FromArrow(arrow::io::ReadableFile::Open(path)));
    SIKU_TRY(file_, FromArrow(parquet::arrow::OpenFile(input, arrow::default_memory_pool())));
    file_->set_batch_size(batch_rows_);
    SIKU_TRY(FromArrow(file_->GetSchema(&schema_)));
    SIKU_TRY(stream_, FromArrow(file_->GetRecordBatchReader()));
    return {};
  }

  const Store& store_;
  std::vector<DataFile> files_;
  size_t next_ = 0;
  int64_t skip_;
  int64_t batch_rows_;
  std::unique_ptr<parquet::arrow::FileReader> file_{};
  std::unique_ptr<arrow::RecordBatchReader> stream_{};
  Schema schema_ = arrow::schema({});
};

// The rows of one side of a diff, one at a time.
class Cursor {
 public:
  Result<void> Open(const Store& store, const Manifest& manifest) {
    SIKU_TRY(reader_, VersionReader::Open(store, manifest));
    return Advance();
  }
  bool done() const { return batch_ == nullptr; }
  RowKey key() const {
    const auto& child = static_cast<const arrow::BinaryArray&>(*batch_->column(2));
    return {static_cast<const arrow::Int32Array&>(*batch_->column(0)).Value(row_),
            static_cast<const arrow::Int64Array&>(*batch_->column(1)).Value(row_),
            child.GetString(row_)};
  }
  const Digest& digest() const { return digests_[static_cast<size_t>(row_)]; }
  Batch row() const { return batch_->Slice(row_, 1); }
  Result<void> Advance() {
    if (batch_ != nullptr && ++row_ < batch_->num_rows()) return {};
    SIKU_TRY(batch_, reader_->Next());
    row_ = 0;
    if (batch_ != nullptr) {
      SIKU_TRY(digests_, RowDigests(batch_));
    }
    return {};
  }

 private:
  std::unique_ptr<VersionReader> reader_{};
  Batch batch_{};
  std::vector<Digest> digests_{};
  int64_t row_ = 0;
};

}  // namespace

Result<std::unique_ptr<VersionReader>> VersionReader::Open(const Store& store,
                                                           const Manifest& manifest,
                                                           int64_t first_row, int64_t batch_rows) {
  std::vector<DataFile> files;
  for (const Segment& segment : manifest.segments) {
    files.insert(files.end(), segment.files.begin(), segment.files.end());
  }
  auto reader = std::make_unique<Reader>(store, std::move(files), first_row, batch_rows);
  SIKU_TRY(reader->Begin());
  return reader;
}

Result<VersionDiff> Diff(const Store& store, const Manifest& before, const Manifest& after,
                         const std::function<void(DiffKind, const Batch&, const Batch&)>& visit) {
  Cursor a, b;
  SIKU_TRY(a.Open(store, before));
  SIKU_TRY(b.Open(store, after));
  VersionDiff diff;
  while (!a.done() || !b.done()) {
    const bool only_a = b.done() || (!a.done() && a.key() < b.key());
    const bool only_b = !only_a && (a.done() || b.key() < a.key());
    if (only_a) {
      ++diff.removed;
      visit(DiffKind::kRemoved, a.row(), nullptr);
    } else if (only_b) {
      ++diff.added;
      visit(DiffKind::kAdded, nullptr, b.row());
    } else if (a.digest() == b.digest()) {
      ++diff.same;
    } else {
      ++diff.changed;
      visit(DiffKind::kChanged, a.row(), b.row());
    }
    if (!only_b) SIKU_TRY(a.Advance());
    if (!only_a) SIKU_TRY(b.Advance());
  }
  return diff;
}

}  // namespace siku
