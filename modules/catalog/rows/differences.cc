// What changed between two versions, as far as who asks may read them.
#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rows/visible.h"
#include "siku/catalog/rows.h"
#include "siku/writer.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

/// Rows of both together; more is for `siku dataset diff`, which nobody waits for.
constexpr int64_t kMostRows = 2'000'000;

json ColumnJson(const ColumnInfo& column) { return {{"name", column.name}, {"type", column.type}}; }

const ColumnInfo* FindColumn(const std::vector<ColumnInfo>& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const ColumnInfo& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

json ColumnDifferences(const std::vector<ColumnInfo>& before,
                       const std::vector<ColumnInfo>& after) {
  json added = json::array();
  json removed = json::array();
  json changed = json::array();
  for (const ColumnInfo& column : before) {
    const ColumnInfo* now = FindColumn(after, column.name);
    if (now == nullptr) {
      removed.push_back(ColumnJson(column));
    } else if (now->type != column.type) {
      changed.push_back({{"name", column.name}, {"before", column.type}, {"after", now->type}});
    }
  }
  for (const ColumnInfo& column : after) {
    if (FindColumn(before, column.name) == nullptr) added.push_back(ColumnJson(column));
  }
  return {{"added", std::move(added)},
          {"removed", std::move(removed)},
          {"changed", std::move(changed)}};
}

/// Counts rows and keeps the first few that differ.
class RowDifferences {
 public:
  RowDifferences(std::vector<std::string> withheld, size_t samples)
      : withheld_(std::move(withheld)), most_(samples) {}

  void See(DiffKind kind, const Batch& before, const Batch& after) {
    if (failed_) return;
    auto old_row = Row(before);
    auto new_row = Row(after);
    if (!old_row.has_value() || !new_row.has_value()) {
      failed_ = old_row.has_value() ? new_row.error() : old_row.error();
      return;
    }
    if (kind == DiffKind::kChanged && *old_row == *new_row) {
      ++unseen_;  // only what is withheld changed, and that is not told either
      return;
    }
    if (samples_.size() == most_) return;
    const char* name = kind == DiffKind::kAdded     ? "added"
                       : kind == DiffKind::kRemoved ? "removed"
                                                    : "changed";
    samples_.push_back({{"kind", name}, {"before", *old_row}, {"after", *new_row}});
  }

  Result<json> Told(const VersionDiff& diff) const {
    if (failed_) return tl::make_unexpected(*failed_);
    return json{{"added", diff.added},
                {"removed", diff.removed},
                {"changed", diff.changed - unseen_},
                {"same", diff.same + unseen_},
                {"samples", samples_}};
  }

 private:
  /// As an object; null where there is no row.
  Result<json> Row(const Batch& row) const {
    if (row == nullptr) return json();
    SIKU_TRY(const auto visible, Visible(row, VisibleColumns(row->schema(), withheld_)));
    SIKU_TRY(const auto text, RowJson(visible, 0));
    return json::parse(text);
  }

  std::vector<std::string> withheld_;
  size_t most_;
  int64_t unseen_ = 0;
  json samples_ = json::array();
  std::optional<Error> failed_{};
};

}  // namespace

Result<json> VersionDifferences(const Store& store, const Readable& before, const Readable& after,
                                size_t samples) {
  SIKU_TRY(const auto old_columns, ReadableColumns(store, before));
  SIKU_TRY(const auto new_columns, ReadableColumns(store, after));
  json told = {{"before", before.version.ordinal},
               {"after", after.version.ordinal},
               {"columns", ColumnDifferences(old_columns, new_columns)},
               {"rows", nullptr}};
  if (before.manifest.schema != after.manifest.schema) return told;
  if (before.version.rows + after.version.rows > kMostRows) {
    return Fail(Code::kLimit, "the versions are too large to be compared while you wait", {}, {},
                "`siku dataset diff` compares them on the server's machine");
  }
  std::vector<std::string> withheld = before.withheld;
  withheld.insert(withheld.end(), after.withheld.begin(), after.withheld.end());
  RowDifferences rows(std::move(withheld), samples);
  SIKU_TRY(const auto diff, Diff(store, before.manifest, after.manifest,
                                 [&](DiffKind kind, const Batch& old_row, const Batch& new_row) {
                                   rows.See(kind, old_row, new_row);
                                 }));
  SIKU_TRY(told["rows"], rows.Told(diff));
  return told;
}

}  // namespace siku::catalog
