// What the search knows of a dataset.
#pragma once

#include "catalog/tables.h"

namespace siku::catalog {

Entry EntryOf(const StoredDataset& stored, const std::vector<Version>& versions);
/// The newest that is not withdrawn; null: none.
const Version* NewestOf(const std::vector<Version>& versions);

}  // namespace siku::catalog
