// JSON with one spelling per value (RFC 8785), for what is hashed: manifests, schemas, lineage.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "siku/result.h"

namespace siku {

/// Deeper JSON is refused: it would be read and written by recursion.
inline constexpr int kMostDepth = 128;

/// RFC 8785, but integers beyond 2^53 are written in full. kInvalid: text that is not UTF-8, a
/// number that is none, too deep.
Result<std::string> WriteCanonicalJson(const nlohmann::json& value);
/// kData with `place`: not JSON, too deep, a key twice.
Result<nlohmann::json> ReadJson(const std::string& text, const std::string& place);

}  // namespace siku
