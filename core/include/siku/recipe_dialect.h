// Recipes of other programs. A module translates one into the form of ours; the reader of recipes
// takes it from there, so that every front end runs it and every mistake keeps its place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/result.h"

namespace siku {

class OperatorSet;

/// A place in a recipe's file.
struct YamlMark {
  int line = 0;    // from 1; 0: not from the file
  int column = 0;  // from 1, in characters
};

/// YAML as it was written: scalars have no type yet.
struct YamlNode {
  enum class Kind { kScalar, kList, kMap };
  Kind kind = Kind::kScalar;
  YamlMark mark{};
  std::string scalar{};
  bool quoted = false;
  bool missing = false;  // nothing is written here; `null` and `~` are words like others
  std::vector<YamlNode> list{};
  std::vector<std::pair<YamlNode, YamlNode>> map{};  // keys are scalars

  const YamlNode* Find(std::string_view key) const;
};

/// A file that a run writes beside its datasets, because the recipe asks for one.
struct RecipeExport {
  std::string dataset;  // an output of the recipe
  std::string path;     // relative to the working folder
  std::string format;   // jsonl or parquet
};

struct TranslatedRecipe {
  YamlNode root{};  // in our form; each node has the mark of what it stands for
  std::vector<std::pair<YamlMark, Error>> errors{};
  std::vector<std::pair<YamlMark, Error>> notes{};  // what is done otherwise, or not at all
  std::vector<RecipeExport> exports{};
};

/// Paths of such recipes are relative to the working folder, not to the recipe's.
class RecipeDialect {
 public:
  virtual ~RecipeDialect() = default;
  virtual bool Recognises(const YamlNode& root) const = 0;
  virtual TranslatedRecipe Translate(const YamlNode& root, const OperatorSet& operators) const = 0;
};

/// Recipes of this dialect are read from now on. Called by `apps/` before any recipe is read; the
/// dialect lives as long as the program.
void AddRecipeDialect(const RecipeDialect& dialect);

/// What a recipe of a dialect says beside inputs, steps and outputs.
struct RecipeBesides {
  std::vector<Error> notes{};  // with their places
  std::vector<RecipeExport> exports{};
};
/// Nothing for recipes in our form, and for what is no recipe.
std::optional<RecipeBesides> ReadBesides(std::string_view yaml, const std::string& file_name,
                                         const OperatorSet& operators);

/// The value of a message with several gaps. What people wrote is cut and made printable.
std::string MessageParts(const std::vector<std::string_view>& parts);

}  // namespace siku
