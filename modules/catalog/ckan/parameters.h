// Parameters as clients of CKAN send them: strings where numbers and lists are meant.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "siku/result.h"

namespace siku::catalog {

/// A number, or a string that is one. kInvalid.
Result<int64_t> NumberOf(const nlohmann::json& parameters, const char* name, int64_t usual);
bool Truth(const nlohmann::json& parameters, const char* name);
/// A list, or a string that is one in JSON, or one word.
std::vector<std::string> ListOf(const nlohmann::json& parameters, const char* name);

}  // namespace siku::catalog
