// What publishing tables and publishing files have in common.
#pragma once

#include <string>

#include "catalog/entry.h"
#include "catalog/reach.h"
#include "catalog/tables.h"

namespace siku::catalog {

/// kDenied.
Result<void> MayPublish(const Actor& actor);
/// With its files. Inside Write.
Result<void> InsertVersion(Database& database, const std::string& dataset_id,
                           const Version& version);
/// `ordinal` 0: the newest. kNotFound: none, or withdrawn from who asks.
Result<const Version*> ReadableVersion(const Known& known, const Actor& actor,
                                       const std::string& name, int64_t ordinal);

}  // namespace siku::catalog
