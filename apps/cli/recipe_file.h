// A recipe as a person names it: a file, or standard input.
#pragma once

#include <string>
#include <vector>

#include "siku/recipe.h"
#include "siku/result.h"

namespace siku::cli {

struct RecipeFile {
  std::string yaml;
  std::string name;  // what errors call it
  std::string base;  // the folder its paths are relative to
  std::vector<RecipeOverride> overrides{};
};

/// `overrides`: as given by --set.
Result<RecipeFile> ReadRecipeFile(const std::string& path,
                                  const std::vector<std::string>& overrides);

}  // namespace siku::cli
