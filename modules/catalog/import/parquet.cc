#include "import/parquet.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>

#include <algorithm>
#include <numeric>

#include "arrow_internal.h"
#include "column_type.h"
#include "import/commit.h"
#include "import/evidence.h"
#include "import/rejects.h"
#include "query/process.h"
#include "rows/visible.h"
#include "siku/catalog/rows.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr const char* kParquets =
#include "import_parquets.inc"
    ;
constexpr const char* kNeedsPyarrow =
    "set SIKU_PYTHON to a Python of 3.11 or newer that has pyarrow (pip install pyarrow)";
constexpr int kParquetSeconds = 3600;
constexpr int64_t kPreview = 20;  // rows

const WorkerProgram& ParquetProgram() {
  static const auto* const kProgram = new WorkerProgram{
      .modules = {{"siku_parquets", kParquets}},
      .failures = {{"damaged", Code::kData, "the Parquet file is damaged"},
                   {"encrypted", Code::kData, "the file is encrypted",
                    "save it without a password"},
                   {"columns", Code::kLimit, "a table has at most 2,000 columns"},
                   {"groups", Code::kLimit, "the Parquet file has too many row groups"},
                   {"large", Code::kLimit, "a row is larger than it may be"},
                   {"memory", Code::kLimit,
                    "reading the file needs more memory than it may have, in bytes"},
                   {"missing", Code::kUnsupported,
                    "reading Parquet needs pyarrow, which this Python lacks", kNeedsPyarrow},
                   {"failed", Code::kInternal, "the file cannot be read"}},
      .none = "reading Parquet needs a Python, which cannot be started",
      .ended = "the process that reads the file ended",
      .late = "reading the file took longer than it may, in seconds",
      .hint = kNeedsPyarrow};
  return *kProgram;
}

struct StreamPart {
  Schema schema{};
  std::vector<Batch> batches{};
};

Result<StreamPart> PartOf(std::string bytes) {
  SIKU_TRY(
      auto reader,
      FromArrow(arrow::ipc::RecordBatchStreamReader::Open(
          std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes))))));
  StreamPart part{.schema = reader->schema()};
  for (;;) {
    Batch batch;
    SIKU_TRY(FromArrow(reader->ReadNext(&batch)));
    if (batch == nullptr) return part;
    SIKU_TRY(FromArrow(batch->ValidateFull()));
    part.batches.push_back(std::move(batch));
  }
}

/// The file, asked for its first rows, or all.
class ParquetRows {
 public:
  static Result<std::unique_ptr<ParquetRows>> Open(const std::string& path, int64_t limit,
                                                   const ImportProgress& progress) {
    auto rows = std::make_unique<ParquetRows>();
    rows->stop_ = [&progress, at = rows.get()] { return !progress(at->done_); };
    const QueryLimits limits{.seconds = kParquetSeconds,
                             .memory = int64_t{3} << 30,
                             .stop = progress ? &rows->stop_ : nullptr};
    SIKU_TRY(rows->process_, QueryProcess::Start(path, {{"kind", "parquet"}, {"limit", limit}},
                                                 limits, ParquetProgram()));
    SIKU_TRY(auto first, rows->process_->Next());
    rows->total_ = first.head.value("total", int64_t{0});
    SIKU_TRY(const auto part, PartOf(std::move(first.body)));
    rows->schema_ = part.schema;
    if (rows->schema_->num_fields() > static_cast<int>(kMostColumns)) {
      return Fail(Code::kLimit, "a table has at most 2,000 columns",
                  std::to_string(rows->schema_->num_fields()));
    }
    return rows;
  }
  const Schema& schema() const { return schema_; }
  int64_t total() const { return total_; }
  int64_t done() const { return done_; }
  /// Nothing at the end.
  Result<std::vector<Batch>> Next() {
    SIKU_TRY(auto message, process_->Next());
    if (message.head.contains("end")) return std::vector<Batch>();
    done_ = message.head.value("done", done_);
    SIKU_TRY(auto part, PartOf(std::move(message.body)));
    if (!part.schema->Equals(*schema_) || part.batches.empty()) {
      return Fail(Code::kInternal, ParquetProgram().ended, "schema");
    }
    return std::move(part.batches);
  }

 private:
  std::function<bool()> stop_{};
  std::unique_ptr<QueryProcess> process_{};
  Schema schema_{};
  int64_t total_ = 0;
  int64_t done_ = 0;  // bytes of the file, about
};

/// Of columns that the store takes, the type; of others what it says of them.
json ColumnJson(const arrow::Field& field, const std::string& name) {
  json column = {{"name", name}, {"type", "kept"}, {"why", "schema"}};
  auto stored = StoredType(field.type());
  if (stored.has_value()) {
    column["stored"] = TypeName(**stored);
  } else {
    column["type"] = "none";
    column["why"] = "not_stored";
    column["stored"] = ShownText(field.type()->ToString());
  }
  return column;
}

