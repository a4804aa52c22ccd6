// A file's rows into a version of the store, by a plan.
#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "arrow_internal.h"
#include "durable.h"
#include "import/cell.h"
#include "import/plan.h"
#include "import/version_writer.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int64_t kProgressRows = 4096;

/// The values of one column, out of cells.
class ColumnBuilder {
 public:
  ColumnBuilder(const ImportColumn& column, std::shared_ptr<arrow::DataType> type)
      : column_(column), type_(std::move(type)) {
    (void)arrow::MakeBuilder(arrow::default_memory_pool(), type_, &builder_);
  }
  const ImportColumn& column() const { return column_; }
  const std::shared_ptr<arrow::DataType>& type() const { return type_; }

  enum class Fate { kKept, kEmptied, kMisfit };
  Result<Fate> Append(std::string_view cell) {
    if (std::find(column_.empty.begin(), column_.empty.end(), cell) != column_.empty.end()) {
      SIKU_TRY(AppendNull());
      return Fate::kEmptied;
    }
    SIKU_TRY(const bool fits, AppendValue(cell));
    if (!fits) SIKU_TRY(AppendNull());
    return fits ? Fate::kKept : Fate::kMisfit;
  }
  Result<void> AppendNull() { return FromArrow(builder_->AppendNull()); }
  Result<std::shared_ptr<arrow::Array>> Finish() { return FromArrow(builder_->Finish()); }

 private:
  template <class Builder, class Value>
  Result<bool> Put(const std::optional<Value>& value) {
    if (!value) return false;
    SIKU_TRY(FromArrow(static_cast<Builder&>(*builder_).Append(*value)));
    return true;
  }
  Result<bool> AppendValue(std::string_view cell) {
    if (type_->id() == arrow::Type::LARGE_STRING) {
      return Put<arrow::LargeStringBuilder>(std::optional(cell));
    }
    const std::string text = Narrowed(cell);
    switch (type_->id()) {
      case arrow::Type::INT64:
        return Put<arrow::Int64Builder>(CellInteger(text));
      case arrow::Type::DATE32:
        return Put<arrow::Date32Builder>(CellDate(text));
      case arrow::Type::TIMESTAMP:
        return Put<arrow::TimestampBuilder>(CellTimestamp(text));
      case arrow::Type::BOOL:
        return Put<arrow::BooleanBuilder>(CellBoolean(text));
      default:
        break;
    }
    const auto digits = CellDecimal(text, column_.scale);
    if (!digits) return false;
    SIKU_TRY(const auto value, FromArrow(arrow::Decimal128::FromString(*digits)));
    return Put<arrow::Decimal128Builder>(std::optional(value));
  }

  ImportColumn column_;
  std::shared_ptr<arrow::DataType> type_;
  std::unique_ptr<arrow::ArrayBuilder> builder_{};
};

std::shared_ptr<arrow::DataType> TypeOf(const ImportColumn& column) {
  if (column.type == "integer") return arrow::int64();
  if (column.type == "number") return arrow::decimal128(38, column.scale);
  if (column.type == "date") return arrow::date32();
  if (column.type == "timestamp") return arrow::timestamp(arrow::TimeUnit::MILLI);
  if (column.type == "boolean") return arrow::boolean();
  return arrow::large_utf8();
}

Schema RejectsSchema() {
  return arrow::schema(
      {arrow::field("line", arrow::int64()), arrow::field("row", arrow::int64()),
       arrow::field("column", arrow::large_utf8()), arrow::field("reason", arrow::large_utf8()),
       arrow::field("value", arrow::large_utf8()), arrow::field("bytes", arrow::large_binary())});
}

/// What did not become a value, as rows.
class Rejects {
 public:
  explicit Rejects(VersionWriter& writer) : writer_(writer) {}
  Result<void> Add(int64_t line, std::optional<int64_t> row, const std::string& column,
                   const char* reason, std::string_view value, std::string_view bytes) {
    SIKU_TRY(FromArrow(line_.Append(line)));
    SIKU_TRY(FromArrow(row ? row_.Append(*row) : row_.AppendNull()));
    SIKU_TRY(FromArrow(column.empty() ? column_.AppendNull() : column_.Append(column)));
    SIKU_TRY(FromArrow(reason_.Append(reason)));
    SIKU_TRY(FromArrow(value_.Append(value)));
    SIKU_TRY(FromArrow(bytes.empty() ? bytes_.AppendNull() : bytes_.Append(bytes)));
    positions_.push_back(count_++);
    size_ += static_cast<int64_t>(value.size() + bytes.size());
    return static_cast<int64_t>(positions_.size()) >= kBatchRows || size_ >= kBatchBytes
               ? Flush()
               : Result<void>{};
  }
  Result<void> Flush() {
    arrow::ArrayVector columns(6);
    const std::array<arrow::ArrayBuilder*, 6> builders = {&line_,   &row_,   &column_,
                                                          &reason_, &value_, &bytes_};
    for (size_t i = 0; i < builders.size(); ++i) {
      SIKU_TRY(columns[i], FromArrow(builders[i]->Finish()));
    }
    SIKU_TRY(writer_.Append(positions_, columns));
    positions_.clear();
    size_ = 0;
    return {};
  }

