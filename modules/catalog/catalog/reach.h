// How far an actor may read the rows of a dataset, by its class, its grants and its rules.
#pragma once

#include <string>
#include <vector>

#include "catalog/tables.h"

namespace siku::catalog {

/// What a dataset keeps from the actor who may read it.
using Reach = Restriction;

/// The newest rules.
Result<std::vector<AccessRule>> RulesOf(const AccessRecords& records);
/// Also what has ended; the newest first.
Result<std::vector<Grant>> LoadGrants(Database& database, const std::string& dataset_id);
/// One row of the table. kData.
Result<Grant> GrantOf(const Rows& rows, size_t row);
#define SIKU_GRANT_COLUMNS "id, grantee, body, created, expires, ended, ended_by"

/// All that fits the actor holds: columns add up, and a row fits every condition. kDenied.
Result<Reach> ReachOf(Database& database, const Actor& actor, const Dataset& dataset,
                      const AccessRecords& records);

/// A dataset that the actor may know of, with all that is known of it. kNotFound.
struct Known {
  StoredDataset stored;
  std::vector<Version> versions{};
  AccessRecords access{};
};
Result<Known> FindFor(Database& database, const Actor& actor, const std::string& name);
/// Digests and bytes of versions go where anything is kept from the actor, and counts where rows
/// are: a guess of what is kept could be proven by them.
Result<void> HideCounts(Database& database, const Actor& actor, Known& known);

}  // namespace siku::catalog
