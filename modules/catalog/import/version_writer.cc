#include "import/version_writer.h"

#include <arrow/api.h>

#include "arrow_internal.h"

namespace siku::catalog {
namespace {

// Where a file ends is of the rows alone.
constexpr int64_t kFileRows = 2'000'000;

Schema WithKeys(const Schema& user) {
  arrow::FieldVector fields = {
      arrow::field(std::string(kSourceColumn), arrow::int32(), false),
      arrow::field(std::string(kPositionColumn), arrow::int64(), false),
      arrow::field(std::string(kChildColumn), arrow::binary(), false),
      arrow::field(std::string(kResidueColumn), arrow::large_binary(), true)};
  for (const auto& field : user->fields()) fields.push_back(field);
  return arrow::schema(std::move(fields));
}

}  // namespace

Result<void> VersionWriter::Append(const std::vector<int64_t>& positions,
                                   const std::vector<std::shared_ptr<arrow::Array>>& columns) {
  if (positions.empty()) return {};
  const auto count = static_cast<int64_t>(positions.size());
  arrow::Int32Builder source;
  arrow::Int64Builder position;
  arrow::BinaryBuilder child;
  for (const int64_t at : positions) {
    SIKU_TRY(FromArrow(source.Append(0)));
    SIKU_TRY(FromArrow(position.Append(at)));
    SIKU_TRY(FromArrow(child.Append("", 0)));
  }
  arrow::ArrayVector arrays(4);
  SIKU_TRY(arrays[0], FromArrow(source.Finish()));
  SIKU_TRY(arrays[1], FromArrow(position.Finish()));
  SIKU_TRY(arrays[2], FromArrow(child.Finish()));
  SIKU_TRY(arrays[3], FromArrow(arrow::MakeArrayOfNull(arrow::large_binary(), count)));
  arrays.insert(arrays.end(), columns.begin(), columns.end());
  const Batch batch = arrow::RecordBatch::Make(WithKeys(user_), count, std::move(arrays));
  if (file_ == nullptr) {
    SIKU_TRY(file_, store_.NewDataFile(batch->schema()));
  }
  SIKU_TRY(const auto digests, RowDigests(batch));
  digest_.Add(digests);
  SIKU_TRY(file_->Append(batch));
  rows_in_file_ += count;
  return rows_in_file_ >= kFileRows ? CloseFile() : Result<void>{};
}

Result<void> VersionWriter::CloseFile() {
  if (file_ == nullptr) return {};
  SIKU_TRY(auto file, file_->Finish());
  file_.reset();
  rows_in_file_ = 0;
  segment_.rows += file.rows;
  segment_.files.push_back(std::move(file));
  return {};
}

Result<Manifest> VersionWriter::Finish(const std::string& lineage) {
  SIKU_TRY(CloseFile());
  Manifest manifest;
  SIKU_TRY(manifest.schema, CanonicalSchema(WithKeys(user_)));
  manifest.content = digest_.Finish(manifest.schema);
  manifest.rows = digest_.rows();
  manifest.digest = digest_.state();
  manifest.lineage = lineage;
  if (segment_.rows > 0) manifest.segments.push_back(segment_);
  return manifest;
}

}  // namespace siku::catalog
