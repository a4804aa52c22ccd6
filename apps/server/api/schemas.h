// The component schemas of the API's OpenAPI document.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace siku::server {

nlohmann::json ComponentSchemas();

}  // namespace siku::server
