#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

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

/// One connection with its prepared statements; one thread at a time.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
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
  Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters) {
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
  Result<void> Do(const char* sql) {
    SIKU_TRY(const auto rows, Ask(sql, {}));
    (void)rows;
    return {};
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

/// A connection that writes and one that reads beside it. Writers that come while a transaction is
/// on its way to the disk share the next one: a sync for all of them.
class SqliteDatabase final : public Database {
 public:
  Result<void> Open(const std::string& path) {
    SIKU_TRY(writer_.Open(path, {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
                                 "PRAGMA foreign_keys=ON"}));
    SIKU_TRY(Write([&] { return Migrate(path); }));
    // 32 MiB of pages.
    return reader_.Open(path, {"PRAGMA query_only=ON", "PRAGMA cache_size=-32768"});
  }

  Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters) override {
    if (leader_.load() == std::this_thread::get_id()) return writer_.Ask(sql, parameters);
    const std::lock_guard lock(reading_);
    return reader_.Ask(sql, parameters);
  }

  Result<void> Write(const std::function<Result<void>()>& body) override {
    Pending mine{.body = &body};
    std::unique_lock lock(queue_mutex_);
    queue_.push_back(&mine);
    moved_.wait(lock, [&] { return mine.done || !led_; });
    if (mine.done) return std::move(mine.result);
    led_ = true;
    const std::vector<Pending*> together = std::exchange(queue_, {});
    lock.unlock();
    leader_ = std::this_thread::get_id();
    Commit(together);
    leader_ = std::thread::id();
    lock.lock();
    for (Pending* one : together) one->done = true;
    led_ = false;
    moved_.notify_all();
    return std::move(mine.result);
  }

 private:
  struct Pending {
    const std::function<Result<void>()>* body;
    Result<void> result{};
    bool done = false;
  };

  void Commit(const std::vector<Pending*>& together) {
    auto done = writer_.Do("BEGIN IMMEDIATE");
    for (Pending* one : together) {
      if (done.has_value()) one->result = Apart(*one->body);
    }
    if (done.has_value()) done = writer_.Do("COMMIT");
    if (done.has_value()) return;
    (void)writer_.Do("ROLLBACK").has_value();
    for (Pending* one : together) one->result = done;
  }
  /// One that fails undoes itself alone.
  Result<void> Apart(const std::function<Result<void>()>& body) {
    SIKU_TRY(writer_.Do("SAVEPOINT one"));
    auto done = body();
    if (!done.has_value()) SIKU_TRY(writer_.Do("ROLLBACK TO one"));
    SIKU_TRY(writer_.Do("RELEASE one"));
    return done;
  }

  Result<void> Migrate(const std::string& path) {
    SIKU_TRY(const auto tables,
             Ask("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'", {}));
    if (tables.empty()) {
      for (const char* statement : kSchema) SIKU_TRY(writer_.Do(statement));
      SIKU_TRY(const auto made, Ask("INSERT INTO meta VALUES ('format', $1)",
                                    {std::to_string(kCatalogFormat)}));
      (void)made;
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

  Connection writer_;  // the leader's
  std::atomic<std::thread::id> leader_{};
  std::mutex queue_mutex_;
  std::condition_variable moved_;
  std::vector<Pending*> queue_{};
  bool led_ = false;
  std::mutex reading_;
  Connection reader_;
};

}  // namespace

Result<std::unique_ptr<Database>> OpenSqliteDatabase(const std::string& path) {
  auto database = std::make_unique<SqliteDatabase>();
  SIKU_TRY(database->Open(path));
  return database;
}

}  // namespace siku::catalog
