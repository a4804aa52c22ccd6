#include "quality/found_rows.h"

#include <arrow/api.h>
#include <arrow/compute/cast.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "arrow_internal.h"
#include "rows/visible.h"

namespace siku::catalog {
namespace {

constexpr auto kLongest = std::chrono::seconds(30);

/// What is known of row `row` of the batch, whose number in the table is `number`.
using IsFinding = std::function<bool(const std::vector<Cells>& cells, int64_t row, int64_t number)>;

/// Goes over the rows with these columns alone.
Result<void> Scan(const std::string& parquet, const std::vector<int>& columns,
                  const IsFinding& is_finding, FoundRows& found) {
  const auto end = std::chrono::steady_clock::now() + kLongest;
  SIKU_TRY(const auto next, ReadParquet(parquet, columns));
  std::vector<Cells> cells;
  for (int64_t number = 0;;) {
    SIKU_TRY(const auto batch, next());
    if (batch == nullptr) return {};
    cells.resize(static_cast<size_t>(batch->num_columns()));
    for (size_t i = 0; i < cells.size(); ++i) cells[i].Load(batch->column(static_cast<int>(i)));
    for (int64_t row = 0; row < batch->num_rows(); ++row, ++number) {
      if (is_finding(cells, row, number)) found.Add(number);
    }
    if (std::chrono::steady_clock::now() > end) {
      return Fail(Code::kLimit, "the query took longer than it may, in seconds", "30");
    }
  }
}

/// Sorted columns, as a file is read, and where each of the asked ones is among them.
struct Places {
  std::vector<int> columns{};
  std::vector<size_t> places{};

  explicit Places(const std::vector<int>& asked) : columns(asked) {
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    for (const int one : asked) {
      const auto at = std::find(columns.begin(), columns.end(), one) - columns.begin();
      places.push_back(static_cast<size_t>(at));
    }
  }
};

/// Of one column, by the look of its cell.
Result<bool> FindByLook(const std::string& parquet, const Table& table, const QualityRules& rules,
                        const Metric& metric, FoundRows& found) {
  std::function<bool(const Look&)> wanted;
  const auto kind = ParseValueKind(metric.kind);
  const auto bit = kind ? 1U << static_cast<unsigned>(*kind) : 0U;
  if (metric.name == "elements") {
    wanted = [](const Look& look) { return !look.filled; };
  } else if (metric.name == "characters") {
    wanted = [](const Look& look) { return look.filled && !look.clean; };
  } else if (metric.name == "format") {
    wanted = [bit](const Look& look) { return look.filled && (look.valid & bit) == 0; };
  } else if (metric.name == "form") {
    wanted = [bit, form = metric.form](const Look& look) {
      return look.filled && (look.shapes & bit) != 0 && look.form != 0 && look.form != form;
    };
  } else if (metric.name != "values") {
    return false;
  }
  const int column = table.Find(metric.columns.at(0));
  if (wanted) {
    SIKU_TRY(Scan(
        parquet, {column},
        [&](const auto& cells, int64_t row, int64_t) { return wanted(cells[0].LookAt(row)); },
        found));
    return true;
  }
  const auto& known = rules.columns.at(metric.columns.at(0)).values;
  SIKU_TRY(Scan(
      parquet, {column},
      [&](const auto& cells, int64_t row, int64_t) {
        return cells[0].LookAt(row).filled && !known.contains(std::string(cells[0].Text(row)));
      },
      found));
  return true;
}

Result<void> FindIncomplete(const std::string& parquet, const Table& table, const RulePlan& plan,
                            FoundRows& found) {
  std::vector<int> columns = plan.pass.required;
  for (int i = 0; columns.size() < table.names.size() && plan.pass.required.empty(); ++i) {
    columns.push_back(i);
  }
  return Scan(
      parquet, Places(columns).columns,
      [](const auto& cells, int64_t row, int64_t) {
        return std::any_of(cells.begin(), cells.end(),
                           [&](const Cells& one) { return !one.LookAt(row).filled; });
      },
      found);
}

/// Rows that are there before, in these columns or in all; with `gaps` those without a value, too.
Result<void> FindRepeated(const std::string& parquet, const std::vector<int>& columns, bool gaps,
                          FoundRows& found) {
  SeenHashes seen(1 << 16);
  const Places places(columns);
  int64_t rows = 0;
  SIKU_TRY(Scan(
      parquet, places.columns,
      [&](const auto& cells, int64_t row, int64_t number) {
        if (++rows > DistinctHashes::kMost / 2) return false;
        CellHash hash;
        bool whole = true;
        if (columns.empty()) {
          for (const Cells& one : cells) hash.Add(one.HashAt(row));
        }
        for (const size_t place : places.places) {
          hash.Add(cells[place].HashAt(row));
          whole &= !gaps || cells[place].LookAt(row).filled;
        }
        return !whole || seen.First(hash, number) != number;
      },
      found));
  if (rows <= DistinctHashes::kMost / 2) return {};
  return Fail(Code::kLimit, "the table is too large for this, in rows",
              std::to_string(DistinctHashes::kMost / 2));
}

Result<void> FindOtherNames(const std::string& parquet, const std::pair<int, int>& pair,
                            FoundRows& found) {
  const Places places({pair.first, pair.second});
  const size_t code = places.places[0], name = places.places[1];
  std::unordered_map<uint64_t, std::unordered_map<uint64_t, int64_t>> names;
  const auto whole = [&](const std::vector<Cells>& cells, int64_t row) {
    return cells[code].LookAt(row).filled && cells[name].LookAt(row).filled;
  };
  FoundRows nothing;
  SIKU_TRY(Scan(
      parquet, places.columns,
      [&](const auto& cells, int64_t row, int64_t) {
        if (whole(cells, row)) {
          ++names[cells[code].HashAt(row).low][cells[name].HashAt(row).low];
        }
        return false;
      },
      nothing));
  std::unordered_map<uint64_t, uint64_t> commonest;
  for (const auto& [one, counts] : names) {
    commonest[one] =
        std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
          return std::pair(a.second, b.first) < std::pair(b.second, a.first);
        })->first;
  }
  return Scan(
      parquet, places.columns,
      [&](const auto& cells, int64_t row, int64_t) {
        return whole(cells, row) &&
               commonest.at(cells[code].HashAt(row).low) != cells[name].HashAt(row).low;
      },
      found);
}

