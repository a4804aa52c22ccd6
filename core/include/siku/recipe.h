// A recipe: named inputs, steps and outputs, an acyclic graph. Read from YAML with the exact place
// of every mistake; a plain list of steps is sugar for a chain. Reference: docs/recipes.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku {

struct RecipeInput {
  std::string name;
  std::string place{};               // recipe.yaml:3:5
  std::vector<std::string> paths{};  // files, folders, globs; relative to the recipe's folder
  std::string dataset{};             // or a stored dataset, `name` or `name@version`
  std::string format{};              // text, lines, jsonl, parquet, arrow; empty: by the name
  std::string encoding{};            // empty: detected
  std::string compression{};         // none, gzip, zstd; empty: by the name
  /// JSONL: column name -> type (text, int, real, bool, json); empty: inferred.
  std::vector<std::pair<std::string, std::string>> columns{};
};

/// `step` or `step.port` or an input's name.
struct RecipeReference {
  std::string node;
  std::string port{};  // resolved: never empty for a step
};

struct RecipeStep {
  std::string name;
  std::string place{};
  const Operator* op = nullptr;
  Parameters parameters{};                                // complete
  std::map<std::string, std::string> parameter_places{};  // of those that are given
  std::vector<RecipeReference> from{};
};

struct RecipeOutput {
  std::string dataset;
  RecipeReference from{};
  std::string place{};
};

struct Recipe {
  std::string name{};
  std::vector<RecipeInput> inputs{};
  std::vector<RecipeStep> steps{};  // topological, else in file order
  std::vector<RecipeOutput> outputs{};
  std::vector<RecipeReference> discard{};
  std::vector<std::string> plugins{};  // that it names
};

/// `--set repaired.min_confidence=0.8` or `--set inputs.pages.path=other/*.txt`.
struct RecipeOverride {
  std::string key;
  std::string value;
};
Result<RecipeOverride> ParseOverride(std::string_view text);

/// What reading a recipe found: a recipe, or every mistake (at most 20), in file order.
struct RecipeReading {
  std::optional<Recipe> recipe{};
  std::vector<Error> errors{};
};
RecipeReading ReadRecipe(std::string_view yaml, const std::string& file_name,
                         const OperatorSet& operators,
                         const std::vector<RecipeOverride>& overrides = {});
/// The same with the first mistake as the error.
Result<Recipe> ParseRecipe(std::string_view yaml, const std::string& file_name,
                           const OperatorSet& operators,
                           const std::vector<RecipeOverride>& overrides = {});

/// Canonical JSON (RFC 8785) of what decides the rows: graph, operators with version, all
/// parameters, how inputs are read; no paths.
std::string CanonicalJson(const Recipe& recipe);
/// JSON Schema (draft 2020-12) of recipes over these operators, for editors.
std::string RecipeSchema(const OperatorSet& operators);

}  // namespace siku
