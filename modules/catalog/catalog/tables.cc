#include "catalog/tables.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "clock.h"

namespace siku::catalog {
namespace {

#define SIKU_DATASET_COLUMNS                                                                    \
  "d.id, d.name, o.name, o.id, o.title, d.open_class, d.state, d.created, d.modified, d.record" \
  " FROM datasets d JOIN organisations o ON o.id = d.organisation"

Result<StoredDataset> DatasetOf(const Rows& rows, size_t row) {
  StoredDataset stored;
  Dataset& dataset = stored.dataset;
  dataset.id = rows.Text(row, 0);
  dataset.name = rows.Text(row, 1);
  dataset.organisation = rows.Text(row, 2);
  stored.organisation_id = rows.Text(row, 3);
  stored.organisation_title = rows.Text(row, 4);
  SIKU_TRY(dataset.open_class, ParseOpenClass(rows.Text(row, 5)));
  dataset.state = rows.Text(row, 6);
  dataset.created = rows.Integer(row, 7);
  dataset.modified = rows.Integer(row, 8);
  const auto record = nlohmann::json::parse(rows.Text(row, 9), nullptr, false);
  if (record.is_discarded()) {
    return Fail(Code::kData, "the catalogue's database is damaged", dataset.id);
  }
  ReadRecord(record, dataset);
  return stored;
}

/// Into the versions, which are in order.
Result<void> LoadFiles(Database& database, const std::string& dataset_id,
                       std::vector<Version>& versions) {
  if (versions.empty()) return {};
  SIKU_TRY(const auto files,
           database.Ask("SELECT ordinal, name, title, bytes, sha256 FROM version_files"
                        " WHERE dataset = $1 ORDER BY ordinal, name",
                        {dataset_id}));
  size_t file = 0;
  for (Version& version : versions) {
    for (; file < files.size() && files.Integer(file, 0) == version.ordinal; ++file) {
      version.files.push_back(
          {files.Text(file, 1), files.Text(file, 2), files.Integer(file, 3), files.Text(file, 4)});
    }
  }
  return {};
}

}  // namespace

Result<std::optional<StoredDataset>> LoadDataset(Database& database, const std::string& name) {
  SIKU_TRY(const auto rows,
           database.Ask("SELECT " SIKU_DATASET_COLUMNS " WHERE d.name = $1 OR d.id = $1", {name}));
  if (rows.empty()) return std::optional<StoredDataset>();
  SIKU_TRY(auto stored, DatasetOf(rows, 0));
  return std::optional(std::move(stored));
}

Result<StoredDataset> RequireDataset(Database& database, const std::string& name) {
  SIKU_TRY(auto stored, LoadDataset(database, name));
  if (!stored) return Fail(Code::kNotFound, "dataset not found", name);
  return *std::move(stored);
}

Result<void> ForEachDataset(Database& database,
                            const std::function<Result<void>(const StoredDataset&)>& visit) {
  std::string after;
  for (;;) {
    SIKU_TRY(const auto rows,
             database.Ask("SELECT " SIKU_DATASET_COLUMNS " WHERE d.id > $1 ORDER BY d.id LIMIT 500",
                          {after}));
    if (rows.empty()) return {};
    for (size_t row = 0; row < rows.size(); ++row) {
      SIKU_TRY(const auto stored, DatasetOf(rows, row));
      SIKU_TRY(visit(stored));
    }
    after = rows.Text(rows.size() - 1, 0);
  }
}

Result<void> InsertDataset(Database& database, const Dataset& dataset,
                           const std::string& organisation_id) {
  SIKU_TRY(const auto done,
           database.Ask("INSERT INTO datasets VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                        {dataset.id, dataset.name, organisation_id,
                         std::string(OpenClassName(dataset.open_class)), dataset.state,
                         dataset.created, dataset.modified, RecordJson(dataset).dump()}));
  (void)done;
  return {};
}

Result<void> SaveDataset(Database& database, StoredDataset& stored) {
  Dataset& dataset = stored.dataset;
  dataset.modified = std::max(NowMilliseconds(), dataset.modified + 1);
  SIKU_TRY(const auto done,
           database.Ask("UPDATE datasets SET name = $2, organisation = $3, open_class = $4,"
                        " state = $5, modified = $6, record = $7 WHERE id = $1",
                        {dataset.id, dataset.name, stored.organisation_id,
                         std::string(OpenClassName(dataset.open_class)), dataset.state,
                         dataset.modified, RecordJson(dataset).dump()}));
  (void)done;
  return {};
}

Result<Organisation> LoadOrganisation(Database& database, const std::string& name) {
  SIKU_TRY(const auto rows, database.Ask("SELECT id, name, title, summary, created"
                                         " FROM organisations WHERE name = $1 OR id = $1",
                                         {name}));
  if (rows.empty()) return Fail(Code::kNotFound, "organisation not found", name);
  return Organisation{rows.Text(0, 0), rows.Text(0, 1), rows.Text(0, 2), rows.Text(0, 3),
                      rows.Integer(0, 4)};
}

Result<std::vector<Version>> LoadVersions(Database& database, const std::string& dataset_id,
                                          AccessRecords* access) {
  SIKU_TRY(const auto rows,
           database.Ask("SELECT ordinal, source, content, row_count, bytes, schema, created"
                        " FROM versions WHERE dataset = $1 ORDER BY ordinal",
                        {dataset_id}));
  SIKU_TRY(const auto records,
           database.Ask(
               "SELECT ordinal, body, kind, created FROM records WHERE dataset = $1"
               " AND kind IN ('withdrawal', 'access', 'partly_read', 'withheld') ORDER BY number",
               {dataset_id}));
  std::map<int64_t, std::string> reasons;
  AccessRecords known;
  for (size_t row = 0; row < records.size(); ++row) {
    const std::string kind = records.Text(row, 2);
    if (kind == "withdrawal") reasons[records.Integer(row, 0)] = records.Text(row, 1);
    if (kind == "partly_read") known.partly_read = true;
    if (kind == "access") {
      known.rules = records.Text(row, 1);
      known.since = records.Integer(row, 3);
    }
    if (kind == "withheld") {
      known.withheld = nlohmann::json::parse(records.Text(row, 1)).get<std::vector<std::string>>();
    }
  }
  if (access != nullptr) *access = std::move(known);
  std::vector<Version> versions;
  for (size_t row = 0; row < rows.size(); ++row) {
    auto& version = versions.emplace_back(
        Version{rows.Integer(row, 0), rows.Text(row, 1), rows.Text(row, 2), rows.Integer(row, 3),
                rows.Integer(row, 4), rows.Text(row, 5), rows.Integer(row, 6)});
    const auto reason = reasons.find(version.ordinal);
    version.withdrawn = reason != reasons.end();
    if (version.withdrawn) version.reason = reason->second;
  }
  SIKU_TRY(LoadFiles(database, dataset_id, versions));
  return versions;
}

Result<void> AddRecord(Database& database, const std::string& dataset_id, int64_t ordinal,
                       const std::string& kind, const std::string& body) {
  SIKU_TRY(
      const auto done,
      database.Ask(
          "INSERT INTO records SELECT coalesce(max(number), 0) + 1, $1, CAST($2 AS BIGINT), $3,"
          " $4, CAST($5 AS BIGINT) FROM records",
          {dataset_id, ordinal, kind, body, NowMilliseconds()}));
  (void)done;
  return {};
}

}  // namespace siku::catalog
