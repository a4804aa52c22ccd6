// PostgreSQL's client library, found when it is first needed: who keeps an index in SQLite needs
// none, and a Python wheel carries none.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "siku/result.h"

struct pg_conn;
struct pg_result;

namespace siku {

/// Rows of a query, in text.
class PostgresRows {
 public:
  explicit PostgresRows(pg_result* rows) : rows_(rows) {}
  ~PostgresRows();
  PostgresRows(PostgresRows&& other) noexcept : rows_(std::exchange(other.rows_, nullptr)) {}
  PostgresRows& operator=(PostgresRows&&) = delete;

  int size() const;
  int columns() const;
  std::string Text(int row, int column) const;
  int64_t Integer(int row, int column) const;
  bool IsNull(int row, int column) const;

 private:
  pg_result* rows_;
};

/// One connection; one thread at a time.
class PostgresConnection {
 public:
  /// `url`: postgresql://…, or what else libpq takes; errors name host and database, never the
  /// password. kUnsupported: no libpq. kDenied, kNotFound, kIo as met.
  static Result<std::unique_ptr<PostgresConnection>> Open(const std::string& url);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// Parameters are $1, $2, …
  Result<PostgresRows> Ask(const char* sql, const std::vector<std::string>& parameters = {});
  /// The connection is lost: whatever was not committed is undone.
  bool lost() const;
  /// Connects again; settings of the session are gone.
  Result<void> Reset();
  const std::string& place() const { return place_; }

 private:
  explicit PostgresConnection(pg_conn* connection) : connection_(connection) {}
  pg_conn* connection_;
  std::string place_{};  // host:port/database
};

}  // namespace siku
