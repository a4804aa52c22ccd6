#include "ckan/datastore.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ckan/package.h"
#include "ckan/parameters.h"
#include "siku/catalog/query.h"
#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int64_t kMostRecords = 1000;
constexpr int64_t kMostSqlRecords = 10'000;

const char* DatastoreType(const std::string& type) {
  if (type == "integer") return "int";
  if (type == "number") return "numeric";
  if (type == "boolean") return "bool";
  if (type == "timestamp" || type == "date") return type == "date" ? "date" : "timestamp";
  return "text";
}

/// An object, or a string that is one in JSON; null where it is neither.
json ObjectOf(const json& parameters, const char* name) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return {};
  json object = *found;
  if (object.is_string()) {
    object = json::parse(object.get_ref<const std::string&>(), nullptr, false);
  }
  return object.is_object() ? object : json();
}

std::vector<std::string> Split(std::string_view text, std::string_view at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(at), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::string ValueText(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool HasColumn(const std::vector<ColumnInfo>& columns, const std::string& name) {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const ColumnInfo& column) { return column.name == name; });
}

/// `fields`: those that there are, in the order asked for; all where none is named.
std::vector<std::string> FieldsOf(const json& parameters, const std::vector<ColumnInfo>& columns) {
  std::vector<std::string> names = ListOf(parameters, "fields");
  if (names.size() == 1 && !HasColumn(columns, names[0])) names = Split(names[0], ", ");
  std::vector<std::string> fields;
  for (const std::string& name : names) {
    if (HasColumn(columns, name)) fields.push_back(name);
  }
  if (!names.empty()) return fields;
  for (const ColumnInfo& column : columns) fields.push_back(column.name);
  return fields;
}

/// {"column": value or list of values}
void AddFilters(const json& filters, RowQuery& query) {
  if (!filters.is_object()) return;
  for (const auto& [field, value] : filters.items()) {
    RowFilter& filter = query.filters.emplace_back();
    filter.field = field;
    if (value.is_null()) {
      filter.op = "null";
    } else if (value.is_array()) {
      filter.op = "in";
      for (const json& one : value) filter.values.push_back(ValueText(one));
    } else {
      filter.op = "eq";
      filter.values = {ValueText(value)};
    }
  }
}

/// Words for all columns, or {"column": words}.
void AddWords(const json& parameters, RowQuery& query) {
  const json by_column = ObjectOf(parameters, "q");
  if (by_column.is_object()) {
    for (const auto& [field, words] : by_column.items()) {
      query.words.push_back({field, Split(ValueText(words), " ")});
    }
  } else if (const std::string words = TextOf(parameters, "q"); !words.empty()) {
    query.words.push_back({"", Split(words, " ")});
  }
}

/// "a desc, b"; `_id` is the order that the rows have.
Result<void> AddSort(const json& parameters, RowQuery& query) {
  for (const std::string& part : Split(TextOf(parameters, "sort"), ",")) {
    const size_t begin = part.find_first_not_of(' ');
    if (begin == std::string::npos) continue;
    std::string name = part.substr(begin, part.find_last_not_of(' ') - begin + 1);
    bool descending = false;
    for (const auto& [ending, down] : {std::pair{" asc", false}, std::pair{" desc", true}}) {
      if (!name.ends_with(ending)) continue;
      name.erase(name.size() - std::string_view(ending).size());
      descending = down;
      break;
    }
    if (name.size() > 1 && name.front() == '"' && name.back() == '"') {
      name = name.substr(1, name.size() - 2);
    }
    if (name != "_id") query.sort.push_back({name, descending});
    if (name == "_id" && descending) {
      return Fail(Code::kInvalid, "rows cannot be sorted by this", part, "sort");
    }
  }
  return {};
}

Result<RowQuery> QueryOf(const json& parameters, const std::vector<ColumnInfo>& columns) {
  RowQuery query{.fields = FieldsOf(parameters, columns),
                 .distinct = Truth(parameters, "distinct")};
  AddFilters(ObjectOf(parameters, "filters"), query);
  AddWords(parameters, query);
  SIKU_TRY(AddSort(parameters, query));
  SIKU_TRY(const auto limit, NumberOf(parameters, "limit", 100));
  query.limit = std::min(limit, kMostRecords);
  SIKU_TRY(query.offset, NumberOf(parameters, "offset", 0));
  return query;
}

/// {total, rows in the order of `query.fields`, numbers}.
Result<json> PageOf(const Store& store, const Readable& readable, const RowQuery& query,
                    const std::vector<ColumnInfo>& columns) {
  if (query.fields.empty())
    return json{{"total", 0}, {"rows", json::array()}, {"numbers", nullptr}};
  if (query.distinct || !query.filters.empty() || !query.words.empty() || !query.sort.empty()) {
    return FilteredRows(store, readable, query);
  }
  json rows = json::array();
  if (query.limit > 0) {
    SIKU_TRY(rows, RowsPage(store, readable, query.offset, query.limit));
  }
  json chosen = json::array();
  for (json& row : rows) {
    json& values = chosen.emplace_back(json::array());
    for (const std::string& field : query.fields) {
      const auto place = std::find_if(columns.begin(), columns.end(),
                                      [&](const ColumnInfo& one) { return one.name == field; });
      values.push_back(std::move(row.at(static_cast<size_t>(place - columns.begin()))));
    }
  }
  SIKU_TRY(const int64_t total, RowCount(store, readable));
  return json{{"total", total}, {"rows", std::move(chosen)}, {"numbers", nullptr}};
}

