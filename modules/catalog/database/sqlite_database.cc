#include <sqlite3.h>

#include <map>
#include <mutex>

#include "database/database.h"
#include "database/schema.h"

namespace siku::catalog {
namespace {

constexpr int kBusyMilliseconds = 60'000;

tl::unexpected<Error> Failure(sqlite3* database, int code) {
  const std::string said = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return Fail(Code::kConflict, "the catalogue has this already", said);
    case SQLITE_FULL:
      return Fail(Code::kNoSpace, "the disk is full", said);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Fail(Code::kBusy, "another process holds the catalogue", said);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Fail(Code::kData, "the catalogue's database is damaged", said);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return Fail(Code::kDenied, "the catalogue's database cannot be written", said);
    default:
      return Fail(Code::kIo, "the catalogue's database failed", said);
  }
}

Value ValueOf(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, column);
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement, column)));
    }
  }
}

int Bind(sqlite3_stmt* statement, int place, const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, place, *number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text64(statement, place, text->data(), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, place);
}

class SqliteDatabase final : public Database {
 public:
  ~SqliteDatabase() override {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }

  Result<void> Open(const std::string& path) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &database_, flags, nullptr);
    if (code != SQLITE_OK) return Failure(database_, code);
    sqlite3_busy_timeout(database_, kBusyMilliseconds);
    for (const char* pragma :
         {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"}) {
      SIKU_TRY(Ask(pragma));
    }
    return Write([&] { return Migrate(path); });
  }

  Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters) override {
    const std::lock_guard lock(mutex_);
    SIKU_TRY(sqlite3_stmt * statement, Prepared(sql));
    for (size_t i = 0; i < parameters.size(); ++i) {
      // In order of first use in SQLite's own numbering, so by name.
      const std::string name = "$" + std::to_string(i + 1);
      const int place = sqlite3_bind_parameter_index(statement, name.c_str());
      const int code = Bind(statement, place, parameters[i]);
      if (code != SQLITE_OK) return Failure(database_, code);
    }
    std::vector<std::vector<Value>> rows;
    int code = 0;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      auto& row = rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        row.push_back(ValueOf(statement, i));
      }
    }
    auto failure = code == SQLITE_DONE ? tl::unexpected<Error>(Error{}) : Failure(database_, code);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (code != SQLITE_DONE) return failure;
    return Rows(std::move(rows));
  }

  Result<void> Write(const std::function<Result<void>()>& body) override {
    const std::lock_guard lock(mutex_);
    SIKU_TRY(Ask("BEGIN IMMEDIATE", {}));
    auto done = body();
    if (done.has_value()) {
      if (auto committed = Ask("COMMIT", {}); !committed.has_value()) {
        done = tl::make_unexpected(committed.error());
      }
    }
    if (!done.has_value()) (void)Ask("ROLLBACK", {}).has_value();
    return done;
  }

 private:
  Result<void> Ask(const char* sql) {
    SIKU_TRY(const auto rows, Ask(sql, {}));
    (void)rows;
    return {};
  }
  Result<void> Migrate(const std::string& path) {
    SIKU_TRY(const auto tables,
             Ask("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'", {}));
    if (tables.empty()) {
      for (const char* statement : kSchema) SIKU_TRY(Ask(statement));
      SIKU_TRY(Ask("INSERT INTO meta VALUES ('format', $1)", {std::to_string(kCatalogFormat)}));
      return {};
    }
    SIKU_TRY(const auto format, Ask("SELECT value FROM meta WHERE key = 'format'", {}));
    if (format.empty()) return Failure(nullptr, SQLITE_CORRUPT);
    if (std::atoi(format.Text(0, 0).c_str()) > kCatalogFormat) {
      return Fail(Code::kUnsupported, "the catalogue has a newer format", format.Text(0, 0), path,
                  "open it with a newer Siku");
    }
    return {};
  }
  Result<sqlite3_stmt*> Prepared(const char* sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    sqlite3_stmt* statement = nullptr;
    const int code =
        sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return Failure(database_, code);
    statements_.emplace(sql, statement);
    return statement;
  }

  std::recursive_mutex mutex_;  // a transaction's statements come from its own thread
  sqlite3* database_ = nullptr;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

}  // namespace

Result<std::unique_ptr<Database>> OpenSqliteDatabase(const std::string& path) {
  auto database = std::make_unique<SqliteDatabase>();
  SIKU_TRY(database->Open(path));
  return database;
}

}  // namespace siku::catalog
