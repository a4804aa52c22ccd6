#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>

#include "../base/durable.h"
#include "folder.h"
#include "metadata.h"

namespace siku {
namespace {

constexpr int kBusyMilliseconds = 60'000;

constexpr const char* kSchema = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE commits (
  ordinal INTEGER PRIMARY KEY, created INTEGER NOT NULL, run TEXT NOT NULL);
CREATE TABLE versions (
  dataset TEXT NOT NULL, ordinal INTEGER NOT NULL, content TEXT NOT NULL,
  manifest TEXT NOT NULL, parent TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
  committed INTEGER NOT NULL, PRIMARY KEY (dataset, ordinal)) WITHOUT ROWID;
CREATE INDEX versions_by_manifest ON versions (manifest);
CREATE TABLE files (
  manifest TEXT NOT NULL, place INTEGER NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (manifest, place)) WITHOUT ROWID;
CREATE TABLE runs (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, recipe TEXT NOT NULL, created INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE leases (
  id TEXT PRIMARY KEY, what TEXT NOT NULL, started INTEGER NOT NULL, expires INTEGER NOT NULL)
  WITHOUT ROWID;
)sql";

class Statement {
 public:
  Statement(sqlite3* database, const char* sql) : database_(database) {
    code_ = sqlite3_prepare_v2(database, sql, -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Bind(const std::string& value) {
    sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
    return *this;
  }
  Statement& Bind(int64_t value) {
    sqlite3_bind_int64(statement_, ++bound_, value);
    return *this;
  }
  Result<bool> Step() {
    if (code_ == SQLITE_OK) code_ = sqlite3_step(statement_);
    if (code_ == SQLITE_ROW) {
      code_ = SQLITE_OK;
      return true;
    }
    if (code_ == SQLITE_DONE) return false;
    return Failure(database_, code_);
  }
  Result<void> Run() {
    SIKU_TRY(const bool row, Step());
    (void)row;
    return {};
  }
  std::string Text(int column) const {
    const auto* text = sqlite3_column_text(statement_, column);
    return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
  }
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }

  static tl::unexpected<Error> Failure(sqlite3* database, int code) {
    const std::string said = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
    switch (code & 0xFF) {
      case SQLITE_FULL:
        return Fail(Code::kNoSpace, "the disk is full", said);
      case SQLITE_BUSY:
      case SQLITE_LOCKED:
        return Fail(Code::kBusy, "another process holds the store", said);
      case SQLITE_CORRUPT:
      case SQLITE_NOTADB:
        return Fail(Code::kData, "the store's index is damaged", said, {},
                    "`siku store rebuild` makes it again from the files");
      case SQLITE_READONLY:
      case SQLITE_PERM:
      case SQLITE_CANTOPEN:
        return Fail(Code::kDenied, "the store's index cannot be written", said, {},
                    "even reading needs its locks; copy the store to a place you may write to");
      default:
        return Fail(Code::kIo, "the store's index failed", said);
    }
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int code_;
  int bound_ = 0;
};

class SqliteMetadata final : public Metadata {
 public:
  ~SqliteMetadata() override { sqlite3_close(database_); }

  Result<void> Open(const std::string& path) {
    SIKU_TRY(Connect(path, 0));
    SIKU_TRY(Execute("PRAGMA synchronous=FULL"));
    Statement query(database_, "SELECT value FROM meta WHERE key = 'format'");
    SIKU_TRY(const bool found, query.Step());
    const int format = found ? std::atoi(query.Text(0).c_str()) : 0;
    if (format > kStoreFormat) {
      return Fail(Code::kUnsupported, "the store has a newer format", query.Text(0), path,
                  "open it with a newer Siku");
    }
    if (format < 1) return Statement::Failure(nullptr, SQLITE_CORRUPT);
    return {};
  }
  Result<void> Create(const std::string& path) {
    SIKU_TRY(Connect(path, SQLITE_OPEN_CREATE));
    SIKU_TRY(Execute("PRAGMA journal_mode=WAL"));
    SIKU_TRY(Execute("PRAGMA synchronous=FULL"));
    return Write([&]() -> Result<void> {
      SIKU_TRY(Execute(kSchema));
      return Statement(database_, "INSERT INTO meta VALUES ('format', ?)")
          .Bind(std::to_string(kStoreFormat))
          .Run();
    });
  }

  Result<void> Write(const std::function<Result<void>()>& body) override {
    const std::lock_guard lock(mutex_);
    SIKU_TRY(Execute("BEGIN IMMEDIATE"));
    auto done = body();
    if (!done.has_value()) {
      (void)Execute("ROLLBACK").has_value();
      return done;
    }
    auto committed = Execute("COMMIT");
    if (!committed.has_value()) (void)Execute("ROLLBACK").has_value();
    return committed;
  }

  Result<int64_t> LastCommit() override {
    const std::lock_guard lock(mutex_);
    Statement last(database_, "SELECT coalesce(max(ordinal), 0) FROM commits");
    SIKU_TRY(const bool row, last.Step());
    (void)row;
    return last.Integer(0);
  }
  Result<void> Insert(const CommitRecord& commit) override {
    SIKU_TRY(Statement(database_, "INSERT INTO commits VALUES (?, ?, ?)")
                 .Bind(commit.ordinal)
                 .Bind(commit.created)
                 .Bind(commit.run)
                 .Run());
    for (const IndexedVersion& version : commit.versions) {
      SIKU_TRY(commit.compaction ? Replace(version) : Add(version, commit.ordinal));
    }
    return {};
  }
  Result<void> PutRun(const RunInfo& run) override {
    return Statement(database_, "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)")
        .Bind(run.id)
        .Bind(run.state)
        .Bind(run.recipe)
        .Bind(run.created)
        .Run();
  }
  Result<void> PutLease(const std::string& id, const std::string& what, int64_t started,
                        int64_t expires) override {
    return Statement(database_, "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)")
        .Bind(id)
        .Bind(what)
        .Bind(started)
        .Bind(expires)
        .Run();
  }
  Result<void> DropLease(const std::string& id) override {
    return Statement(database_, "DELETE FROM leases WHERE id = ?").Bind(id).Run();
  }

  Result<std::vector<VersionInfo>> Versions(const std::string& dataset) override {
    const std::lock_guard lock(mutex_);
    Statement query(
        database_,
        "SELECT v.dataset, v.ordinal, v.content, v.manifest, v.rows, v.bytes, c.created, c.run"
        " FROM versions v JOIN commits c ON c.ordinal = v.committed"
        " WHERE ?1 = '' OR v.dataset = ?1 ORDER BY v.dataset, v.ordinal");
    query.Bind(dataset);
    std::vector<VersionInfo> versions;
    for (;;) {
      SIKU_TRY(const bool row, query.Step());
      if (!row) return versions;
      versions.push_back({query.Text(0), query.Integer(1), query.Text(2), query.Text(3),
                          query.Integer(4), query.Integer(5), query.Integer(6), query.Text(7)});
    }
  }
  Result<std::vector<RunInfo>> Runs() override {
    const std::lock_guard lock(mutex_);
    Statement query(database_, "SELECT id, state, recipe, created FROM runs ORDER BY created, id");
    std::vector<RunInfo> runs;
    for (;;) {
      SIKU_TRY(const bool row, query.Step());
      if (!row) return runs;
      runs.push_back({query.Text(0), query.Text(1), query.Text(2), query.Integer(3)});
    }
  }
  Result<std::optional<int64_t>> OldestLease(int64_t now) override {
    const std::lock_guard lock(mutex_);
    Statement query(database_, "SELECT min(started) FROM leases WHERE expires > ?1");
    query.Bind(now);
    SIKU_TRY(const bool row, query.Step());
    if (!row || query.IsNull(0)) return std::nullopt;
    return query.Integer(0);
  }
  Result<std::vector<std::string>> Leased(int64_t now) override {
    const std::lock_guard lock(mutex_);
    Statement query(database_, "SELECT DISTINCT what FROM leases WHERE expires > ?1 ORDER BY 1");
    query.Bind(now);
    return Names(query);
  }
  Result<std::vector<std::string>> Referenced() override {
    const std::lock_guard lock(mutex_);
    Statement query(database_,
                    "SELECT sha256 FROM files WHERE manifest IN (SELECT manifest FROM versions)"
                    " UNION SELECT manifest FROM versions ORDER BY 1");
    return Names(query);
  }

 private:
  // The first column of every row.
  static Result<std::vector<std::string>> Names(Statement& query) {
    std::vector<std::string> names;
    for (;;) {
      SIKU_TRY(const bool row, query.Step());
      if (!row) return names;
      names.push_back(query.Text(0));
    }
  }
  Result<void> Connect(const std::string& path, int create) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create;
    const int code = sqlite3_open_v2(path.c_str(), &database_, flags, nullptr);
    if (code != SQLITE_OK) return Statement::Failure(database_, code);
    sqlite3_busy_timeout(database_, kBusyMilliseconds);
    return {};
  }
  Result<void> Execute(const char* sql) {
    const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return Statement::Failure(database_, code);
    return {};
  }
  Result<void> Add(const IndexedVersion& version, int64_t commit) {
    SIKU_TRY(Statement(database_, "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                 .Bind(version.dataset)
                 .Bind(version.ordinal)
                 .Bind(version.content)
                 .Bind(version.manifest)
                 .Bind(version.parent)
                 .Bind(version.rows)
                 .Bind(version.bytes())
                 .Bind(commit)
                 .Run());
    return AddFiles(version);
  }
  Result<void> Replace(const IndexedVersion& version) {
    SIKU_TRY(Statement(database_,
                       "UPDATE versions SET manifest = ?, parent = ?, bytes = ?"
                       " WHERE dataset = ? AND ordinal = ?")
                 .Bind(version.manifest)
                 .Bind(version.parent)
                 .Bind(version.bytes())
                 .Bind(version.dataset)
                 .Bind(version.ordinal)
                 .Run());
    SIKU_TRY(Execute("DELETE FROM files WHERE manifest NOT IN (SELECT manifest FROM versions)"));
    return AddFiles(version);
  }
  // Two datasets may share a manifest.
  Result<void> AddFiles(const IndexedVersion& version) {
    for (size_t i = 0; i < version.files.size(); ++i) {
      SIKU_TRY(Statement(database_, "INSERT OR IGNORE INTO files VALUES (?, ?, ?)")
                   .Bind(version.manifest)
                   .Bind(static_cast<int64_t>(i))
                   .Bind(version.files[i].sha256)
                   .Run());
    }
    return {};
  }

  sqlite3* database_ = nullptr;
  // One connection, one thread at a time. Recursive: reads happen inside Write, too.
  std::recursive_mutex mutex_{};
};

}  // namespace

int64_t IndexedVersion::bytes() const {
  int64_t sum = 0;
  for (const DataFile& file : files) sum += file.bytes;
  return sum;
}

Result<std::unique_ptr<Metadata>> OpenSqlite(const std::string& path) {
  auto metadata = std::make_unique<SqliteMetadata>();
  SIKU_TRY(metadata->Open(path));
  return metadata;
}

Result<void> WriteIndex(const std::string& store, const std::vector<CommitRecord>& commits,
                        const std::vector<RunInfo>& runs) {
  const std::string index = IndexPath(store), fresh = store + "/index.new.sqlite";
  for (const char* tail : {"", "-wal", "-shm"}) ::unlink((fresh + tail).c_str());
  {
    SqliteMetadata metadata;
    SIKU_TRY(metadata.Create(fresh));
    SIKU_TRY(metadata.Write([&]() -> Result<void> {
      for (const CommitRecord& commit : commits) SIKU_TRY(metadata.Insert(commit));
      for (const RunInfo& run : runs) SIKU_TRY(metadata.PutRun(run));
      return {};
    }));
  }
  // The connection's end moved all into the file itself; a log left behind would be lost.
  if (std::filesystem::exists(fresh + "-wal")) {
    return Fail(Code::kIo, "the store's index failed", "its log remains", fresh);
  }
  SIKU_TRY(SyncFile(fresh));
  // The old index goes before its log: without it the store is refused, with half of it believed.
  for (const char* tail : {"", "-wal", "-shm"}) ::unlink((index + tail).c_str());
  return RenameDurably(fresh, index);
}

}  // namespace siku
