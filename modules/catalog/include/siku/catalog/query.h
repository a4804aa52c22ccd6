// Questions about the rows of a published version: filtered and sorted pages, SQL, statistics.
// DuckDB answers, in a process of its own that gets a file of what who asks may read, and nothing
// else. Of all of these: kUnsupported where no DuckDB is; kLimit beyond the time, memory or size
// that a question may take; kInvalid, with what is wrong and where.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "siku/catalog/catalog.h"
#include "siku/result.h"

namespace siku::catalog {

/// Nulls last; rows that are equal stay in their order.
struct RowSort {
  std::string field;
  bool descending = false;
};
/// Rows that have each of these, whatever the case, in the column, or in any where it is empty.
struct RowWords {
  std::string field;
  std::vector<std::string> words{};
};

struct RowQuery {
  std::vector<RowFilter> filters{};
  std::vector<RowSort> sort{};
  std::vector<RowWords> words{};
  std::vector<std::string> fields{};  // empty: all that may be read
  bool distinct = false;
  int64_t offset = 0;
  int64_t limit = 50;
};

/// {total, columns, rows, numbers}: how many rows fit, and of these a page as RowsPage has it;
/// `numbers` has the place of each in the version, from 0, null with `distinct`.
Result<nlohmann::json> FilteredRows(const Store& store, const Readable& readable,
                                    const RowQuery& query);

/// {columns, rows, truncated}: what one SELECT over the table `rows` gives, at most `limit` rows.
/// `table`: a second name of it, or empty.
Result<nlohmann::json> SqlRows(const Store& store, const Readable& readable, const std::string& sql,
                               int64_t limit, const std::string& table);

/// {rows, complete, columns: [{name, type, statistics}]}, kept beside the downloads. A call
/// computes what is missing while its time lasts; where that was not enough for all, `complete` is
/// false and the next goes on. `statistics` is null of a column that is missing or takes too long
/// by itself.
Result<nlohmann::json> ColumnStatistics(const Store& store, const Readable& readable);

}  // namespace siku::catalog