/// As objects, or as lists of values; each row with its number but where rows are put together.
json RecordsOf(const json& page, const RowQuery& query, bool lists) {
  json records = json::array();
  for (size_t i = 0; i < page.at("rows").size(); ++i) {
    const json& row = page.at("rows").at(i);
    const json& numbers = page.at("numbers");
    const int64_t number =
        numbers.is_null() ? query.offset + static_cast<int64_t>(i) : numbers.at(i).get<int64_t>();
    json record = lists ? json::array() : json::object();
    if (!query.distinct && lists) record.push_back(number + 1);
    if (!query.distinct && !lists) record["_id"] = number + 1;
    for (size_t column = 0; column < query.fields.size(); ++column) {
      if (lists) {
        record.push_back(row.at(column));
      } else {
        record[query.fields[column]] = row.at(column);
      }
    }
    records.push_back(std::move(record));
  }
  return records;
}

/// The name of the table: what stands in double quotes behind the first FROM.
std::string TableOf(const std::string& sql) {
  std::string lower = sql;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  for (size_t at = lower.find("from"); at != std::string::npos; at = lower.find("from", at + 1)) {
    const size_t open = lower.find_first_not_of(" \t\r\n", at + 4);
    if (open == std::string::npos || open == at + 4 || lower[open] != '"') continue;
    const size_t close = sql.find('"', open + 1);
    if (close != std::string::npos) return sql.substr(open + 1, close - open - 1);
  }
  return {};
}

}  // namespace

bool AsksDuckDb(const json& parameters) {
  for (const char* name : {"q", "filters", "sort", "distinct"}) {
    const auto found = parameters.find(name);
    if (found != parameters.end() && !found->is_null() && *found != "") return true;
  }
  return false;
}

Result<json> DatastoreSearch(Catalog& catalog, const Actor& actor, const json& parameters) {
  std::string id = TextOf(parameters, "resource_id");
  if (id.empty()) id = TextOf(parameters, "id");
  if (const size_t dot = id.find('.');
      dot != std::string::npos && FindDownloadFormat(id.substr(dot + 1)) == nullptr) {
    return Fail(Code::kNotFound, "resource not found", id);
  }
  SIKU_TRY(const auto readable, catalog.Read(actor, id.substr(0, id.find('.')), 0));
  const Store& store = catalog.store();
  SIKU_TRY(const auto columns, ReadableColumns(store, readable));
  SIKU_TRY(const auto query, QueryOf(parameters, columns));
  SIKU_TRY(const auto page, PageOf(store, readable, query, columns));
  json fields = json::array();
  if (!query.distinct) fields.push_back({{"id", "_id"}, {"type", "int"}});
  for (const std::string& field : query.fields) {
    for (const ColumnInfo& column : columns) {
      if (column.name != field) continue;
      fields.push_back({{"id", field}, {"type", DatastoreType(column.type)}});
    }
  }
  const std::string format = TextOf(parameters, "records_format");
  return json{{"resource_id", id},
              {"fields", std::move(fields)},
              {"records", RecordsOf(page, query, format == "lists")},
              {"records_format", format == "lists" ? "lists" : "objects"},
              {"total", page.at("total")},
              {"total_was_estimated", false},
              {"include_total", true},
              {"limit", query.limit},
              {"offset", query.offset}};
}

Result<json> DatastoreSearchSql(Catalog& catalog, const Actor& actor, const json& parameters) {
  const std::string sql = TextOf(parameters, "sql");
  const std::string table = TableOf(sql);
  if (table.empty()) {
    return Fail(Code::kInvalid, "a query reads the rows of this version alone", sql, "sql",
                "FROM \"the resource's id\"");
  }
  const std::string name = table.substr(0, table.find('.'));
  SIKU_TRY(const auto readable, catalog.Read(actor, name, 0));
  SIKU_TRY(catalog.RecordQuery(actor, name, readable.version.ordinal, sql));
  SIKU_TRY(const auto told, SqlRows(catalog.store(), readable, sql, kMostSqlRecords, table));
  json fields = json::array();
  for (const json& column : told.at("columns")) {
    const std::string type = column.at("type").get<std::string>();
    fields.push_back({{"id", column.at("name")}, {"type", DatastoreType(type)}});
  }
  json records = json::array();
  for (const json& row : told.at("rows")) {
    json& record = records.emplace_back(json::object());
    for (size_t i = 0; i < row.size(); ++i) {
      record[fields.at(i).at("id").get<std::string>()] = row.at(i);
    }
  }
  json result = {{"sql", sql}, {"fields", std::move(fields)}, {"records", std::move(records)}};
  if (told.at("truncated")) result["records_truncated"] = true;
  return result;
}

}  // namespace siku::catalog
