// Rows of a version: pages, filtered and sorted or not, SQL, statistics.
#include "siku/catalog/rows.h"

#include "api/api.h"
#include "siku/catalog/query.h"

namespace siku::server {
namespace {

using nlohmann::json;

// More is for the download.
constexpr int64_t kMostSqlRows = 10'000;
constexpr int64_t kMostRepairedRows = 200;
constexpr int64_t kMostOffset = INT64_MAX / 2;

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// {"field": "n", "op": "ge", "value": 5}
Result<catalog::RowFilter> FilterOf(const std::string& text) {
  const json given = json::parse(text, nullptr, false);
  if (!given.is_object()) {
    return Fail(Code::kInvalid, "a filter is a JSON object", text, "filter",
                R"({"field": "name", "op": "eq", "value": "…"})");
  }
  catalog::RowFilter filter;
  SIKU_TRY(filter.field, TextMember(given, "field"));
  SIKU_TRY(filter.op, TextMember(given, "op"));
  const auto value = given.find("value");
  if (value == given.end() || value->is_null()) return filter;
  if (value->is_array()) {
    for (const json& one : *value) filter.values.push_back(TextOf(one));
  } else {
    filter.values.push_back(TextOf(*value));
  }
  return filter;
}

Result<catalog::RowQuery> QueryOf(const Call& call) {
  catalog::RowQuery query;
  for (const std::string& text : call.request.Parameters("filter")) {
    SIKU_TRY(query.filters.emplace_back(), FilterOf(text));
  }
  for (const std::string& text : call.request.Parameters("sort")) {
    const bool descending = text.starts_with('-');
    query.sort.push_back({descending ? text.substr(1) : text, descending});
  }
  SIKU_TRY(query.offset, call.Number("offset", 0, 0, kMostOffset));
  SIKU_TRY(query.limit, call.Number("limit", 50, 1, 1000));
  return query;
}

/// As the version is read: without DuckDB, at any offset at once.
Result<json> PlainRows(const Services& services, const catalog::Readable& readable,
                       const catalog::RowQuery& query) {
  const Store& store = services.catalog.store();
  SIKU_TRY(const auto columns, catalog::ReadableColumns(store, readable));
  SIKU_TRY(auto rows, catalog::RowsPage(store, readable, query.offset, query.limit));
  SIKU_TRY(const int64_t total, catalog::RowCount(store, readable));
  return json{{"total", total},
              {"columns", catalog::ColumnsJson(columns)},
              {"rows", std::move(rows)},
              {"numbers", nullptr}};
}

Result<Response> Rows(Services& services, const Call& call) {
  SIKU_TRY(const auto readable, ReadVersion(services, call));
  SIKU_TRY(const auto query, QueryOf(call));
  json page;
  if (!call.request.Parameter("q").empty()) {
    if (!query.filters.empty() || !query.sort.empty()) {
      return Fail(Code::kInvalid, "a search of rows goes without filters and sorting", {}, "q");
    }
    const HeavySlot slot(services.heavy);
    SIKU_TRY(slot.Check());
    SIKU_TRY(page, FoundRows(services, call, readable, query.offset, query.limit));
  } else if (query.filters.empty() && query.sort.empty()) {
    SIKU_TRY(page, PlainRows(services, readable, query));
  } else {
    const HeavySlot slot(services.heavy);
    SIKU_TRY(slot.Check());
    SIKU_TRY(page, catalog::FilteredRows(services.catalog.store(), readable, query));
  }
  page["offset"] = query.offset;
  page["hidden"] = readable.withheld;
  page["partial"] = !readable.conditions.empty();
  return JsonResponse(page);
}

Result<Response> Answer(const Services& services, const Call& call, const std::string& sql,
                        int64_t limit) {
  SIKU_TRY(const auto readable, ReadVersion(services, call));
  SIKU_TRY(services.catalog.RecordQuery(call.actor, call.path.at("name"), readable.version.ordinal,
                                        sql));
  SIKU_TRY(auto told, catalog::SqlRows(services.catalog.store(), readable, sql, limit, ""));
  told["hidden"] = readable.withheld;
  told["partial"] = !readable.conditions.empty();
  return JsonResponse(told);
}

Result<Response> PostSql(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto sql, TextMember(body, "sql"));
  int64_t limit = 1000;
  if (const auto given = body.find("limit"); given != body.end() && !given->is_null()) {
    if (!given->is_number_integer() || given->get<int64_t>() < 1 ||
        given->get<int64_t>() > kMostSqlRows) {
      return Fail(Code::kInvalid, "not a whole number in range", given->dump(), "limit");
    }
    limit = given->get<int64_t>();
  }
  return Answer(services, call, sql, limit);
}

Result<Response> GetSql(const Services& services, const Call& call) {
  SIKU_TRY(const int64_t limit, call.Number("limit", 1000, 1, kMostSqlRows));
  return Answer(services, call, call.request.Parameter("sql"), limit);
}

Result<Response> Repairs(const Services& services, const Call& call) {
  SIKU_TRY(const auto readable, ReadVersion(services, call));
  SIKU_TRY(const int64_t offset, call.Number("offset", 0, 0, kMostOffset));
  SIKU_TRY(const int64_t limit, call.Number("limit", 50, 1, kMostRepairedRows));
  SIKU_TRY(const auto told, catalog::RowRepairs(services.catalog.store(), readable, offset, limit,
                                                call.actor.SeesAll()));
  return JsonResponse(told);
}

Result<Response> Statistics(const Services& services, const Call& call) {
  SIKU_TRY(const auto readable, ReadVersion(services, call));
  SIKU_TRY(auto told, catalog::ColumnStatistics(services.catalog.store(), readable));
  told["hidden"] = readable.withheld;
  told["partial"] = !readable.conditions.empty();
  return JsonResponse(told);
}

}  // namespace

