#include <sqlite3.h>

#include <cerrno>
#include <initializer_list>
#include <map>

#include "database/paired_database.h"

namespace siku::catalog {
namespace {

constexpr int kBusyMilliseconds = 60'000;

/// A quota or a disk that has become read-only, which SQLite calls an I/O error, as what they are.
/// `number`: errno; sqlite3_system_errno does not have it of a commit.
int KindOf(int code, int number) {
  const int kind = code & 0xFF;
  if (kind != SQLITE_IOERR) return kind;
  if (number == EDQUOT || number == ENOSPC) return SQLITE_FULL;
  return number == EROFS ? SQLITE_READONLY : kind;
}

tl::unexpected<Error> Failure(sqlite3* database, int code) {
  const int number = errno;
  const std::string said = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  switch (KindOf(code, number)) {
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

/// With its prepared statements.
class SqliteConnection final : public Connection {
 public:
  SqliteConnection() = default;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() override {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }

  Result<void> Open(const std::string& path, std::initializer_list<const char*> settings) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &database_, flags, nullptr);
    if (code != SQLITE_OK) return Failure(database_, code);
    sqlite3_busy_timeout(database_, kBusyMilliseconds);
    for (const char* setting : settings) SIKU_TRY(Do(setting));
    return {};
  }
  Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters) override {
    SIKU_TRY(sqlite3_stmt* const statement, Prepared(sql));
    for (size_t i = 0; i < parameters.size(); ++i) {
      // SQLite numbers them by first use, so they are found by name.
      const std::string name = "$" + std::to_string(i + 1);
      const int place = sqlite3_bind_parameter_index(statement, name.c_str());
      const int code = Bind(statement, place, parameters[i]);
      if (code != SQLITE_OK) return Failure(database_, code);
    }
    std::vector<std::vector<Value>> rows;
    int code = 0;
    errno = 0;
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

 private:
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

  sqlite3* database_ = nullptr;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_{};
};

}  // namespace

Result<std::unique_ptr<Database>> OpenSqliteDatabase(const std::string& path) {
  auto writer = std::make_unique<SqliteConnection>();
  SIKU_TRY(writer->Open(
      path, {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"}));
  auto reader = std::make_unique<SqliteConnection>();
  // 32 MiB of pages.
  SIKU_TRY(reader->Open(path, {"PRAGMA query_only=ON", "PRAGMA cache_size=-32768"}));
  return PairedDatabase::Open(path, std::move(writer), std::move(reader), {"BEGIN IMMEDIATE"});
}

}  // namespace siku::catalog
