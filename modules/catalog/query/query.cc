#include "siku/catalog/query.h"

#include <arrow/api.h>
#include <arrow/compute/cast.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "arrow_internal.h"
#include "query/process.h"
#include "rows/visible.h"
#include "siku/catalog/rows.h"
#include "siku/writer.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kLongestSql = 10'000;  // bytes
constexpr size_t kMostParts = 100;      // filters, values of one, columns to sort by, words
Result<void> CheckColumn(const std::vector<ColumnInfo>& columns, const std::string& name,
                         const char* place) {
  const bool there = std::any_of(columns.begin(), columns.end(),
                                 [&](const ColumnInfo& column) { return column.name == name; });
  if (!there) return Fail(Code::kInvalid, "no such column", name, place);
  return {};
}

Result<void> CheckQuery(const std::vector<ColumnInfo>& columns, const RowQuery& query) {
  for (const size_t count : {query.filters.size(), query.sort.size(), query.words.size()}) {
    if (count > kMostParts) return Fail(Code::kLimit, "the query has too many parts");
  }
  for (const RowFilter& filter : query.filters) {
    SIKU_TRY(CheckColumn(columns, filter.field, "filter"));
    SIKU_TRY(CheckRowFilter(filter, "filter"));
  }
  for (const RowSort& sort : query.sort) SIKU_TRY(CheckColumn(columns, sort.field, "sort"));
  for (const RowWords& words : query.words) {
    if (!words.field.empty()) SIKU_TRY(CheckColumn(columns, words.field, "q"));
    if (words.words.size() > kMostParts) return Fail(Code::kLimit, "the query has too many parts");
  }
  for (const std::string& field : query.fields) SIKU_TRY(CheckColumn(columns, field, "fields"));
  return {};
}

json Question(const RowQuery& query, const std::vector<std::string>& fields,
              const std::vector<ColumnInfo>& columns) {
  json question = {{"kind", "rows"},         {"fields", fields},      {"distinct", query.distinct},
                   {"offset", query.offset}, {"limit", query.limit},  {"filters", json::array()},
                   {"sort", json::array()},  {"words", json::array()}};
  for (const ColumnInfo& column : columns) question["columns"].push_back(column.name);
  for (const RowFilter& one : query.filters) {
    question["filters"].push_back({{"field", one.field}, {"op", one.op}, {"values", one.values}});
  }
  for (const RowSort& one : query.sort) {
    question["sort"].push_back({{"field", one.field}, {"descending", one.descending}});
  }
  for (const RowWords& one : query.words) {
    question["words"].push_back({{"field", one.field}, {"words", one.words}});
  }
  return question;
}

struct Answer {
  Schema schema{};
  std::vector<Batch> batches{};
};

Result<Answer> AnswerOf(const std::string& stream) {
  SIKU_TRY(auto reader,
           FromArrow(arrow::ipc::RecordBatchStreamReader::Open(
               std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(stream)))));
  Answer answer{.schema = reader->schema()};
  for (;;) {
    Batch batch;
    SIKU_TRY(FromArrow(reader->ReadNext(&batch)));
    if (batch == nullptr) return answer;
    SIKU_TRY(FromArrow(batch->ValidateFull()));
    answer.batches.push_back(std::move(batch));
  }
}

/// The column as the version has it: DuckDB knows no seconds, no large texts and no JSON.
std::shared_ptr<arrow::Array> AsStored(std::shared_ptr<arrow::Array> values,
                                       const std::shared_ptr<arrow::DataType>& type) {
  if (values->type()->Equals(type)) return values;
  auto cast = arrow::compute::Cast(*values, type);
  return cast.ok() ? *std::move(cast) : values;
}

