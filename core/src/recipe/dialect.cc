#include "dialect.h"

#include "complaints.h"

namespace siku {
namespace {

std::vector<const RecipeDialect*>& Dialects() {
  static std::vector<const RecipeDialect*> dialects;
  return dialects;
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, value] : map) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

void AddRecipeDialect(const RecipeDialect& dialect) { Dialects().push_back(&dialect); }

namespace recipe {

std::optional<TranslatedRecipe> Translated(const YamlNode& root, const OperatorSet& operators) {
  for (const RecipeDialect* dialect : Dialects()) {
    if (dialect->Recognises(root)) return dialect->Translate(root, operators);
  }
  return std::nullopt;
}

}  // namespace recipe

std::optional<RecipeBesides> ReadBesides(std::string_view yaml, const std::string& file_name,
                                         const OperatorSet& operators) {
  const auto root = recipe::ReadYaml(yaml, file_name);
  if (!root.has_value()) return std::nullopt;
  auto translated = recipe::Translated(*root, operators);
  if (!translated.has_value()) return std::nullopt;
  RecipeBesides besides{.exports = std::move(translated->exports)};
  for (auto& [mark, note] : translated->notes) {
    note.place = recipe::Place(file_name, mark);
    besides.notes.push_back(std::move(note));
  }
  return besides;
}

std::string MessageParts(const std::vector<std::string_view>& parts) {
  std::string joined;
  for (size_t i = 0; i < parts.size(); ++i) {
    joined += (i == 0 ? "" : "\x1F") + recipe::Parts({parts[i]});
  }
  return joined;
}

}  // namespace siku
