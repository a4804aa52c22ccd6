// Datasets as CKAN's packages, and back.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "siku/catalog/catalog.h"

namespace siku::catalog {

/// As CKAN writes times: microseconds, no zone (it is UTC).
std::string CkanTime(int64_t milliseconds);
std::string OrganizationText(const Organisation& organisation);
nlohmann::json OrganizationJson(const Organisation& organisation);
/// Appends the package's JSON. `organisation`: that of the dataset.
void AppendPackage(std::string& out, const Listed& listed, const Organisation& organisation,
                   const std::string& url);
nlohmann::json PackageJson(const Listed& listed, const Organisation& organisation,
                           const std::string& url);
/// Whether a package's member is one that AppendPackage makes of a dataset.
bool IsOurs(std::string_view member);
/// Sets what the package names; what we have no word for is kept and shown again. kInvalid.
Result<void> ApplyPackage(const nlohmann::json& package, Dataset& dataset);

/// The text of a member that may be missing, null or a number.
std::string TextOf(const nlohmann::json& object, const char* name);

}  // namespace siku::catalog
