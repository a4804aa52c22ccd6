#include "columnar.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/ipc/api.h>
#include <arrow/util/base64.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "../base/arrow_internal.h"
#include "broken_text.h"
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

// What no store keeps (docs/format.md, "Types") is refused where the file can be named.
bool CanBeKept(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::DICTIONARY:
      return CanBeKept(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::SPARSE_UNION:
    case arrow::Type::DENSE_UNION:
    case arrow::Type::INTERVAL_MONTHS:
    case arrow::Type::INTERVAL_DAY_TIME:
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
    case arrow::Type::RUN_END_ENCODED:
    case arrow::Type::LIST_VIEW:
    case arrow::Type::LARGE_LIST_VIEW:
    case arrow::Type::EXTENSION:
      return false;
    default:
      return std::all_of(type.fields().begin(), type.fields().end(),
                         [](const auto& field) { return CanBeKept(*field->type()); });
  }
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
    if (!CanBeKept(*field->type())) {
      return Fail(Code::kUnsupported, "a column of this type cannot be stored",
                  field->name() + ": " + field->type()->ToString(), source.relative);
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

// A page that cannot be decoded is an I/O error to Arrow; without a number of the system's, the
// disk is not to blame.
Result<void> Sound(const arrow::Status& status) {
  auto result = FromArrow(status);
  if (result.has_value() || arrow::internal::ErrnoFromStatus(status) != 0) return result;
  if (IsServerError(result.error())) return result;
  if (result.error().code == Code::kIo || result.error().code == Code::kInternal) {
    result.error().code = Code::kData;
  }
  return result;
}

tl::unexpected<Error> NotParquet(const std::exception& e, const Source& source) {
  if (auto server = ServerError(e.what())) {
    server->place = source.relative;
    return tl::unexpected<Error>(*std::move(server));
  }
  return Fail(Code::kData, "not a Parquet file", e.what(), source.relative);
}

using ParquetReader = std::unique_ptr<parquet::arrow::FileReader>;

// Dictionaries are decoded whatever they are. With indices of another width than Arrow's own it
// would convert them first, and refuse broken text on the way; so the file is made to say that its
// texts are plain.
Result<ParquetReader> OpenWithoutDictionaries(
    const std::shared_ptr<arrow::io::RandomAccessFile>& input) {
  auto reader = parquet::arrow::OpenFile(input, arrow::default_memory_pool());
  SIKU_TRY(Sound(reader.status()));
  Schema schema;
  SIKU_TRY(Sound((*reader)->GetSchema(&schema)));
  bool unusual = false;
  arrow::FieldVector fields;
  for (const auto& field : schema->fields()) {
    fields.push_back(field->WithType(Normal(field->type())));
    if (field->type()->id() != arrow::Type::DICTIONARY) continue;
    const auto& type = static_cast<const arrow::DictionaryType&>(*field->type());
    unusual = unusual || type.index_type()->id() != arrow::Type::INT32;
  }
  if (!unusual) return *std::move(reader);
  SIKU_TRY(const auto plain, FromArrow(arrow::ipc::SerializeSchema(arrow::Schema(fields))));
  parquet::arrow::FileReaderBuilder builder;
  SIKU_TRY(Sound(builder.Open(input)));
  // Ours alone, and no constant: what was just parsed for this reader.
  auto& words =
      const_cast<arrow::KeyValueMetadata&>(*builder.raw_reader()->metadata()->key_value_metadata());
  SIKU_TRY(FromArrow(words.Set("ARROW:schema", arrow::util::base64_encode(plain->ToString()))));
  ParquetReader plain_reader;
  SIKU_TRY(Sound(builder.Build(&plain_reader)));
  return plain_reader;
}

class Reader final : public ColumnarReader {
 public:
  Reader(Source source, int ordinal) : source_(std::move(source)), ordinal_(ordinal) {}

  Result<void> Open(int64_t begin, int64_t end, int64_t batch_rows) {
    batch_rows_ = batch_rows;
    return source_.format == Format::kParquet ? OpenParquet(begin, end) : OpenArrow(begin, end);
  }
  Result<void> Next(Read& read) override {
    while (waiting_ == nullptr || waiting_->num_rows() == 0) {
      auto next = Pull();
      if (!next.has_value()) return SourceError(source_, next.error(), row_);
      if (*next == nullptr) return {};
      waiting_ = *next;
      SIKU_TRY(Check());
    }
    const Batch slice = waiting_->Slice(0, std::min(batch_rows_, waiting_->num_rows()));
    waiting_ = waiting_->Slice(slice->num_rows());
    SIKU_TRY(read.rows, WithKeys(source_, ordinal_, user_, slice, row_));
    if (broken_) {
      SIKU_TRY(read.rows, MendTexts(read.rows, read.flags));
    }
    row_ += slice->num_rows();
    return {};
  }

 private:
  Result<Batch> Pull() {
    Batch batch;
    try {
      if (stream_ != nullptr) {
        SIKU_TRY(Sound(stream_->ReadNext(&batch)));
        return batch;
      }
      if (group_ >= last_group_) return Batch();
      auto group = file_->ReadRecordBatch(group_++);
      SIKU_TRY(Sound(group.status()));
      return *group;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& e) {
      if (auto server = ServerError(e.what())) return tl::unexpected<Error>(*std::move(server));
      return Fail(Code::kData, "the file is damaged or cut off", e.what());
    }
  }
  // Text of a file is not trusted to be UTF-8 because it says so; our own files must be.
  Result<void> Check() {
    const arrow::Status valid = waiting_->ValidateFull();
    broken_ = !valid.ok();
    if (valid.ok() || (!source_.stored && OnlyTextIsBroken(waiting_))) return {};
    return Fail(Code::kData, "the file is damaged or cut off", valid.message(),
                source_.relative + ": row " + std::to_string(row_));
  }
  Result<void> OpenParquet(int64_t begin, int64_t end) {
    SIKU_TRY(auto input, OpenRandomAccess(source_));
    try {
      SIKU_TRY(parquet_, OpenWithoutDictionaries(input));
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
      return NotParquet(e, source_);
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
  ParquetReader parquet_{};
  std::shared_ptr<arrow::RecordBatchReader> stream_{};
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> file_{};
  Schema user_{};
  Batch waiting_{};
  bool broken_ = false;  // some text of `waiting_` may be
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
      return NotParquet(e, source);
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
