#include "siku/catalog/rows.h"

#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "arrow_internal.h"
#include "rows/exact_json.h"
#include "rows/restricted.h"
#include "rows/visible.h"
#include "siku/writer.h"

namespace siku::catalog {
namespace {

class VersionRows final : public VisibleRows {
 public:
  VersionRows(std::unique_ptr<VersionReader> reader, std::vector<int> columns)
      : reader_(std::move(reader)), columns_(std::move(columns)) {}
  Result<Batch> Next() override {
    SIKU_TRY(auto batch, reader_->Next());
    if (batch == nullptr) return batch;
    return Visible(batch, columns_);
  }

 private:
  std::unique_ptr<VersionReader> reader_;
  std::vector<int> columns_;
};

}  // namespace

std::vector<int> VisibleColumns(const Schema& schema, const std::vector<std::string>& withheld) {
  std::vector<int> columns;
  for (int i = 0; i < schema->num_fields(); ++i) {
    const std::string& name = schema->field(i)->name();
    const bool kept = std::find(withheld.begin(), withheld.end(), name) == withheld.end();
    if (kept && !name.starts_with(kHiddenPrefix)) columns.push_back(i);
  }
  return columns;
}

Result<Batch> Visible(const Batch& batch, const std::vector<int>& columns) {
  auto selected = batch->SelectColumns(columns);
  if (!selected.ok()) return ArrowError(selected.status());
  return *std::move(selected);
}

Result<Schema> VisibleSchema(const Schema& schema, const std::vector<int>& columns) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const int column : columns) fields.push_back(schema->field(column));
  return arrow::schema(std::move(fields));
}

std::string TypeName(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
      return "text";
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
      return "binary";
    case arrow::Type::BOOL:
      return "boolean";
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
      return "date";
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
      return "time";
    case arrow::Type::TIMESTAMP:
      return "timestamp";
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
      return "list";
    case arrow::Type::STRUCT:
      return "struct";
    default:
      break;
  }
  if (arrow::is_integer(type.id())) return "integer";
  if (arrow::is_floating(type.id()) || arrow::is_decimal(type.id())) return "number";
  return type.ToString();
}

Result<std::vector<ColumnInfo>> ReadableColumns(const Store& store, const Readable& readable) {
  SIKU_TRY(const auto reader, VersionReader::Open(store, readable.manifest));
  std::vector<ColumnInfo> columns;
  for (const int i : VisibleColumns(reader->schema(), readable.withheld)) {
    const auto& field = reader->schema()->field(i);
    columns.push_back({field->name(), TypeName(*field->type())});
  }
  return columns;
}

nlohmann::json ColumnsJson(const std::vector<ColumnInfo>& columns) {
  nlohmann::json told = nlohmann::json::array();
  for (const ColumnInfo& column : columns) {
    told.push_back({{"name", column.name}, {"type", column.type}});
  }
  return told;
}

Result<void> AppendRows(const Batch& batch, int64_t most, nlohmann::json& rows) {
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    if (static_cast<int64_t>(rows.size()) == most) break;
    SIKU_TRY(const auto text, RowJson(batch, row));
    SIKU_TRY(const auto object, ExactJson(text));
    nlohmann::json& values = rows.emplace_back(nlohmann::json::array());
    for (const auto& field : batch->schema()->fields()) {
      const auto found = object.find(field->name());
      values.push_back(found == object.end() ? nlohmann::json() : *found);
    }
  }
  return {};
}

Result<int64_t> RowCount(const Store& store, const Readable& readable) {
  if (readable.conditions.empty()) return readable.version.rows;
  SIKU_TRY(const auto columns, ReadableColumns(store, readable));
  if (columns.empty()) return 0;
  SIKU_TRY(const auto file, ExportFile(store, readable, "parquet"));
  return RestrictedCount(file);
}

Result<std::unique_ptr<VisibleRows>> VisibleRows::Open(const Store& store, const Readable& readable,
                                                       int64_t offset, int64_t batch_rows) {
  if (!readable.conditions.empty()) {
    SIKU_TRY(const auto file, ExportFile(store, readable, "parquet"));
    return RestrictedRows(file, offset, batch_rows);
  }
  SIKU_TRY(auto reader, VersionReader::Open(store, readable.manifest, offset, batch_rows));
  auto columns = VisibleColumns(reader->schema(), readable.withheld);
  return std::make_unique<VersionRows>(std::move(reader), std::move(columns));
}

Result<nlohmann::json> RowsPage(const Store& store, const Readable& readable, int64_t offset,
                                int64_t limit) {
  nlohmann::json rows = nlohmann::json::array();
  if (!readable.conditions.empty()) {
    SIKU_TRY(const auto known, ReadableColumns(store, readable));
    if (known.empty()) return rows;
  }
  SIKU_TRY(const auto reader,
           VisibleRows::Open(store, readable, offset, std::clamp<int64_t>(limit, 1, 1024)));
  while (static_cast<int64_t>(rows.size()) < limit) {
    SIKU_TRY(const auto batch, reader->Next());
    if (batch == nullptr) break;
    SIKU_TRY(AppendRows(batch, limit, rows));
  }
  return rows;
}

}  // namespace siku::catalog
