// Recipes of Data-Juicer, for the program to read like its own (docs/data-juicer.md).
#pragma once

#include <string>

#include "siku/recipe_dialect.h"

namespace siku::refine {

const RecipeDialect& DataJuicerRecipes();

/// What stands for what, as docs/data-juicer.md has it: tables in Markdown.
std::string DataJuicerTables();

}  // namespace siku::refine
