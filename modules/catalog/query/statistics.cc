// Statistics of the columns of a version, each computed once.
#include <nlohmann/json.hpp>
#include <optional>

#include "durable.h"
#include "query/process.h"
#include "siku/catalog/query.h"
#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

// A version of five million rows takes some three seconds a column.
constexpr QueryLimits kLimits = {.seconds = 30, .memory = int64_t{1} << 30};
constexpr int64_t kLongestFile = int64_t{64} << 20;

/// What is known by column; nothing that is not ours.
json Known(const std::string& path) {
  const auto text = ReadWhole(path, kLongestFile);
  json known = json::parse(text.value_or(""), nullptr, false);
  return known.is_object() ? known : json::object();
}

/// Of the missing ones of the columns, until all are done or the time is up. The one that had all
/// of the time and was not done is null for good.
Result<void> Compute(const std::string& file, const std::vector<std::string>& columns,
                     const std::vector<std::string>& missing, json& known) {
  const json question = {{"kind", "statistics"}, {"columns", columns}, {"fields", missing}};
  SIKU_TRY(const auto process, QueryProcess::Start(file, question, kLimits));
  for (const std::string& name : missing) {
    auto answer = process->Next();
    if (!answer.has_value()) {
      if (answer.error().code != Code::kLimit) return tl::unexpected<Error>(answer.error());
      if (name == missing.front()) known[name] = nullptr;
      return {};
    }
    known[name] = answer->head.at("statistics");
  }
  return {};
}

}  // namespace

Result<json> ColumnStatistics(const Store& store, const Readable& readable) {
  SIKU_TRY(const auto columns, ReadableColumns(store, readable));
  SIKU_TRY(const auto file, ExportFile(store, readable, "parquet"));
  // What is withheld is part of the export's name.
  const std::string path = file + ".statistics.json";
  json known = Known(path);
  std::vector<std::string> names;
  std::vector<std::string> missing;
  for (const ColumnInfo& column : columns) {
    names.push_back(column.name);
    if (!known.contains(column.name)) missing.push_back(column.name);
  }
  if (!missing.empty()) {
    SIKU_TRY(Compute(file, names, missing, known));
    SIKU_TRY(ReplaceDurably(path, known.dump()));
  }
  json told = json::array();
  for (const ColumnInfo& column : columns) {
    const auto found = known.find(column.name);
    told.push_back({{"name", column.name},
                    {"type", column.type},
                    {"statistics", found == known.end() ? json() : *found}});
  }
  SIKU_TRY(const int64_t rows, RowCount(store, readable));
  return json{
      {"rows", rows}, {"complete", known.size() >= columns.size()}, {"columns", std::move(told)}};
}

}  // namespace siku::catalog