class ParquetImport {
 public:
  ParquetImport(Store& store, const ImportPlan& plan, const ImportOptions& options)
      : store_(store), plan_(plan), options_(options) {}

  Result<Imported> Run(const std::string& path) {
    SIKU_TRY(const auto lease, store_.Hold("import"));
    SIKU_TRY(const auto hashed, HashFile(path, options_));
    SIKU_TRY(const auto rows, ParquetRows::Open(path, -1, options_.progress));
    SIKU_TRY(Choose(*rows->schema()));
    VersionWriter writer(store_, schema_);
    VersionWriter none(store_, RejectsSchema(ImportFormat::kParquet));
    Imported done;
    for (;;) {
      SIKU_TRY(const auto batches, rows->Next());
      if (batches.empty()) break;
      for (const Batch& batch : batches) SIKU_TRY(Append(*batch, writer, done));
      SIKU_TRY(Tell(rows->done()));
    }
    SIKU_TRY(done, CommitImport(store_, plan_, options_, hashed, done, writer, none));
    SIKU_TRY(Tell(hashed.bytes));
    return done;
  }

 private:
  Result<void> Tell(int64_t bytes) const {
    if (!options_.progress || options_.progress(bytes)) return {};
    return Fail(Code::kInterrupted, "the import was ended", options_.name);
  }
  Result<void> Choose(const arrow::Schema& schema) {
    if (static_cast<size_t>(schema.num_fields()) != plan_.columns.size()) {
      return Fail(Code::kData, "the table has another number of columns than the plan",
                  std::to_string(schema.num_fields()), options_.name);
    }
    arrow::FieldVector fields;
    for (int i = 0; i < schema.num_fields(); ++i) {
      const ImportColumn& column = plan_.columns[static_cast<size_t>(i)];
      if (column.type == "none") continue;
      auto stored = StoredType(schema.field(i)->type());
      if (!stored.has_value()) {
        return Fail(Code::kUnsupported, "a column of this type cannot be stored",
                    schema.field(i)->type()->ToString(), column.name,
                    "leave it out: \"type\": \"none\"; or write the file with another type");
      }
      kept_.push_back(i);
      fields.push_back(arrow::field(column.name, *std::move(stored)));
    }
    schema_ = arrow::schema(std::move(fields));
    return {};
  }
  Result<void> Append(const arrow::RecordBatch& batch, VersionWriter& writer,
                      Imported& done) const {
    arrow::ArrayVector columns;
    for (size_t i = 0; i < kept_.size(); ++i) {
      const auto values = batch.column(kept_[i]);
      const auto& field = schema_->field(static_cast<int>(i));
      auto stored = AsStored(values, field->type());
      if (!stored.has_value()) {
        stored.error().place = field->name();
        return tl::unexpected<Error>(std::move(stored).error());
      }
      columns.push_back(*std::move(stored));
    }
    std::vector<int64_t> positions(static_cast<size_t>(batch.num_rows()));
    std::iota(positions.begin(), positions.end(), done.rows);
    done.rows += batch.num_rows();
    return writer.Append(positions, columns);
  }

  Store& store_;
  const ImportPlan& plan_;
  const ImportOptions& options_;
  std::vector<int> kept_{};
  Schema schema_{};
};

}  // namespace

Result<json> GuessParquet(const std::string& path, const ImportProgress& progress) {
  SIKU_TRY(const auto rows, ParquetRows::Open(path, kPreview, progress));
  std::vector<ImportNote> notes;
  std::vector<std::string> names;
  for (const auto& field : rows->schema()->fields()) {
    names.push_back(utf8::Valid(field->name()) ? field->name() : std::string());
  }
  names = NamesOf(names, &notes);
  json told = {{"columns", json::array()},
               {"rows", rows->total()},
               {"notes", json::array()},
               {"above", json::array()},
               {"preview", json::array()}};
  for (int i = 0; i < rows->schema()->num_fields(); ++i) {
    told["columns"].push_back(ColumnJson(*rows->schema()->field(i), names[static_cast<size_t>(i)]));
  }
  for (const ImportNote& note : notes) told["notes"].push_back(NoteJson(note));
  for (;;) {
    SIKU_TRY(const auto batches, rows->Next());
    if (batches.empty()) return told;
    for (const Batch& batch : batches) {
      json page = json::array();
      SIKU_TRY(AppendRows(batch, INT64_MAX, page));
      for (const json& row : page) {
        json& shown = told["preview"].emplace_back(json::array());
        for (const json& value : row) {
          shown.push_back(value.is_null()
                              ? json()
                              : json(ShownText(value.is_string()
                                                   ? value.get<std::string>()
                                                   : value.dump(-1, ' ', false,
                                                                json::error_handler_t::replace))));
        }
      }
    }
  }
}

Result<Imported> ImportParquet(Store& store, const std::string& path, const ImportPlan& plan,
                               const ImportOptions& options) {
  return ParquetImport(store, plan, options).Run(path);
}

}  // namespace siku::catalog
