#include "database/database.h"

#include <cstdlib>

namespace siku::catalog {

std::string Rows::Text(size_t row, size_t column) const {
  const Value& value = rows_[row][column];
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  return {};
}

int64_t Rows::Integer(size_t row, size_t column) const {
  const Value& value = rows_[row][column];
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) {
    return std::strtoll(text->c_str(), nullptr, 10);
  }
  return 0;
}

Result<std::unique_ptr<Database>> OpenDatabase(const std::string& place) {
  const bool url = place.starts_with("postgresql://") || place.starts_with("postgres://");
  return url ? OpenPostgresDatabase(place) : OpenSqliteDatabase(place);
}

}  // namespace siku::catalog
