// What a publisher says of the columns of a dataset, for the measures of its quality.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "quality/kind.h"
#include "siku/catalog/quality.h"
#include "siku/result.h"

namespace siku::catalog {

struct ColumnRule {
  std::optional<ValueKind> kind{};
  bool text = false;  // it has no kind, whatever its values look like
  bool required = false;
  std::set<std::string> values{};  // the only ones; empty: any
};

struct QualityRules {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  std::map<std::string, ColumnRule> columns{};
  std::vector<std::vector<std::string>> keys{};
  Pairs equal{};
  Pairs ordered{};
  Pairs determines{};
  std::optional<NamedReference> reference{};
  std::string time{};  // the column whose times lie in the dataset's period
};

/// kInvalid, kLimit.
Result<QualityRules> ParseQualityRules(const nlohmann::json& rules);

}  // namespace siku::catalog
