// The measures of quality: their names, texts and places, and how they are made of counts.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quality/pass.h"
#include "quality/rules.h"

namespace siku::catalog {

enum class Dimension : uint8_t {
  kStandardness,   // 规范性
  kCompleteness,   // 完整性
  kAccuracy,       // 准确性
  kConsistency,    // 一致性
  kTimeliness,     // 时效性
  kAccessibility,  // 可访问性
};

struct Metric {
  std::string name;  // one of the table in metric_words.cc
  std::string id{};  // the name, and behind a slash the column or the place of the rule
  std::vector<std::string> columns{};
  std::optional<int64_t> part{};  // nothing: not assessed
  std::optional<int64_t> whole{};
  std::string reason{};  // why it is not assessed
  std::string kind{};    // of the values
  bool inferred = false;
  int form = 0;       // the commonest
  bool rows = false;  // there are rows behind what is missing
};

nlohmann::json MetricJson(const Metric& metric);
Metric MetricOf(const nlohmann::json& kept);

/// With title, formula and value, for people.
nlohmann::json ToldMetric(const Metric& metric);
/// All six, with the metrics of each. The value of a dimension is that of its least metric: means
/// over metrics of different denominators say nothing.
nlohmann::json DimensionsJson(const std::vector<Metric>& metrics);

/// Columns as they may be read.
struct Table {
  std::vector<std::string> names{};
  std::vector<bool> texts{};

  int Find(const std::string& name) const;  // -1
};

/// What a pass is to count for these rules. Those that name columns which are not there are left
/// out, and are metrics that are not assessed.
struct RulePlan {
  PassPlan pass{};
  std::vector<int> keys{};  // by the place of the rule: the place in the pass, or -1
  std::vector<int> equal{};
  std::vector<int> ordered{};
  std::vector<int> determines{};
  std::vector<std::string> values{};  // names of columns
};
RulePlan PlanOf(const QualityRules& rules, const Table& table);

/// Milliseconds since 1970 of the begin and the end (which is no part of it) of `2024`, `2024-05`
/// or `2024-05-06`.
std::optional<std::pair<double, double>> PeriodOf(const std::string& start, const std::string& end);

/// What comes of rows.
std::vector<Metric> RowMetrics(const QualityRules& rules, const Table& table, const RulePlan& plan,
                               const PassCounts& counts);

}  // namespace siku::catalog
