// CKAN's Action API, version 3, over the catalogue: what `ckanapi` and harvesters send. Definition:
// docs.ckan.org/en/2.12/api.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "siku/catalog/catalog.h"
#include "siku/result.h"

namespace siku::catalog {

/// Whether the action changes something, which asks for a key that may.
bool CkanWrites(const std::string& action);

/// Whether the answer takes a process of DuckDB: few of these are made at a time.
bool CkanHeavy(const std::string& action, const nlohmann::json& parameters);

/// The `result` of an action, as JSON. `parameters`: an object; numbers may be strings, unknown
/// keys are passed over. `url`: of the site, for addresses of resources. kUnsupported: no such
/// action.
Result<std::string> CkanAction(Catalog& catalog, const Actor& actor, const std::string& action,
                               const nlohmann::json& parameters, const std::string& url);

/// What CKAN calls an error: "Not Found Error", …
std::string CkanErrorType(Code code);

}  // namespace siku::catalog