Result<int64_t> OrdinalOf(const std::string& text) {
  if (text == "newest") return 0;
  int64_t ordinal = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || ordinal > 1'000'000'000) {
      return Fail(Code::kNotFound, "version not found", text);
    }
    ordinal = ordinal * 10 + (c - '0');
  }
  if (ordinal == 0) return Fail(Code::kNotFound, "version not found", text);
  return ordinal;
}

Result<catalog::Readable> ReadVersion(const Services& services, const Call& call) {
  SIKU_TRY(const int64_t ordinal, OrdinalOf(call.path.at("version")));
  return services.catalog.Read(call.actor, call.path.at("name"), ordinal);
}

void AddQueryRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back(
      {.method = "GET",
       .path = "/api/v1/datasets/{name}/versions/{version}/rows",
       .summary = "a page of rows; the version is a number or newest",
       .query =
           {{"offset", "integer", "rows to skip"},
            {"limit", "integer", "rows, at most 1,000 [50]"},
            {"filter", "string",
             "rows that fit all of these: JSON {field, op, value}, where op is eq, ne, lt, le, "
             "gt, ge, in, contains, starts, null or not_null",
             true},
            {"sort", "string", "columns to sort by, - before one for its reverse", true},
            {"q", "string",
             "rows whose cells have these terms, as people type them; without filter and sort"}},
       .gives = "Rows",
       .answer = [&](const Call& call) { return Rows(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/repairs",
                    .summary = "where the run that made the version repaired the texts of rows, "
                               "and what stood there",
                    .query = {{"offset", "integer", "rows to skip"},
                              {"limit", "integer", "rows, at most 200 [50]"}},
                    .gives = "Repairs",
                    .heavy = true,
                    .answer = [&](const Call& call) { return Repairs(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/sql",
                    .summary = "one SELECT of DuckDB's SQL over the table rows",
                    .query = {{"sql", "string", "at most 10,000 bytes"},
                              {"limit", "integer", "rows, at most 10,000 [1,000]"}},
                    .gives = "SqlAnswer",
                    .heavy = true,
                    .answer = [&](const Call& call) { return GetSql(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/datasets/{name}/versions/{version}/sql",
                    .summary = "the same, with the query in the body",
                    .takes = "SqlQuestion",
                    .gives = "SqlAnswer",
                    .heavy = true,
                    .reads = true,
                    .answer = [&](const Call& call) { return PostSql(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/versions/{version}/statistics",
                    .summary = "of each column: nulls, distinct values, least and greatest, mean, "
                               "quantiles, commonest values, histogram",
                    .gives = "Statistics",
                    .heavy = true,
                    .answer = [&](const Call& call) { return Statistics(services, call); }});
}

}  // namespace siku::server
