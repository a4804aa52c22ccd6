// CKAN's DataStore over the rows of the newest versions.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "siku/catalog/catalog.h"

namespace siku::catalog {

/// Whether the parameters of datastore_search ask for more than a page of rows.
bool AsksDuckDb(const nlohmann::json& parameters);
Result<nlohmann::json> DatastoreSearch(Catalog& catalog, const Actor& actor,
                                       const nlohmann::json& parameters);
/// The table is a resource's id in double quotes.
Result<nlohmann::json> DatastoreSearchSql(Catalog& catalog, const Actor& actor,
                                          const nlohmann::json& parameters);

}  // namespace siku::catalog
