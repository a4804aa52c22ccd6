#include "runs/served_recipe.h"

#include <nlohmann/json.hpp>

#include "siku/recipe_dialect.h"

namespace siku::server {
namespace {

using nlohmann::json;

constexpr const char* kFileName = "recipe";
// Less, and a run does not begin; more, and the server itself starves on any machine there is.
constexpr int64_t kLeastMemory = int64_t{512} << 20, kMostMemory = int64_t{1} << 44;
constexpr int64_t kLeastDisk = int64_t{1} << 20, kMostDisk = int64_t{1} << 50;
constexpr int64_t kMostSeconds = int64_t{30} * 24 * 3600;
constexpr int64_t kMostAtOnce = 64;

bool CanBeAllowed(const Record& record) {
  return !record.traits.conceals && !record.traits.effects;
}

bool IsEmpty(const ParameterValue& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return text->empty();
  if (const auto* const texts = std::get_if<std::vector<std::string>>(&value)) {
    return texts->empty();
  }
  return false;
}

void CheckStep(const RecipeStep& step, const RunSettings& settings, std::vector<Error>& problems) {
  const Record& record = step.op->record();
  if (record.traits.conceals) {
    problems.push_back({Code::kDenied, "a recipe of the server conceals no texts", record.name,
                        step.place, "it needs the owner's key: siku run --seal-key"});
  } else if (!settings.operators.contains(record.name)) {
    problems.push_back({Code::kDenied, "the operator is not on the administrator's list",
                        record.name, step.place});
  }
  for (const ParameterSpec& spec : record.parameters) {
    const auto value = step.parameters.values().find(spec.name);
    if (!spec.names_files || value == step.parameters.values().end() || IsEmpty(value->second)) {
      continue;
    }
    const auto place = step.parameter_places.find(spec.name);
    problems.push_back({Code::kDenied, "a recipe of the server names no files", spec.name,
                        place == step.parameter_places.end() ? step.place : place->second});
  }
}

Result<void> SetNumber(const json& given, const char* key, int64_t least, int64_t most,
                       int64_t& to) {
  const auto found = given.find(key);
  if (found == given.end()) return {};
  if (!found->is_number_integer() || *found < least || *found > most) {
    return Fail(Code::kInvalid, "not a whole number in range", found->dump(), key);
  }
  to = found->get<int64_t>();
  return {};
}

Result<std::set<std::string>> AllowedNames(const json& list, const OperatorSet& operators) {
  std::set<std::string> names;
  if (!list.is_array()) return Fail(Code::kInvalid, "not a list", list.dump(), "operators");
  for (const json& one : list) {
    if (!one.is_string()) return Fail(Code::kInvalid, "not a text", one.dump(), "operators");
    SIKU_TRY(const Operator* const op, operators.Find(one.get<std::string>()));
    if (!CanBeAllowed(op->record())) {
      return Fail(Code::kInvalid,
                  "the operator cannot be allowed: it conceals texts or acts outside",
                  op->record().name, "operators");
    }
    names.insert(op->record().name);
  }
  return names;
}

}  // namespace

RunSettings UsualSettings(const OperatorSet& operators) {
  RunSettings settings;
  for (const Operator* const op : operators.All()) {
    if (CanBeAllowed(op->record())) settings.operators.insert(op->record().name);
  }
  return settings;
}

json SettingsJson(const RunSettings& settings) {
  return {{"operators", settings.operators},
          {"memory", settings.memory},
          {"disk", settings.disk},
          {"seconds", settings.seconds},
          {"at_once", settings.at_once}};
}

Result<void> ApplySettings(const json& json, const OperatorSet& operators, RunSettings& settings) {
  SIKU_TRY(SetNumber(json, "memory", kLeastMemory, kMostMemory, settings.memory));
  SIKU_TRY(SetNumber(json, "disk", kLeastDisk, kMostDisk, settings.disk));
  SIKU_TRY(SetNumber(json, "seconds", 1, kMostSeconds, settings.seconds));
  SIKU_TRY(SetNumber(json, "at_once", 0, kMostAtOnce, settings.at_once));
  if (const auto list = json.find("operators"); list != json.end()) {
    SIKU_TRY(settings.operators, AllowedNames(*list, operators));
  }
  return {};
}

ServedRecipe ReadServedRecipe(const RunRecipe& given, const OperatorSet& operators,
                              const RunSettings& settings) {
  RecipeReading reading = ReadRecipe(given.yaml, kFileName, operators, given.overrides);
  ServedRecipe served{.recipe = std::move(reading.recipe), .problems = std::move(reading.errors)};
  if (!served.recipe) return served;
  for (const std::string& plugin : served.recipe->plugins) {
    served.problems.push_back(
        {Code::kDenied, "a recipe of the server names no plug-ins", plugin, kFileName});
  }
  const auto besides = ReadBesides(given.yaml, kFileName, operators);
  if (besides && !besides->exports.empty()) {
    served.problems.push_back({Code::kDenied, "a recipe of the server names no files",
                               besides->exports.front().path, kFileName});
  }
  for (const RecipeInput& input : served.recipe->inputs) {
    if (!input.dataset.empty()) continue;
    served.problems.push_back({Code::kDenied, "a recipe of the server reads datasets alone",
                               input.name, input.place, "`dataset: NAME` in the place of a path"});
  }
  for (const RecipeStep& step : served.recipe->steps) CheckStep(step, settings, served.problems);
  if (!served.problems.empty()) served.recipe.reset();
  return served;
}

}  // namespace siku::server
