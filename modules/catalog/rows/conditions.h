// The rows that policy lets somebody read. Without DuckDB: policy holds where that is missing, too.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "siku/batch.h"
#include "siku/catalog/access.h"
#include "siku/result.h"

namespace arrow {
class Array;
}  // namespace arrow

namespace siku::catalog {

/// Conditions of a rule, bound to the columns of a version; a row fits all of them. NaN fits `ne`
/// alone.
class RowConditions {
 public:
  /// kInvalid, `place` with [i].field or [i].value behind it: no such column, a value that is none
  /// of it, a comparison that the column's type has not.
  static Result<RowConditions> Bind(const Schema& schema, const std::vector<RowFilter>& filters,
                                    const std::string& place);
  bool empty() const { return conditions_.empty(); }
  /// The rows that fit.
  Result<Batch> Keep(const Batch& rows) const;

 private:
  struct Condition {
    int column;
    std::string op;
    std::shared_ptr<arrow::Array> values;  // of the column's type
  };
  static void Mark(const arrow::Array& column, const Condition& condition,
                   std::vector<char>& keeps);
  std::vector<Condition> conditions_{};
};

}  // namespace siku::catalog
