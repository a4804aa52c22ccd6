// Values of columns, and of members of structs by dotted names, as Data-Juicer's filters call them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "siku/operator.h"

namespace siku::refine {

/// A column, and below it the members on the way to a value.
struct Field {
  std::vector<int> path{};
  std::shared_ptr<arrow::DataType> type{};
};

/// `name`, or `name.member.member`. kNotFound with the names there are.
Result<Field> FindField(const Schema& schema, const std::string& key);
/// The values of a field; null where one on the way is null.
Result<std::shared_ptr<arrow::Array>> ValuesOf(const Batch& batch, const Field& field);

/// str.strip and float of Python, without its underscores between digits.
std::optional<double> NumberIn(std::string_view text);
/// Numbers of a numeric array; NaN where it is null.
Result<std::vector<double>> NumbersOf(const arrow::Array& column);

}  // namespace siku::refine