/// The page of one batch: its columns with the fields of the version, behind them the row's place.
Result<void> AppendPage(const Batch& batch, const Schema& stored, bool numbered, json& page) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (int i = 0; i < stored->num_fields(); ++i) {
    columns.push_back(AsStored(batch->column(i), stored->field(i)->type()));
    fields.push_back(stored->field(i)->WithType(columns.back()->type()));
  }
  const auto rows = arrow::RecordBatch::Make(arrow::schema(fields), batch->num_rows(), columns);
  SIKU_TRY(AppendRows(rows, INT64_MAX, page["rows"]));
  if (!numbered) return {};
  const auto& places = static_cast<const arrow::Int64Array&>(*batch->column(stored->num_fields()));
  for (int64_t i = 0; i < places.length(); ++i) page["numbers"].push_back(places.Value(i));
  return {};
}

Result<Schema> StoredSchema(const Store& store, const Readable& readable,
                            const std::vector<std::string>& fields) {
  SIKU_TRY(const auto reader, VersionReader::Open(store, readable.manifest));
  std::vector<std::shared_ptr<arrow::Field>> kept;
  for (const std::string& name : fields) kept.push_back(reader->schema()->GetFieldByName(name));
  return arrow::schema(std::move(kept));
}

Result<std::vector<std::string>> FieldsOf(const std::vector<ColumnInfo>& columns,
                                          const RowQuery& query) {
  std::vector<std::string> fields = query.fields;
  if (fields.empty()) {
    for (const ColumnInfo& column : columns) fields.push_back(column.name);
  }
  if (fields.empty()) return Fail(Code::kDenied, "no column of this version may be read");
  return fields;
}

json ColumnsOf(const arrow::Schema& schema, const json& names) {
  json columns = json::array();
  for (int i = 0; i < schema.num_fields(); ++i) {
    columns.push_back(
        {{"name", names.at(static_cast<size_t>(i))}, {"type", TypeName(*schema.field(i)->type())}});
  }
  return columns;
}

}  // namespace

Result<json> FilteredRows(const Store& store, const Readable& readable, const RowQuery& query) {
  SIKU_TRY(const auto columns, ReadableColumns(store, readable));
  SIKU_TRY(CheckQuery(columns, query));
  SIKU_TRY(const auto fields, FieldsOf(columns, query));
  SIKU_TRY(const auto stored, StoredSchema(store, readable, fields));
  SIKU_TRY(const auto file, ExportFile(store, readable, "parquet"));
  SIKU_TRY(const auto process,
           QueryProcess::Start(file, Question(query, fields, columns), QueryLimits{}));
  SIKU_TRY(const auto message, process->Next());
  json page = {{"total", message.head.at("total")},
               {"columns", ColumnsOf(*stored, fields)},
               {"rows", json::array()},
               {"numbers", nullptr}};
  if (!query.distinct) page["numbers"] = json::array();
  SIKU_TRY(const auto answer, AnswerOf(message.body));
  for (const Batch& batch : answer.batches) {
    SIKU_TRY(AppendPage(batch, stored, !query.distinct, page));
  }
  return page;
}

Result<json> SqlRows(const Store& store, const Readable& readable, const std::string& sql,
                     int64_t limit, const std::string& table) {
  if (sql.size() > kLongestSql) {
    return Fail(Code::kLimit, "the query is too long, in bytes", std::to_string(kLongestSql));
  }
  SIKU_TRY(const auto columns, ReadableColumns(store, readable));
  if (columns.empty()) return Fail(Code::kDenied, "no column of this version may be read");
  SIKU_TRY(const auto file, ExportFile(store, readable, "parquet"));
  const json question = {{"kind", "sql"}, {"sql", sql}, {"limit", limit}, {"table", table}};
  SIKU_TRY(const auto process, QueryProcess::Start(file, question, QueryLimits{}));
  SIKU_TRY(const auto message, process->Next());
  SIKU_TRY(const auto answer, AnswerOf(message.body));
  json rows = json::array();
  for (const Batch& batch : answer.batches) SIKU_TRY(AppendRows(batch, limit, rows));
  return json{{"columns", ColumnsOf(*answer.schema, message.head.at("names"))},
              {"rows", std::move(rows)},
              {"truncated", message.head.at("more")}};
}

}  // namespace siku::catalog
