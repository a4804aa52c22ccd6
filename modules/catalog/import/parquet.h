// Parquet as it is: read in a process of its own (parquets.py), rows unchanged.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "siku/catalog/import.h"

namespace siku::catalog {

/// Columns with the types they will be stored with, `none` and why where that cannot be. kData: a
/// damaged file; kLimit: what it would take.
Result<nlohmann::json> GuessParquet(const std::string& path, const ImportProgress& progress);

/// kUnsupported, with the column: a type that cannot be stored, before anything is read.
Result<Imported> ImportParquet(Store& store, const std::string& path, const ImportPlan& plan,
                               const ImportOptions& options);

}  // namespace siku::catalog
