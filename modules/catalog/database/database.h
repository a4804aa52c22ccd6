// The SQL port of the catalogue: SQLite beside the store, or PostgreSQL by URL. Statements are
// written once, in what both understand; parameters are $1, $2, …
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "siku/result.h"

namespace siku::catalog {

using Value = std::variant<std::monostate, int64_t, std::string>;

/// What a query gave, whole: ask for pages of what may be long.
class Rows {
 public:
  explicit Rows(std::vector<std::vector<Value>> rows = {}) : rows_(std::move(rows)) {}
  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  /// Empty where the value is null.
  std::string Text(size_t row, size_t column) const;
  int64_t Integer(size_t row, size_t column) const;
  const std::vector<Value>& Row(size_t row) const { return rows_[row]; }
  bool IsNull(size_t row, size_t column) const {
    return std::holds_alternative<std::monostate>(rows_[row][column]);
  }

 private:
  std::vector<std::vector<Value>> rows_;
};

/// Safe to use from several threads; several processes may have one database open.
class Database {
 public:
  virtual ~Database() = default;
  /// Outside of Write it reads alone. kConflict: a key exists already.
  virtual Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters = {}) = 0;
  /// Runs `body` in a transaction, alone among writers; an error undoes what it did. Inside, Ask
  /// belongs to the transaction. Returns when it is on the disk. Another thread may run `body`, for
  /// writers that wait share a transaction. Not to be nested.
  virtual Result<void> Write(const std::function<Result<void>()>& body) = 0;
};

/// Creates what is not there. kUnsupported: a newer format. kDenied, kNoSpace, kBusy, kData as met.
Result<std::unique_ptr<Database>> OpenSqliteDatabase(const std::string& path);
/// The schema `siku_catalogue` of the database that the URL names. As PostgresConnection::Open.
Result<std::unique_ptr<Database>> OpenPostgresDatabase(const std::string& url);
/// By URL of PostgreSQL, else by path of SQLite.
Result<std::unique_ptr<Database>> OpenDatabase(const std::string& place);

}  // namespace siku::catalog
