// JSON read without rounding.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "siku/result.h"

namespace siku::catalog {

/// As nlohmann::json::parse, but a number that neither 64 bits nor a double hold is a string of its
/// digits. kData: no JSON.
Result<nlohmann::json> ExactJson(const std::string& text);

}  // namespace siku::catalog