 private:
  VersionWriter& writer_;
  std::vector<int64_t> positions_{};
  int64_t count_ = 0;
  int64_t size_ = 0;
  arrow::Int64Builder line_;
  arrow::Int64Builder row_;
  arrow::LargeStringBuilder column_;
  arrow::LargeStringBuilder reason_;
  arrow::LargeStringBuilder value_;
  arrow::LargeBinaryBuilder bytes_;
};

class Import {
 public:
  Import(Store& store, const std::string& path, const ImportPlan& plan,
         const ImportOptions& options)
      : store_(store), path_(path), plan_(plan), options_(options) {
    arrow::FieldVector fields;
    for (const ImportColumn& column : plan.columns) {
      if (column.type == "none") {
        columns_.push_back(nullptr);
        continue;
      }
      columns_.push_back(std::make_unique<ColumnBuilder>(column, TypeOf(column)));
      fields.push_back(arrow::field(column.name, columns_.back()->type()));
    }
    rows_ = std::make_unique<VersionWriter>(store, arrow::schema(std::move(fields)));
    rejected_ = std::make_unique<VersionWriter>(store, RejectsSchema());
    rejects_ = std::make_unique<Rejects>(*rejected_);
  }

  Result<Imported> Run() {
    SIKU_TRY(const auto lease, store_.Hold("import"));
    SIKU_TRY(HashFile());
    SIKU_TRY(Open());
    CsvRecord record;
    for (;;) {
      SIKU_TRY(const bool more, file_->Next(record));
      if (!more) break;
      SIKU_TRY(Take(record));
      if (++records_ % kProgressRows == 0) SIKU_TRY(Tell(file_->bytes_done()));
    }
    SIKU_TRY(Flush());
    SIKU_TRY(rejects_->Flush());
    return Commit();
  }

