#include <sqlite3.h>

#include <chrono>
#include <mutex>

#include "metadata.h"

namespace siku {
namespace {

constexpr int kBusyMilliseconds = 60'000;

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS commits (
  ordinal INTEGER PRIMARY KEY, created INTEGER NOT NULL, run TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS versions (
  content TEXT PRIMARY KEY, manifest TEXT NOT NULL, parent TEXT NOT NULL,
  rows INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS version_files (
  content TEXT NOT NULL, place INTEGER NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (content, place));
CREATE TABLE IF NOT EXISTS dataset_versions (
  dataset TEXT NOT NULL, ordinal INTEGER NOT NULL, content TEXT NOT NULL,
  committed INTEGER NOT NULL, PRIMARY KEY (dataset, ordinal));
CREATE TABLE IF NOT EXISTS runs (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, recipe TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS leases (
  id TEXT PRIMARY KEY, what TEXT NOT NULL, started INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (
  content TEXT NOT NULL, kind TEXT NOT NULL, created INTEGER NOT NULL, value TEXT NOT NULL);
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
        return Fail(Code::kDenied, "the store cannot be opened for writing", said);
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

  Result<void> Open(const std::string& path, bool create) {
    const int flags =
        SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &database_, flags, nullptr);
    if (code != SQLITE_OK) return Statement::Failure(database_, code);
    sqlite3_busy_timeout(database_, kBusyMilliseconds);
    SIKU_TRY(Execute("PRAGMA journal_mode=WAL"));
    SIKU_TRY(Execute("PRAGMA synchronous=FULL"));
    if (create) {
      SIKU_TRY(Write([&]() -> Result<void> {
        SIKU_TRY(Execute(kSchema));
        return Statement(database_, "INSERT OR IGNORE INTO meta VALUES ('format', ?)")
            .Bind(std::to_string(kStoreFormat))
            .Run();
      }));
    }
    Statement format(database_, "SELECT value FROM meta WHERE key = 'format'");
    SIKU_TRY(const bool found, format.Step());
    if (!found || std::atoi(format.Text(0).c_str()) > kStoreFormat) {
      return Fail(Code::kUnsupported, "the store's index has a newer format", format.Text(0), path);
    }
    return {};
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
    Statement last(database_, "SELECT coalesce(max(ordinal), 0) FROM commits");
    SIKU_TRY(const bool row, last.Step());
    (void)row;
    return last.Integer(0);
  }
  Result<int64_t> NextCommit() override {
    SIKU_TRY(const int64_t last, LastCommit());
    return last + 1;
  }
  Result<void> Insert(const CommitRecord& commit) override {
    SIKU_TRY(Statement(database_, "INSERT INTO commits VALUES (?, ?, ?)")
                 .Bind(commit.ordinal)
                 .Bind(commit.created)
                 .Bind(commit.run)
                 .Run());
    for (const IndexedVersion& version : commit.versions) SIKU_TRY(InsertVersion(commit, version));
    return {};
  }
  Result<void> SetManifest(const std::string& content, const std::string& manifest,
                           const std::vector<DataFile>& files) override {
    int64_t bytes = 0;
    for (const DataFile& file : files) bytes += file.bytes;
    SIKU_TRY(Statement(database_,
                       "UPDATE versions SET manifest = ?, parent = '', bytes = ? WHERE content = ?")
                 .Bind(manifest)
                 .Bind(bytes)
                 .Bind(content)
                 .Run());
    SIKU_TRY(
        Statement(database_, "DELETE FROM version_files WHERE content = ?").Bind(content).Run());
    return InsertFiles(content, files);
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
        "SELECT d.dataset, d.ordinal, d.content, v.manifest, v.rows, v.bytes, c.created,"
        " c.run FROM dataset_versions d JOIN versions v USING (content)"
        " JOIN commits c ON c.ordinal = d.committed"
        " WHERE ?1 = '' OR d.dataset = ?1 ORDER BY d.dataset, d.ordinal");
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
    Statement query(database_, "SELECT id, state, recipe, created FROM runs ORDER BY id");
    std::vector<RunInfo> runs;
    for (;;) {
      SIKU_TRY(const bool row, query.Step());
      if (!row) return runs;
      runs.push_back({query.Text(0), query.Text(1), query.Text(2), query.Integer(3)});
    }
  }
  Result<int64_t> OldestLease(int64_t now) override {
    Statement query(database_, "SELECT coalesce(min(started), ?1) FROM leases WHERE expires > ?1");
    query.Bind(now);
    SIKU_TRY(const bool row, query.Step());
    (void)row;
    return query.Integer(0);
  }
  Result<std::vector<std::string>> Referenced() override {
    Statement query(
        database_,
        "SELECT sha256 FROM version_files UNION SELECT manifest FROM versions ORDER BY 1");
    std::vector<std::string> names;
    for (;;) {
      SIKU_TRY(const bool row, query.Step());
      if (!row) return names;
      names.push_back(query.Text(0));
    }
  }

 private:
  Result<void> Execute(const char* sql) {
    const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return Statement::Failure(database_, code);
    return {};
  }
  Result<void> InsertVersion(const CommitRecord& commit, const IndexedVersion& version) {
    int64_t bytes = 0;
    for (const DataFile& file : version.files) bytes += file.bytes;
    Statement known(database_, "SELECT 1 FROM versions WHERE content = ?");
    known.Bind(version.content);
    SIKU_TRY(const bool exists, known.Step());
    if (!exists) {
      SIKU_TRY(Statement(database_, "INSERT INTO versions VALUES (?, ?, ?, ?, ?)")
                   .Bind(version.content)
                   .Bind(version.manifest)
                   .Bind(version.parent)
                   .Bind(version.rows)
                   .Bind(bytes)
                   .Run());
      SIKU_TRY(InsertFiles(version.content, version.files));
    }
    return Statement(database_,
                     "INSERT INTO dataset_versions SELECT ?1, coalesce(max(ordinal), 0) + 1, ?2, ?3"
                     " FROM dataset_versions WHERE dataset = ?1")
        .Bind(version.dataset)
        .Bind(version.content)
        .Bind(commit.ordinal)
        .Run();
  }
  Result<void> InsertFiles(const std::string& content, const std::vector<DataFile>& files) {
    for (size_t i = 0; i < files.size(); ++i) {
      SIKU_TRY(Statement(database_, "INSERT INTO version_files VALUES (?, ?, ?)")
                   .Bind(content)
                   .Bind(static_cast<int64_t>(i))
                   .Bind(files[i].sha256)
                   .Run());
    }
    return {};
  }

  sqlite3* database_ = nullptr;
  // One connection, one thread at a time. Recursive: reads happen inside Write, too.
  std::recursive_mutex mutex_{};
};

}  // namespace

Result<std::unique_ptr<Metadata>> OpenSqlite(const std::string& path, bool create) {
  auto metadata = std::make_unique<SqliteMetadata>();
  SIKU_TRY(metadata->Open(path, create));
  return metadata;
}

int64_t NowMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace siku
