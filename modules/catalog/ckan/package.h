// Datasets as CKAN's packages, and back.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "siku/catalog/catalog.h"

namespace siku::catalog {

/// As CKAN writes times: microseconds, no zone (it is UTC).
std::string CkanTime(int64_t milliseconds);
nlohmann::json OrganizationJson(const Organisation& organisation);
/// `organisation`: that of the dataset.
nlohmann::json PackageJson(const Listed& listed, const Organisation& organisation,
                           const std::string& url);
/// Sets what the package names; what we have no word for is kept and shown again. kInvalid.
Result<void> ApplyPackage(const nlohmann::json& package, Dataset& dataset);

/// The text of a member that may be missing, null or a number.
std::string TextOf(const nlohmann::json& object, const char* name);

}  // namespace siku::catalog