Result<void> FindUnequal(const std::string& parquet, const std::pair<int, int>& pair,
                         FoundRows& found) {
  const Places places({pair.first, pair.second});
  return Scan(
      parquet, places.columns,
      [&](const auto& cells, int64_t row, int64_t) {
        const Cells& first = cells[places.places[0]];
        const Cells& second = cells[places.places[1]];
        const bool none = !first.LookAt(row).filled && !second.LookAt(row).filled;
        return !none && first.HashAt(row) != second.HashAt(row);
      },
      found);
}

Result<void> FindUnordered(const std::string& parquet, const std::pair<int, int>& pair,
                           FoundRows& found) {
  const Places places({pair.first, pair.second});
  return Scan(
      parquet, places.columns,
      [&](const auto& cells, int64_t row, int64_t) {
        const auto first = cells[places.places[0]].Measure(row);
        const auto second = cells[places.places[1]].Measure(row);
        return first && second && *first > *second;
      },
      found);
}

Result<void> FindOutside(const std::string& parquet, const RulePlan& plan, FoundRows& found) {
  return Scan(
      parquet, {plan.pass.period_column},
      [&](const auto& cells, int64_t row, int64_t) {
        const auto time = cells[0].Measure(row);
        return time && (*time < plan.pass.period->first || *time >= plan.pass.period->second);
      },
      found);
}

/// The place of the rule that the metric's id ends with, in the pass; -1: none.
int PlaceOf(const Metric& metric, const std::vector<int>& places) {
  const size_t slash = metric.id.rfind('/');
  if (slash == std::string::npos) return -1;
  const auto rule = static_cast<size_t>(std::atol(metric.id.c_str() + slash + 1));
  return rule < places.size() ? places[rule] : -1;
}

Result<void> AppendPicked(const Batch& batch, int64_t first, const std::vector<int64_t>& numbers,
                          nlohmann::json& rows) {
  for (const int64_t number : numbers) {
    if (number < first || number >= first + batch->num_rows()) continue;
    arrow::ArrayVector columns;
    arrow::FieldVector fields;
    for (int i = 0; i < batch->num_columns(); ++i) {
      auto column = batch->column(i)->Slice(number - first, 1);
      if (column->type_id() == arrow::Type::DICTIONARY) {
        const auto& type = static_cast<const arrow::DictionaryType&>(*column->type());
        SIKU_TRY(column, FromArrow(arrow::compute::Cast(*column, type.value_type())));
      }
      fields.push_back(batch->schema()->field(i)->WithType(column->type()));
      columns.push_back(std::move(column));
    }
    const auto row = arrow::RecordBatch::Make(arrow::schema(fields), 1, std::move(columns));
    SIKU_TRY(AppendRows(row, INT64_MAX, rows));
  }
  return {};
}

}  // namespace

Result<void> FindRows(const std::string& parquet, const Table& table, const QualityRules& rules,
                      const RulePlan& plan, const Metric& metric, FoundRows& found) {
  SIKU_TRY(const bool done, FindByLook(parquet, table, rules, metric, found));
  if (done) return {};
  if (metric.name == "records") return FindIncomplete(parquet, table, plan, found);
  if (metric.name == "rows_unique") return FindRepeated(parquet, {}, false, found);
  if (metric.name == "period" && plan.pass.period) return FindOutside(parquet, plan, found);
  const auto rule = [&](const std::vector<int>& places) {
    return static_cast<size_t>(PlaceOf(metric, places));
  };
  constexpr auto kNone = static_cast<size_t>(-1);
  if (metric.name == "keys_unique" && rule(plan.keys) != kNone) {
    return FindRepeated(parquet, plan.pass.keys[rule(plan.keys)], true, found);
  }
  if (metric.name == "determines" && rule(plan.determines) != kNone) {
    return FindOtherNames(parquet, plan.pass.determines[rule(plan.determines)], found);
  }
  if (metric.name == "equal" && rule(plan.equal) != kNone) {
    return FindUnequal(parquet, plan.pass.equal[rule(plan.equal)], found);
  }
  if (metric.name == "ordered" && rule(plan.ordered) != kNone) {
    return FindUnordered(parquet, plan.pass.ordered[rule(plan.ordered)], found);
  }
  return Fail(Code::kNotFound, "this measure has no rows to show", metric.id);
}

Result<nlohmann::json> ReadRows(const std::string& parquet, const std::vector<int64_t>& numbers) {
  nlohmann::json rows = nlohmann::json::array();
  if (numbers.empty()) return rows;
  SIKU_TRY(const auto next, ReadParquet(parquet, {}));
  for (int64_t first = 0; first <= numbers.back();) {
    SIKU_TRY(const auto batch, next());
    if (batch == nullptr) break;
    SIKU_TRY(AppendPicked(batch, first, numbers, rows));
    first += batch->num_rows();
  }
  return rows;
}

}  // namespace siku::catalog