 private:
  Result<void> Tell(int64_t bytes) const {
    if (!options_.progress || options_.progress(bytes)) return {};
    return Fail(Code::kInterrupted, "the import was ended", options_.name);
  }
  Result<void> HashFile() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path_.c_str(), "rb"),
                                                               std::fclose);
    if (file == nullptr) return Errno("cannot read", path_);
    Sha256 hash;
    std::string piece(1 << 20, '\0');
    for (;;) {
      const size_t got = std::fread(piece.data(), 1, piece.size(), file.get());
      hash.Update(std::string_view(piece).substr(0, got));
      bytes_ += static_cast<int64_t>(got);
      if (got < piece.size()) break;
      SIKU_TRY(Tell(0));
    }
    if (std::ferror(file.get()) != 0) return Errno("cannot read", path_);
    sha256_ = Hex(hash.Finish());
    if (options_.sha256.empty() || options_.sha256 == sha256_) return {};
    return Fail(Code::kUnbalanced, "the file is not the one that was meant", sha256_, options_.name,
                "send it again");
  }
  Result<void> Open() {
    const Layout layout{plan_.encoding, plan_.dialect, plan_.titles, plan_.headers};
    SIKU_TRY(file_, OpenTable(path_, plan_.encoding, plan_.dialect, options_.max_record));
    SIKU_TRY(const auto names, ReadHeader(*file_, layout, nullptr, nullptr));
    if (names.size() != plan_.columns.size()) {
      return Fail(Code::kData, "the table has another number of columns than the plan",
                  std::to_string(names.size()), options_.name);
    }
    if (plan_.headers > 0) return {};
    // The record that was looked at is a row.
    SIKU_TRY(file_, OpenTable(path_, plan_.encoding, plan_.dialect, options_.max_record));
    CsvRecord title;
    for (int64_t i = 0; i < plan_.titles; ++i) {
      SIKU_TRY(const bool more, file_->Next(title));
      if (!more) break;
    }
    return {};
  }

  Result<void> Take(const CsvRecord& record) {
    if (record.problem == "open_quote") {
      return Fail(Code::kData, "a quote is opened here and never closes", {},
                  options_.name + ":" + std::to_string(record.problem_line) + " (byte " +
                      std::to_string(record.problem_byte) + ")",
                  "if quotes are text in this file, set \"quotes\": false in the plan");
    }
    if (record.problem == "too_long" || record.problem == "bad_quotes") {
      return RejectRow(record, record.problem.c_str());
    }
    const bool blank = std::all_of(record.fields.begin(), record.fields.end(),
                                   [](const auto& one) { return one.text.empty() && !one.quoted; });
    if (blank) return ++done_.blank_rows, Result<void>{};
    if (!FitsColumns(record, columns_.size())) return RejectRow(record, "ragged");
    SIKU_TRY(TakeCells(record));
    positions_.push_back(record.position);
    size_ += record.bytes;
    ++done_.rows;
    const bool full = static_cast<int64_t>(positions_.size()) >= kBatchRows || size_ >= kBatchBytes;
    return full ? Flush() : Result<void>{};
  }
  Result<void> TakeCells(const CsvRecord& record) {
    const bool broken = record.problem == "undecodable";
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == nullptr) continue;
      const CsvFields::Field& field = record.fields[i];
      if (field.text.empty() && !field.quoted) {
        SIKU_TRY(columns_[i]->AppendNull());
        continue;
      }
      // U+FFFD that the file itself has is a character like others, where nothing was broken.
      if (broken && field.text.find("\xEF\xBF\xBD") != std::string_view::npos) {
        SIKU_TRY(columns_[i]->AppendNull());
        SIKU_TRY(RejectValue(record, i, "undecodable", record.raw));
        continue;
      }
      SIKU_TRY(const auto fate, columns_[i]->Append(field.text));
      if (fate == ColumnBuilder::Fate::kEmptied) ++done_.emptied;
      if (fate == ColumnBuilder::Fate::kMisfit) SIKU_TRY(RejectValue(record, i, "misfit", {}));
    }
    return {};
  }
  Result<void> RejectValue(const CsvRecord& record, size_t column, const char* reason,
                           std::string_view bytes) {
    ++done_.rejected_values;
    return rejects_->Add(record.line, done_.rows + 1, columns_[column]->column().name, reason,
                         record.fields[column].text, bytes);
  }
  Result<void> RejectRow(const CsvRecord& record, const char* reason) {
    ++done_.rejected_rows;
    const Decoded decoded = Decode(record.raw, plan_.encoding);
    const bool exact = decoded.broken.empty();
    const std::string text = record.raw.empty() && record.bytes > 0
                                 ? std::to_string(record.bytes) + " bytes"
                                 : decoded.text;
    return rejects_->Add(record.line, std::nullopt, {}, reason, text,
                         exact ? std::string_view() : record.raw);
  }
  Result<void> Flush() {
    arrow::ArrayVector columns;
    for (const auto& column : columns_) {
      if (column == nullptr) continue;
      SIKU_TRY(auto values, column->Finish());
      columns.push_back(std::move(values));
    }
    SIKU_TRY(rows_->Append(positions_, columns));
    positions_.clear();
    size_ = 0;
    return {};
  }

  Result<Imported> Commit() {
    json lineage = {{"file", {{"name", options_.name}, {"bytes", bytes_}, {"sha256", sha256_}}},
                    {"plan", PlanJson(plan_)},
                    {"rows", done_.rows},
                    {"rejected_rows", done_.rejected_rows},
                    {"rejected_values", done_.rejected_values},
                    {"blank_rows", done_.blank_rows},
                    {"emptied", done_.emptied}};
    std::vector<VersionDraft> drafts;
    if (done_.rejected_rows + done_.rejected_values > 0) {
      const json of = {{"import", {{"rejects_of", lineage["file"]}}}};
      SIKU_TRY(auto manifest, rejected_->Finish(of.dump()));
      lineage["rejects"] = manifest.content;
      drafts.push_back({options_.dataset + ".rejects", std::move(manifest)});
    }
    SIKU_TRY(auto manifest, rows_->Finish(json{{"import", std::move(lineage)}}.dump()));
    drafts.push_back({options_.dataset, std::move(manifest)});
    SIKU_TRY(const auto committed, store_.Commit(drafts, {}));
    done_.version = committed.back();
    if (committed.size() > 1) done_.rejects = committed.front();
    SIKU_TRY(Tell(bytes_));
    return done_;
  }

  Store& store_;
  const std::string path_;
  const ImportPlan& plan_;
  const ImportOptions& options_;
  std::vector<std::unique_ptr<ColumnBuilder>> columns_{};  // null: left out
  std::unique_ptr<VersionWriter> rows_{};
  std::unique_ptr<VersionWriter> rejected_{};
  std::unique_ptr<Rejects> rejects_{};
  std::unique_ptr<CsvFile> file_{};
  std::vector<int64_t> positions_{};
  int64_t size_ = 0;     // bytes of the records of the batch
  int64_t records_ = 0;  // read so far
  int64_t bytes_ = 0;    // of the file
  std::string sha256_{};
  Imported done_{};
};

}  // namespace

Result<Imported> ImportFile(Store& store, const std::string& path, const ImportPlan& plan,
                            const ImportOptions& options) {
  return Import(store, path, plan, options).Run();
}

json ImportedJson(const Imported& imported) {
  const auto name = [](const VersionInfo& version) {
    return version.dataset.empty() ? json()
                                   : json(version.dataset + "@" + std::to_string(version.ordinal));
  };
  return {{"version", name(imported.version)},
          {"content", imported.version.content},
          {"rows", imported.rows},
          {"rejected_rows", imported.rejected_rows},
          {"rejected_values", imported.rejected_values},
          {"blank_rows", imported.blank_rows},
          {"emptied", imported.emptied},
          {"rejects", name(imported.rejects)}};
}

}  // namespace siku::catalog
