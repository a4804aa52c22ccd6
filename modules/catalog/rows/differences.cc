// What changed between two versions, as far as who asks may read them.
#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rows/conditions.h"
#include "rows/exact_json.h"
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

/// Counts rows and keeps the first few that differ. A row that is kept back is not there.
class RowDifferences {
 public:
  RowDifferences(std::vector<std::string> withheld, RowConditions conditions, size_t samples)
      : withheld_(std::move(withheld)), conditions_(std::move(conditions)), most_(samples) {}

  void See(const Batch& before, const Batch& after) {
    if (failed_) return;
    const auto seen = Compare(before, after);
    if (!seen.has_value()) failed_ = seen.error();
  }

  /// `rows_before`: that may be read.
  Result<json> Told(int64_t rows_before) const {
    if (failed_) return tl::make_unexpected(*failed_);
    return json{{"added", added_},
                {"removed", removed_},
                {"changed", changed_},
                {"same", std::max<int64_t>(rows_before - removed_ - changed_, 0)},
                {"samples", samples_}};
  }

 private:
  Result<void> Compare(const Batch& before, const Batch& after) {
    SIKU_TRY(json old_row, Row(before));
    SIKU_TRY(json new_row, Row(after));
    // Only what is kept back changed, and that is not told either.
    if (old_row == new_row) return {};
    const char* const kind = old_row.is_null()   ? "added"
                             : new_row.is_null() ? "removed"
                                                 : "changed";
    ++(old_row.is_null() ? added_ : new_row.is_null() ? removed_ : changed_);
    if (samples_.size() == most_) return {};
    samples_.push_back(
        {{"kind", kind}, {"before", std::move(old_row)}, {"after", std::move(new_row)}});
    return {};
  }
  /// As an object; null where there is no row that may be read.
  Result<json> Row(const Batch& given) const {
    if (given == nullptr) return json();
    SIKU_TRY(const auto row, conditions_.Keep(given));
    if (row->num_rows() == 0) return json();
    SIKU_TRY(const auto visible, Visible(row, VisibleColumns(row->schema(), withheld_)));
    SIKU_TRY(const auto text, RowJson(visible, 0));
    return ExactJson(text);
  }

  std::vector<std::string> withheld_;
  RowConditions conditions_;
  size_t most_;
  int64_t added_ = 0;
  int64_t removed_ = 0;
  int64_t changed_ = 0;
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
  if (before.Whole().rows + after.Whole().rows > kMostRows) {
    return Fail(Code::kLimit, "the versions are too large to be compared while you wait", {}, {},
                "`siku dataset diff` compares them on the server's machine");
  }
  std::vector<std::string> withheld = before.withheld;
  withheld.insert(withheld.end(), after.withheld.begin(), after.withheld.end());
  // Both were read by one actor at one time: what he may read of the one, he may of the other.
  SIKU_TRY(const auto reader, VersionReader::Open(store, before.manifest));
  SIKU_TRY(auto conditions, RowConditions::Bind(reader->schema(), before.conditions, "rows"));
  RowDifferences rows(std::move(withheld), std::move(conditions), samples);
  SIKU_TRY(const auto diff, Diff(store, before.Whole(), after.Whole(),
                                 [&](DiffKind, const Batch& old_row, const Batch& new_row) {
                                   rows.See(old_row, new_row);
                                 }));
  (void)diff;
  SIKU_TRY(const int64_t rows_before, RowCount(store, before));
  SIKU_TRY(told["rows"], rows.Told(rows_before));
  return told;
}

}  // namespace siku::catalog
