#include "rows/restricted.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>

#include "arrow_internal.h"
#include "rows/visible.h"

namespace siku::catalog {
namespace {

using ParquetFile = std::unique_ptr<parquet::arrow::FileReader>;

Result<ParquetFile> OpenCopy(const std::string& path) {
  SIKU_TRY(auto input, FromArrow(arrow::io::ReadableFile::Open(path)));
  return FromArrow(parquet::arrow::OpenFile(input, arrow::default_memory_pool()));
}

class CopyRows final : public VisibleRows {
 public:
  CopyRows(ParquetFile file, std::shared_ptr<arrow::RecordBatchReader> batches, int64_t skip)
      : file_(std::move(file)), batches_(std::move(batches)), skip_(skip) {}
  Result<Batch> Next() override {
    for (;;) {
      Batch batch;
      SIKU_TRY(FromArrow(batches_->ReadNext(&batch)));
      if (batch == nullptr) return batch;
      const int64_t here = std::min(skip_, batch->num_rows());
      skip_ -= here;
      if (here < batch->num_rows()) return batch->Slice(here);
    }
  }

 private:
  ParquetFile file_;
  std::shared_ptr<arrow::RecordBatchReader> batches_;
  int64_t skip_;
};

}  // namespace

Result<int64_t> RestrictedCount(const std::string& parquet) {
  SIKU_TRY(const auto file, OpenCopy(parquet));
  return file->parquet_reader()->metadata()->num_rows();
}

Result<std::unique_ptr<VisibleRows>> RestrictedRows(const std::string& parquet, int64_t offset,
                                                    int64_t batch_rows) {
  SIKU_TRY(auto file, OpenCopy(parquet));
  const auto metadata = file->parquet_reader()->metadata();
  std::vector<int> groups;
  int64_t begin = 0;    // of the group
  int64_t skipped = 0;  // rows of the groups before
  for (int group = 0; group < metadata->num_row_groups(); ++group) {
    const int64_t rows = metadata->RowGroup(group)->num_rows();
    if (begin + rows > offset) {
      if (groups.empty()) skipped = begin;
      groups.push_back(group);
    }
    begin += rows;
  }
  file->set_batch_size(batch_rows);
  SIKU_TRY(auto batches, FromArrow(file->GetRecordBatchReader(groups)));
  return std::make_unique<CopyRows>(std::move(file), std::move(batches), offset - skipped);
}

}  // namespace siku::catalog
