// Columns filled from the fields of CSV, and their values as fields.
#pragma once

#include <arrow/builder.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "siku/csv.h"
#include "siku/reader.h"

namespace siku::io {

class CsvCells {
 public:
  explicit CsvCells(const std::vector<std::pair<std::string, ColumnKind>>& columns);
  size_t size() const { return builders_.size(); }
  /// One row of as many fields as there are columns. Gives the columns whose field is no value of
  /// theirs, which is null there. An empty field without quotes is null.
  Result<std::vector<size_t>> Append(const std::vector<CsvFields::Field>& fields);
  /// Of the row appended last, what CsvCellText will say of it, and which fields were quoted.
  const std::vector<std::optional<std::string_view>>& values() const { return values_; }
  const std::vector<bool>& quoted() const { return quoted_; }
  Result<void> Finish(arrow::ArrayVector& columns);

 private:
  Result<bool> AppendValue(size_t column, std::string_view text);

  const std::vector<std::pair<std::string, ColumnKind>>& columns_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_{};
  std::vector<std::string> spelled_{};  // of numbers, as they are written
  std::vector<std::optional<std::string_view>> values_{};
  std::vector<bool> quoted_{};
};

/// A value as a field has it, without quotes; nothing where null. What is no text is written as
/// JSON has it, dates and binary without their quotes.
std::optional<std::string> CsvCellText(const arrow::Array& values, int64_t row);

}  // namespace siku::io
