// A file's rows into a version of the store, by a plan.
#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include <algorithm>
#include <array>

#include "arrow_internal.h"
#include "import/cell.h"
#include "import/commit.h"
#include "import/json_table.h"
#include "import/parquet.h"
#include "import/plan.h"
#include "import/rejects.h"
#include "import/table.h"
#include "import/version_writer.h"

namespace siku::catalog {
namespace {

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
  Result<Fate> Append(std::string_view cell, Said said) {
    if (std::find(column_.empty.begin(), column_.empty.end(), cell) != column_.empty.end()) {
      SIKU_TRY(AppendNull());
      return Fate::kEmptied;
    }
    SIKU_TRY(const bool fits, AppendValue(cell, said));
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
  Result<bool> AppendValue(std::string_view cell, Said said) {
    if (type_->id() == arrow::Type::LARGE_STRING) {
      return Put<arrow::LargeStringBuilder>(std::optional(cell));
    }
    std::string text = Narrowed(cell);
    if (said == Said::kValue) text = PlainNumber(text).value_or(std::move(text));
    switch (type_->id()) {
      case arrow::Type::INT64:
        return Put<arrow::Int64Builder>(CellInteger(text));
      case arrow::Type::DATE32:
        return Put<arrow::Date32Builder>(CellDate(text));
      case arrow::Type::DOUBLE:
        return Put<arrow::DoubleBuilder>(CellReal(text));
      case arrow::Type::TIMESTAMP:
        // Excel's midnight is the day alone.
        if (said == Said::kValue && CellDate(text)) text += " 00:00";
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
  if (column.type == "real") return arrow::float64();
  if (column.type == "date") return arrow::date32();
  if (column.type == "timestamp") return arrow::timestamp(arrow::TimeUnit::MILLI);
  if (column.type == "boolean") return arrow::boolean();
  return arrow::large_utf8();
}

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
    rejected_ = std::make_unique<VersionWriter>(store, RejectsSchema(plan.format));
    rejects_ = std::make_unique<Rejects>(*rejected_, plan.format);
  }

  Result<Imported> Run() {
    SIKU_TRY(const auto lease, store_.Hold("import"));
    SIKU_TRY(hashed_, HashFile(path_, options_));
    SIKU_TRY(Open());
    CsvRecord record;
    for (;;) {
      const auto more = table_.file->Next(record);
      if (!more.has_value()) return InFile(options_.name, more.error());
      if (!*more) break;
      SIKU_TRY(Take(record));
      if (++records_ % kProgressRows == 0) SIKU_TRY(Tell(table_.file->bytes_done()));
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
  Result<void> Open() {
    const Layout layout{.format = plan_.format,
                        .array = plan_.array,
                        .lines = plan_.lines,
                        .encoding = plan_.encoding,
                        .dialect = plan_.dialect,
                        .titles = plan_.titles,
                        .headers = plan_.headers};
    SIKU_TRY(auto source, PrepareTable(path_, plan_.format, plan_.sheet, options_.progress));
    for (const ImportColumn& column : plan_.columns) {
      if (plan_.format == ImportFormat::kJson) source.keys.push_back(column.key);
    }
    SIKU_TRY(table_, OpenTable(source, layout, options_.max_record));
    if (plan_.format == ImportFormat::kJson) {
      strange_ = &static_cast<JsonTable&>(*table_.file).strange();
      return {};
    }
    SIKU_TRY(const auto names, ReadHeader(*table_.file, source, layout, nullptr, nullptr));
    if (names.size() != plan_.columns.size()) {
      return Fail(Code::kData, "the table has another number of columns than the plan",
                  std::to_string(names.size()), options_.name);
    }
    if (plan_.headers > 0) return {};
    // The record that was looked at is a row.
    SIKU_TRY(table_, OpenTable(source, layout, options_.max_record));
    CsvRecord title;
    for (int64_t i = 0; i < plan_.titles; ++i) {
      SIKU_TRY(const bool more, table_.file->Next(title));
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
    if (IsNoRow(record)) {
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
      if (table_.Of(i) == Said::kError) {
        SIKU_TRY(columns_[i]->AppendNull());
        SIKU_TRY(RejectValue(record, i, ErrorWord(field.text), {}));
        continue;
      }
      // U+FFFD that the file itself has is a character like others, where nothing was broken.
      if (broken && field.text.find("\xEF\xBF\xBD") != std::string_view::npos) {
        SIKU_TRY(columns_[i]->AppendNull());
        SIKU_TRY(RejectValue(record, i, "undecodable", record.raw));
        continue;
      }
      SIKU_TRY(const auto fate, columns_[i]->Append(field.text, table_.Of(i)));
      if (fate == ColumnBuilder::Fate::kEmptied) ++done_.emptied;
      if (fate == ColumnBuilder::Fate::kMisfit) SIKU_TRY(RejectValue(record, i, "misfit", {}));
    }
    return strange_ == nullptr ? Result<void>{} : RejectStrange(record);
  }
  /// Members of an object that the plan does not know.
  Result<void> RejectStrange(const CsvRecord& record) {
    for (const StrangeMember& one : *strange_) {
      ++done_.rejected_values;
      SIKU_TRY(rejects_->Add({.line = record.line,
                              .row = done_.rows + 1,
                              .column = one.key,
                              .reason = "unknown_key",
                              .value = one.value,
                              .byte = record.position}));
    }
    return {};
  }
  Result<void> RejectValue(const CsvRecord& record, size_t column, const char* reason,
                           std::string_view bytes) {
    ++done_.rejected_values;
    return rejects_->Add({.line = record.line,
                          .row = done_.rows + 1,
                          .column = columns_[column]->column().name,
                          .reason = reason,
                          .value = record.fields[column].text,
                          .bytes = bytes,
                          .cell = CellAddress(record.line, column),
                          .byte = record.position});
  }
  Result<void> RejectRow(const CsvRecord& record, const char* reason) {
    ++done_.rejected_rows;
    const Decoded decoded = Decode(record.raw, plan_.encoding);
    const bool exact = decoded.broken.empty();
    const std::string text = record.raw.empty() && record.bytes > 0
                                 ? std::to_string(record.bytes) + " bytes"
                                 : decoded.text;
    return rejects_->Add({.line = record.line,
                          .reason = reason,
                          .value = text,
                          .bytes = exact ? std::string_view() : record.raw,
                          .byte = record.problem_byte});
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
    SIKU_TRY(done_, CommitImport(store_, plan_, options_, hashed_, done_, *rows_, *rejected_));
    SIKU_TRY(Tell(hashed_.bytes));
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
  Table table_{};
  const std::vector<StrangeMember>* strange_ = nullptr;  // JSON
  std::vector<int64_t> positions_{};
  int64_t size_ = 0;     // bytes of the records of the batch
  int64_t records_ = 0;  // read so far
  HashedFile hashed_{};
  Imported done_{};
};

}  // namespace

Result<Imported> ImportFile(Store& store, const std::string& path, const ImportPlan& plan,
                            const ImportOptions& options) {
  if (plan.format == ImportFormat::kParquet) return ImportParquet(store, path, plan, options);
  return Import(store, path, plan, options).Run();
}

}  // namespace siku::catalog
