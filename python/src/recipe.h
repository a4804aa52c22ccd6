// Recipes as Python hands them over.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <utility>
#include <vector>

#include "siku/recipe.h"

namespace siku::python {

using Overrides = std::vector<std::pair<std::string, std::string>>;

std::vector<RecipeOverride> ToOverrides(const Overrides& overrides);

void BindRecipes(nanobind::module_& module);

}  // namespace siku::python
