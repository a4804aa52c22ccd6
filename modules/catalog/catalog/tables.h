// Rows of the catalogue's tables; all inside whatever transaction the caller is in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "database/database.h"
#include "siku/catalog/catalog.h"

namespace siku::catalog {

struct StoredDataset {
  Dataset dataset;
  std::string organisation_id;
  std::string organisation_title;
};
/// By name or id; nothing where there is none.
Result<std::optional<StoredDataset>> LoadDataset(Database& database, const std::string& name);
/// The same, where there must be one. kNotFound.
Result<StoredDataset> RequireDataset(Database& database, const std::string& name);
/// Visits all, by id.
Result<void> ForEachDataset(Database& database,
                            const std::function<Result<void>(const StoredDataset&)>& visit);
Result<void> InsertDataset(Database& database, const Dataset& dataset,
                           const std::string& organisation_id);
/// As it is now, modified later than before whatever the clock says.
Result<void> SaveDataset(Database& database, StoredDataset& stored);
/// kNotFound.
Result<Organisation> LoadOrganisation(Database& database, const std::string& name);

/// What records say of who reads a dataset's rows.
struct AccessRecords {
  std::string rules{};                  // body of the newest; empty: there never were any
  int64_t since = 0;                    // of it
  bool partly_read = false;             // somebody was granted some of the rows
  std::vector<std::string> withheld{};  // names of the columns that only the staff reads
};
/// In order, with what was said of them since.
Result<std::vector<Version>> LoadVersions(Database& database, const std::string& dataset_id,
                                          AccessRecords* access = nullptr);
Result<void> AddRecord(Database& database, const std::string& dataset_id, int64_t ordinal,
                       const std::string& kind, const std::string& body);

/// Chains an entry to the last one. Inside Write.
Result<void> AppendAudit(Database& database, const Actor& actor, const std::string& action,
                         const std::string& object, const std::string& detail = "{}");

}  // namespace siku::catalog
