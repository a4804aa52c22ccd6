// Which recipes the server runs: over datasets of the store, by operators that the administrator
// lists, without files, plug-ins or texts that are concealed.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "siku/operator.h"
#include "siku/recipe.h"
#include "siku/result.h"
#include "siku/run.h"

namespace siku::server {

/// What the administrator allows runs.
struct RunSettings {
  std::set<std::string> operators{};    // by name
  int64_t memory = int64_t{2} << 30;    // bytes of one run
  int64_t disk = int64_t{20} << 30;     // bytes of what one run keeps beside its output
  int64_t seconds = int64_t{4} * 3600;  // of one run, by the clock on the wall
  int64_t at_once = 2;
};
/// All of the program's own that conceal nothing and act on nothing outside.
RunSettings UsualSettings(const OperatorSet& operators);
nlohmann::json SettingsJson(const RunSettings& settings);
/// What `json` names is set, the rest stays. kInvalid with the key: an operator that there is not,
/// or that cannot be allowed; a number out of range.
Result<void> ApplySettings(const nlohmann::json& json, const OperatorSet& operators,
                           RunSettings& settings);

struct ServedRecipe {
  std::optional<Recipe> recipe{};  // where there are no problems
  std::vector<Error> problems{};   // with their places, `recipe:3:5`
};
ServedRecipe ReadServedRecipe(const RunRecipe& given, const OperatorSet& operators,
                              const RunSettings& settings);

}  // namespace siku::server
