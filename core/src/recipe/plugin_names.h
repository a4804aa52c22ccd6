// The plug-ins that a recipe names: looked up before the recipe is read, for its operators.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siku::recipe {

/// Name and place of each; none where the recipe cannot be read so far.
std::vector<std::pair<std::string, std::string>> PluginNames(std::string_view yaml,
                                                             const std::string& file);

}  // namespace siku::recipe
