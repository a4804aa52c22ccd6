// Files that a recipe asks for beside its datasets, and what its reader noted.
#pragma once

#include "context.h"
#include "recipe_file.h"
#include "siku/run.h"
#include "siku/store.h"

namespace siku::cli {

/// Says on standard error what of the recipe is done otherwise or not at all. Mistakes are not
/// told: whatever reads the recipe next tells them.
void SayNotes(const RecipeFile& file, const Context& context);

/// Writes the files that the finished run's recipe asks for, and says so.
Result<void> WriteExports(const Store& store, const RunSummary& summary, const Context& context);

}  // namespace siku::cli
