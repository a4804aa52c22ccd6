#include "siku/row_view.h"

#include <arrow/api.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "recovery.h"
#include "siku/kept_interval.h"
#include "task_ledger.h"

namespace siku {
namespace {

using namespace run;

constexpr int kKeyColumns = 3;

Result<int> FindStep(const Recovery& recovery, const std::string& step) {
  const auto& graph = recovery.file().graph;
  std::string known;
  for (size_t i = 0; i < graph.size(); ++i) {
    if (graph[i].kind == GraphNode::Kind::kInput) continue;
    if (graph[i].name == step) {
      if (recovery.Locked(step)) return tl::make_unexpected(recovery.RequireKey().error());
      return static_cast<int>(i);
    }
    known += (known.empty() ? "" : ", ") + graph[i].name;
  }
  return Fail(Code::kNotFound, "the run has no such step; its steps are", known, step);
}

std::string_view SourceName(const Recovery& recovery, int ordinal) {
  const Source* source = SourceNamed(recovery.file(), ordinal);
  return source == nullptr ? std::string_view() : std::string_view(source->relative);
}

void ReadValues(const Batch& batch, int64_t row, std::vector<double>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const auto& column =
        static_cast<const arrow::DoubleArray&>(*batch->column(static_cast<int>(i) + kKeyColumns));
    values[i] = column.IsNull(row) ? std::numeric_limits<double>::quiet_NaN() : column.Value(row);
  }
}

}  // namespace

bool KeptInterval::Keeps(double value) const {
  if (std::isnan(value) || (zero_passes && value == 0)) return true;
  const bool below = low_closed ? value < low : value <= low;
  const bool above = high_closed ? value > high : value >= high;
  return (below || above) == reversed;
}

Result<void> ForEachNumbers(Store& store, const std::string& run, const std::string& step,
                            const NumbersVisitor& visit) {
  SIKU_TRY(const auto recovery, Recovery::Open(store, run));
  SIKU_TRY(FindStep(recovery, step));
  if (!recovery.HasTable(kStatsTable, step)) return {};
  RowCursor rows(recovery.Table(kStatsTable, step));
  SIKU_TRY(rows.Advance());
  if (rows.done()) return {};
  std::vector<std::string> names = rows.batch()->schema()->field_names();
  names.erase(names.begin(), names.begin() + kKeyColumns);
  std::vector<double> values(names.size());
  while (!rows.done()) {
    ReadValues(rows.batch(), rows.row(), values);
    if (!visit({.source = SourceName(recovery, rows.key().source),
                .key = rows.key(),
                .statistics = names,
                .values = values})) {
      return {};
    }
    SIKU_TRY(rows.Advance());
  }
  return {};
}

Result<void> ForEachText(Store& store, const std::string& run, const std::string& step,
                         std::span<const RowKey> keys, const TextVisitor& visit) {
  if (keys.empty()) return {};
  SIKU_TRY(const auto recovery, Recovery::Open(store, run));
  SIKU_TRY(const int index, FindStep(recovery, step));
  const GraphNode& node = recovery.file().graph[static_cast<size_t>(index)];
  SIKU_TRY(auto outputs, recovery.Outputs(index));
  RowCursor rows(std::move(outputs));
  SIKU_TRY(rows.Advance());
  for (const RowKey& key : keys) {
    while (!rows.done() && rows.key() < key) SIKU_TRY(rows.Advance());
    if (rows.done()) return {};
    if (rows.key() != key) continue;
    TextView view{.source = SourceName(recovery, key.source), .key = key};
    const auto column = rows.batch()->GetColumnByName(node.column);
    if (column != nullptr && column->type_id() == arrow::Type::LARGE_STRING &&
        column->IsValid(rows.row())) {
      view.text = static_cast<const arrow::LargeStringArray&>(*column).GetView(rows.row());
    }
    if (!visit(view)) return {};
  }
  return {};
}

}  // namespace siku
