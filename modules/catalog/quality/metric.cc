#include "quality/metric.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace siku::catalog {
namespace {

// A column is of a kind where at least so many of its values, in hundredths, are written like it.
constexpr int64_t kInferred = 90;
// Six digits may be many things: a name that says it decides.
constexpr std::array<std::string_view, 8> kRegionWords = {
    "区划",   "行政区",      "地区代码",      "区域代码",
    "adcode", "region_code", "district_code", "city_code"};
constexpr const char* kMissing = "no_column";

bool NamesRegions(const std::string& name) {
  return std::any_of(kRegionWords.begin(), kRegionWords.end(),
                     [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

/// The most particular kind that the values are written like, and at least half of them are.
std::optional<ValueKind> InferKind(const std::string& name, const ColumnCounts& counts) {
  for (size_t i = 0; i < kValueKinds; ++i) {
    const auto kind = static_cast<ValueKind>(i);
    if (counts.shapes[i] * 100 < counts.filled * kInferred) continue;
    if (counts.valid[i] * 2 < counts.filled) continue;
    if (kind == ValueKind::kRegion && !NamesRegions(name)) continue;
    return kind;
  }
  return std::nullopt;
}

Metric Counted(const char* name, const std::string& suffix, std::vector<std::string> columns,
               int64_t part, int64_t whole) {
  return {.name = name,
          .id = std::string(name) + (suffix.empty() ? "" : "/" + suffix),
          .columns = std::move(columns),
          .part = part,
          .whole = whole,
          .rows = true};
}

Metric Unknown(const char* name, const std::string& suffix, std::vector<std::string> columns,
               const char* reason) {
  return {.name = name,
          .id = std::string(name) + (suffix.empty() ? "" : "/" + suffix),
          .columns = std::move(columns),
          .reason = reason};
}

void TextMetrics(const std::string& name, const ColumnRule& rule, const ColumnCounts& counts,
                 std::vector<Metric>& metrics) {
  metrics.push_back(Counted("characters", name, {name}, counts.clean, counts.filled));
  if (rule.text || counts.filled == 0) return;
  const auto kind = rule.kind ? rule.kind : InferKind(name, counts);
  if (!kind) return;
  const auto place = static_cast<size_t>(*kind);
  Metric format = Counted("format", name, {name}, counts.valid[place], counts.filled);
  format.kind = kValueKindNames[place];
  format.inferred = !rule.kind;
  metrics.push_back(format);
  const auto& forms = counts.forms[place];
  const auto* const most = std::max_element(forms.begin(), forms.end());
  int64_t all = 0;
  for (const int64_t one : forms) all += one;
  if (all == 0) return;
  Metric form = Counted("form", name, {name}, *most, all);
  form.kind = format.kind;
  form.form = static_cast<int>(most - forms.begin());
  metrics.push_back(form);
}

using Pairs = QualityRules::Pairs;

template <class Counts, class Make>
void PairMetrics(const char* name, const Pairs& rules, const std::vector<int>& places,
                 const Counts& counts, const Make& make, std::vector<Metric>& metrics) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const std::vector<std::string> columns = {rules[i].first, rules[i].second};
    const std::string suffix = std::to_string(i);
    if (places[i] < 0) {
      metrics.push_back(Unknown(name, suffix, columns, kMissing));
    } else {
      metrics.push_back(make(suffix, columns, counts[static_cast<size_t>(places[i])]));
    }
  }
}

void RuleMetrics(const QualityRules& rules, const RulePlan& plan, const PassCounts& counts,
                 std::vector<Metric>& metrics) {
  for (size_t i = 0; i < rules.keys.size(); ++i) {
    const std::string suffix = std::to_string(i);
    const auto place = static_cast<size_t>(plan.keys[i]);
    if (plan.keys[i] < 0) {
      metrics.push_back(Unknown("keys_unique", suffix, rules.keys[i], kMissing));
    } else if (!counts.keys[place]) {
      metrics.push_back(Unknown("keys_unique", suffix, rules.keys[i], "too_large"));
    } else {
      metrics.push_back(
          Counted("keys_unique", suffix, rules.keys[i], *counts.keys[place], counts.rows));
    }
  }
  const auto share = [](const char* name) {
    return [name](const std::string& suffix, const std::vector<std::string>& columns,
                  const Share& one) { return Counted(name, suffix, columns, one.part, one.whole); };
  };
  PairMetrics("equal", rules.equal, plan.equal, counts.equal, share("equal"), metrics);
  PairMetrics("ordered", rules.ordered, plan.ordered, counts.ordered, share("ordered"), metrics);
  PairMetrics(
      "determines", rules.determines, plan.determines, counts.determines,
      [](const std::string& suffix, const std::vector<std::string>& columns,
         const std::optional<Share>& one) {
        if (!one) return Unknown("determines", suffix, columns, "too_large");
        return Counted("determines", suffix, columns, one->part, one->whole);
      },
      metrics);
  for (size_t i = 0; i < plan.values.size(); ++i) {
    metrics.push_back(Counted("values", plan.values[i], {plan.values[i]}, counts.values[i].part,
                              counts.values[i].whole));
  }
  if (rules.time.empty()) return;
  if (plan.pass.period) {
    metrics.push_back(Counted("period", "", {rules.time}, counts.period.part, counts.period.whole));
  } else {
    metrics.push_back(Unknown("period", "", {rules.time}, "no_period"));
  }
}

std::vector<int> PlanPairs(const Pairs& rules, const Table& table,
                           std::vector<std::pair<int, int>>& pairs) {
  std::vector<int> places;
  for (const auto& [first, second] : rules) {
    const int one = table.Find(first), other = table.Find(second);
    const bool there = one >= 0 && other >= 0;
    places.push_back(there ? static_cast<int>(pairs.size()) : -1);
    if (there) pairs.emplace_back(one, other);
  }
  return places;
}

/// The first day of what the text says, and the first one behind it.
std::optional<std::pair<std::chrono::sys_days, std::chrono::sys_days>> DaysOf(
    const std::string& text) {
  using namespace std::chrono;
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return std::nullopt;
  const year_month_day first{
      year(std::atoi(text.c_str())),
      month(text.size() > 4 ? static_cast<unsigned>(std::atoi(text.c_str() + 5)) : 1U),
      day(text.size() > 7 ? static_cast<unsigned>(std::atoi(text.c_str() + 8)) : 1U)};
  if (!first.ok()) return std::nullopt;
  const sys_days begin{first};
  if (text.size() == 4) return std::pair(begin, sys_days(first + years(1)));
  if (text.size() == 7) return std::pair(begin, sys_days(first + months(1)));
  return std::pair(begin, begin + days(1));
}

}  // namespace

int Table::Find(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

RulePlan PlanOf(const QualityRules& rules, const Table& table) {
  RulePlan plan;
  for (const auto& [name, rule] : rules.columns) {
    const int column = table.Find(name);
    if (column < 0) continue;
    if (rule.required) plan.pass.required.push_back(column);
    if (rule.values.empty() || !table.texts[static_cast<size_t>(column)]) continue;
    plan.pass.values.emplace_back(column, rule.values);
    plan.values.push_back(name);
  }
  for (const auto& key : rules.keys) {
    std::vector<int> columns;
    for (const std::string& name : key) columns.push_back(table.Find(name));
    const bool there = std::find(columns.begin(), columns.end(), -1) == columns.end();
    plan.keys.push_back(there ? static_cast<int>(plan.pass.keys.size()) : -1);
    if (there) plan.pass.keys.push_back(std::move(columns));
  }
  plan.equal = PlanPairs(rules.equal, table, plan.pass.equal);
  plan.ordered = PlanPairs(rules.ordered, table, plan.pass.ordered);
  plan.determines = PlanPairs(rules.determines, table, plan.pass.determines);
  return plan;
}

std::optional<std::pair<double, double>> PeriodOf(const std::string& start,
                                                  const std::string& end) {
  constexpr double kDay = 86'400'000.0;
  const auto first = DaysOf(start);
  const auto last = DaysOf(end);
  if ((!first && !start.empty()) || (!last && !end.empty()) || (!first && !last)) {
    return std::nullopt;
  }
  const auto milliseconds = [](std::chrono::sys_days days) {
    return kDay * static_cast<double>(days.time_since_epoch().count());
  };
  constexpr double kEver = 1e300;
  return std::pair(first ? milliseconds(first->first) : -kEver,
                   last ? milliseconds(last->second) : kEver);
}

std::vector<Metric> RowMetrics(const QualityRules& rules, const Table& table, const RulePlan& plan,
                               const PassCounts& counts) {
  std::vector<Metric> metrics;
  for (size_t i = 0; i < table.names.size(); ++i) {
    const std::string& name = table.names[i];
    const auto rule = rules.columns.find(name);
    metrics.push_back(Counted("elements", name, {name}, counts.columns[i].filled, counts.rows));
    if (!table.texts[i]) continue;
    TextMetrics(name, rule == rules.columns.end() ? ColumnRule{} : rule->second, counts.columns[i],
                metrics);
  }
  std::vector<std::string> required;
  for (const int column : plan.pass.required) {
    required.push_back(table.names[static_cast<size_t>(column)]);
  }
  metrics.push_back(Counted("records", "", required, counts.complete, counts.rows));
  if (counts.different_rows) {
    metrics.push_back(Counted("rows_unique", "", {}, *counts.different_rows, counts.rows));
  } else {
    metrics.push_back(Unknown("rows_unique", "", {}, "too_large"));
  }
  RuleMetrics(rules, plan, counts, metrics);
  return metrics;
}

}  // namespace siku::catalog
