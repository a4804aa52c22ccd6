// Finds the dialect of a recipe.
#pragma once

#include <optional>

#include "siku/recipe_dialect.h"
#include "yaml_tree.h"

namespace siku::recipe {

/// Nothing for a recipe in our form.
std::optional<TranslatedRecipe> Translated(const YamlNode& root, const OperatorSet& operators);

}  // namespace siku::recipe
