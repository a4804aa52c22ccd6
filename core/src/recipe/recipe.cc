#include "siku/recipe.h"

#include <algorithm>

#include "dialect.h"
#include "reading.h"
#include "siku/utf8.h"

namespace siku {
namespace {

using recipe::Draft;
using recipe::Override;
using recipe::Reading;
using recipe::YamlNode;

constexpr size_t kLongestRecipeName = 128;  // characters

const std::vector<std::string> kKeys = {"siku",  "name",   "plugins", "input",  "inputs",
                                        "steps", "output", "outputs", "discard"};
const recipe::Unknown kUnknownKey = {
    Error{Code::kInvalid, "a recipe has no key '{}'"},
    Error{Code::kInvalid, "a recipe has no key '{}'; did you mean '{}'?"},
};
const recipe::Unknown kUnknownInput = {
    Error{Code::kInvalid, "the recipe has no input '{}'"},
    Error{Code::kInvalid, "the recipe has no input '{}'; did you mean '{}'?"},
};
const recipe::Unknown kUnknownStep = {
    Error{Code::kInvalid, "the recipe has no step '{}'"},
    Error{Code::kInvalid, "the recipe has no step '{}'; did you mean '{}'?"},
};

void ReadHead(const YamlNode& root, Reading& reading) {
  reading.CheckKeys(root, kKeys, kUnknownKey);
  if (const YamlNode* format = root.Find("siku"); format != nullptr && format->scalar != "1") {
    reading.complaints.Add(format->mark,
                           Error{Code::kInvalid, "this version reads recipes of format 1, not '{}'",
                                 recipe::Parts({format->scalar})});
  }
  if (const YamlNode* name = root.Find("name"); name != nullptr) {
    const Error error =
        Error{Code::kInvalid, "a recipe's name is one line of at most 128 characters"};
    reading.draft.name = reading.Word(*name, error);
    if (utf8::Length(name->scalar) > kLongestRecipeName ||
        std::any_of(name->scalar.begin(), name->scalar.end(),
                    [](char c) { return c >= 0 && c < ' '; })) {
      reading.complaints.Add(name->mark, error);
    }
  }
}

void CheckOverrides(Reading& reading) {
  for (const Override& set : reading.overrides) {
    if (set.used) continue;
    std::vector<std::string> names;
    for (const auto& [name, step] : reading.draft.names) {
      if (step != recipe::kMalformed && (step == recipe::kInput) == set.of_input)
        names.push_back(name);
    }
    reading.complaints.AddUnknown(set.where, set.of_input ? kUnknownInput : kUnknownStep, {},
                                  set.node, names);
  }
}

Recipe Finished(Draft draft, const std::string& file) {
  Recipe recipe{.name = std::move(draft.name), .plugins = std::move(draft.plugins)};
  for (auto& input : draft.inputs) recipe.inputs.push_back(std::move(input.value));
  for (Draft::Step& step : draft.steps) {
    for (auto& from : step.from) step.step.from.push_back(std::move(from.value));
    recipe.steps.push_back(std::move(step.step));
  }
  for (Draft::Output& output : draft.outputs) {
    recipe.outputs.push_back({std::move(output.dataset), std::move(output.from.value),
                              recipe::Place(file, output.mark)});
  }
  for (auto& reference : draft.discard) recipe.discard.push_back(std::move(reference.value));
  return recipe;
}

}  // namespace

Result<RecipeOverride> ParseOverride(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view key = text.substr(0, equals);
  const size_t dot = key.find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos || dot == 0 ||
      dot + 1 == key.size()) {
    return Fail(Code::kInvalid, "this takes step.parameter=value, not '{}'", recipe::Parts({text}),
                "--set");
  }
  if (text.size() > recipe::kMostBytes) {
    return Fail(Code::kInvalid, "a value may have at most 1 MiB", recipe::Parts({key}), "--set");
  }
  if (!utf8::Valid(text)) {
    return Fail(Code::kInvalid, "a value must be UTF-8", recipe::Parts({key}), "--set");
  }
  return RecipeOverride{std::string(key), std::string(text.substr(equals + 1))};
}

RecipeReading ReadRecipe(std::string_view yaml, const std::string& file_name,
                         const OperatorSet& operators,
                         const std::vector<RecipeOverride>& overrides) {
  auto root = recipe::ReadYaml(yaml, file_name);
  if (!root.has_value()) return {.errors = {root.error()}};
  Reading reading(file_name, operators, overrides);
  // The complaints of a dialect are told like ours.
  auto translated = recipe::Translated(*root, operators);
  if (translated.has_value()) {
    for (auto& [mark, error] : translated->errors) reading.Break(mark, std::move(error));
  }
  const YamlNode& tree = translated.has_value() ? translated->root : *root;
  if (reading.IsMap(tree,
                    Error{Code::kInvalid, "a recipe is a map of inputs, steps and outputs"})) {
    ReadHead(tree, reading);
    ReadPlugins(tree, reading);
    ReadInputs(tree, reading);
    ReadSteps(tree, reading);
    ReadOutputs(tree, reading);
    ResolveReferences(reading);
    CheckOverrides(reading);
    if (reading.sound) CheckGraph(reading);
  }
  if (!reading.complaints.empty()) return {.errors = reading.complaints.Take()};
  return {.recipe = Finished(std::move(reading.draft), file_name)};
}

Result<Recipe> ParseRecipe(std::string_view yaml, const std::string& file_name,
                           const OperatorSet& operators,
                           const std::vector<RecipeOverride>& overrides) {
  RecipeReading reading = ReadRecipe(yaml, file_name, operators, overrides);
  if (!reading.recipe.has_value()) return tl::unexpected<Error>(reading.errors.front());
  return *std::move(reading.recipe);
}

}  // namespace siku
