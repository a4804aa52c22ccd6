// YAML as a tree with places: strict where the library is lenient (duplicate keys, bombs,
// guessing).
#pragma once

#include <string>
#include <string_view>

#include "siku/recipe_dialect.h"
#include "siku/result.h"

namespace siku::recipe {

using Mark = YamlMark;
using siku::YamlNode;

std::string Place(const std::string& file, Mark mark);

inline constexpr size_t kMostBytes = 1 << 20;
inline constexpr int kMostDepth = 64;
inline constexpr int kMostAliases = 100;
// After aliases are expanded:
inline constexpr size_t kMostNodes = 100'000;
inline constexpr size_t kMostExpandedBytes = 4 << 20;

Result<YamlNode> ReadYaml(std::string_view text, const std::string& file);

}  // namespace siku::recipe
