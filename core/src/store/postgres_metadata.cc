// The index of a store in PostgreSQL: a schema of its own, so that stores may share a database, and
// machines a store.
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "../base/libpq.h"
#include "metadata.h"
#include "siku/sha256.h"

namespace siku {
namespace {

constexpr const char* kTables[] = {
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE commits (ordinal BIGINT PRIMARY KEY, created BIGINT NOT NULL, run TEXT NOT NULL)",
    "CREATE TABLE versions (dataset TEXT COLLATE \"C\" NOT NULL, ordinal BIGINT NOT NULL,"
    " content TEXT NOT NULL, manifest TEXT NOT NULL, parent TEXT NOT NULL, rows BIGINT NOT NULL,"
    " bytes BIGINT NOT NULL, committed BIGINT NOT NULL, PRIMARY KEY (dataset, ordinal))",
    "CREATE INDEX versions_by_manifest ON versions (manifest)",
    "CREATE TABLE files (manifest TEXT NOT NULL, place BIGINT NOT NULL,"
    " sha256 TEXT COLLATE \"C\" NOT NULL, PRIMARY KEY (manifest, place))",
    "CREATE TABLE runs (id TEXT COLLATE \"C\" PRIMARY KEY, state TEXT NOT NULL,"
    " recipe TEXT NOT NULL, created BIGINT NOT NULL)",
    "CREATE TABLE leases (id TEXT PRIMARY KEY, what TEXT NOT NULL, started BIGINT NOT NULL,"
    " expires BIGINT NOT NULL)"};

// Locks of PostgreSQL are numbers.
std::string LockNumber(const std::string& name) {
  return std::to_string(
      static_cast<int64_t>(std::stoull(Sha256Hex("siku " + name).substr(0, 16), nullptr, 16)));
}

class PostgresMetadata final : public Metadata {
 public:
  Result<void> Open(const std::string& url, const std::string& schema, bool create) {
    SIKU_TRY(connection_, PostgresConnection::Open(url));
    schema_ = schema;
    SIKU_TRY(Settle());
    SIKU_TRY(const auto found,
             connection_->Ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", {schema_}));
    if (found.size() == 0) {
      if (create) return Create();
      return Fail(Code::kData, "the store's index is gone", schema_, connection_->place(),
                  "`siku store rebuild` makes it again from the files");
    }
    SIKU_TRY(const auto format, connection_->Ask("SELECT value FROM meta WHERE key = 'format'"));
    const int64_t number = format.size() == 1 ? format.Integer(0, 0) : 0;
    if (number > kStoreFormat) {
      return Fail(Code::kUnsupported, "the store has a newer format", std::to_string(number),
                  connection_->place(), "open it with a newer Siku");
    }
    return {};
  }

  Result<void> Write(const std::function<Result<void>()>& body) override {
    const std::lock_guard lock(mutex_);
    SIKU_TRY(Connected());
    SIKU_TRY(Execute("BEGIN"));
    // One writer at a time, as the port promises; readers see what was committed before.
    auto done = Execute("LOCK TABLE meta IN EXCLUSIVE MODE");
    if (done.has_value()) {
      writing_ = true;
      done = body();
      writing_ = false;
    }
    if (!done.has_value()) {
      (void)Execute("ROLLBACK").has_value();
      return done;
    }
    return Execute("COMMIT");
  }

  Result<int64_t> LastCommit() override {
    SIKU_TRY(const auto last, Query("SELECT coalesce(max(ordinal), 0) FROM commits"));
    return last.Integer(0, 0);
  }
  Result<void> Insert(const CommitRecord& commit) override {
    SIKU_TRY(Execute("INSERT INTO commits VALUES ($1, $2, $3)",
                     {Number(commit.ordinal), Number(commit.created), commit.run}));
    for (const IndexedVersion& version : commit.versions) {
      SIKU_TRY(commit.compaction ? Replace(version) : Add(version, commit.ordinal));
    }
    return {};
  }
  Result<void> PutRun(const RunInfo& run) override {
    return Execute(
        "INSERT INTO runs VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE"
        " SET state = excluded.state, recipe = excluded.recipe, created = excluded.created",
        {run.id, run.state, run.recipe, Number(run.created)});
  }
  Result<void> PutLease(const std::string& id, const std::string& what, int64_t started,
                        int64_t expires) override {
    return Execute(
        "INSERT INTO leases VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE"
        " SET what = excluded.what, started = excluded.started, expires = excluded.expires",
        {id, what, Number(started), Number(expires)});
  }
  Result<void> DropLease(const std::string& id) override {
    return Execute("DELETE FROM leases WHERE id = $1", {id});
  }

  Result<std::vector<VersionInfo>> Versions(const std::string& dataset) override {
    SIKU_TRY(const auto rows,
             Query("SELECT v.dataset, v.ordinal, v.content, v.manifest, v.rows, v.bytes, c.created,"
                   " c.run FROM versions v JOIN commits c ON c.ordinal = v.committed"
                   " WHERE $1 = '' OR v.dataset = $1 ORDER BY v.dataset, v.ordinal",
                   {dataset}));
    std::vector<VersionInfo> versions;
    for (int i = 0; i < rows.size(); ++i) {
      versions.push_back({rows.Text(i, 0), rows.Integer(i, 1), rows.Text(i, 2), rows.Text(i, 3),
                          rows.Integer(i, 4), rows.Integer(i, 5), rows.Integer(i, 6),
                          rows.Text(i, 7)});
    }
    return versions;
  }
  Result<std::vector<RunInfo>> Runs() override {
    SIKU_TRY(const auto rows,
             Query("SELECT id, state, recipe, created FROM runs ORDER BY created, id"));
    std::vector<RunInfo> runs;
    for (int i = 0; i < rows.size(); ++i) {
      runs.push_back({rows.Text(i, 0), rows.Text(i, 1), rows.Text(i, 2), rows.Integer(i, 3)});
    }
    return runs;
  }
  Result<std::optional<int64_t>> OldestLease(int64_t now) override {
    SIKU_TRY(const auto rows,
             Query("SELECT min(started) FROM leases WHERE expires > $1", {Number(now)}));
    if (rows.IsNull(0, 0)) return std::optional<int64_t>();
    return std::optional(rows.Integer(0, 0));
  }
  Result<std::vector<std::string>> Leased(int64_t now) override {
    return Names(
        Query("SELECT DISTINCT what COLLATE \"C\" FROM leases WHERE expires > $1 ORDER BY 1",
              {Number(now)}));
  }
  Result<std::vector<std::string>> Referenced() override {
    return Names(
        Query("SELECT sha256 COLLATE \"C\" FROM files"
              " WHERE manifest IN (SELECT manifest FROM versions)"
              " UNION SELECT manifest COLLATE \"C\" FROM versions ORDER BY 1"));
  }

  Result<void> Replace(const std::vector<CommitRecord>& commits, const std::vector<RunInfo>& runs) {
    return Write([&]() -> Result<void> {
      SIKU_TRY(Execute("TRUNCATE commits, versions, files, runs, leases"));
      for (const CommitRecord& commit : commits) SIKU_TRY(Insert(commit));
      for (const RunInfo& run : runs) SIKU_TRY(PutRun(run));
      return {};
    });
  }

  Result<bool> TryLock(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    // The server would give the same session the same lock again.
    if (locks_.contains(name)) return false;
    SIKU_TRY(Connected());
    SIKU_TRY(const bool ours, Lock(name));
    if (ours) locks_.insert(name);
    return ours;
  }
  void Unlock(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    locks_.erase(name);
    // If this fails, it goes with the connection.
    (void)Execute("SELECT pg_advisory_unlock($1::bigint)", {LockNumber(schema_ + " " + name)})
        .has_value();
  }

 private:
  static std::string Number(int64_t value) { return std::to_string(value); }

  // Of the connection, so again after each loss of it.
  Result<void> Settle() {
    SIKU_TRY(Execute("SELECT set_config('search_path', $1, false)", {schema_}));
    SIKU_TRY(Execute("SET lock_timeout = '60s'"));
    // So that the locks of a machine that is gone go after a minute.
    SIKU_TRY(Execute("SET tcp_keepalives_idle = 30"));
    SIKU_TRY(Execute("SET tcp_keepalives_interval = 10"));
    SIKU_TRY(Execute("SET tcp_keepalives_count = 3"));
    for (const std::string& name : locks_) {
      SIKU_TRY(const bool ours, Lock(name));
      if (!ours) return Fail(Code::kBusy, "another process works on this run", name);
    }
    return {};
  }
  Result<bool> Lock(const std::string& name) {
    SIKU_TRY(const auto taken, connection_->Ask("SELECT pg_try_advisory_lock($1::bigint)::int",
                                                {LockNumber(schema_ + " " + name)}));
    return taken.Integer(0, 0) == 1;
  }
  Result<void> Connected() {
    if (!connection_->lost()) return {};
    SIKU_TRY(connection_->Reset());
    return Settle();
  }
  Result<void> Create() {
    SIKU_TRY(Execute("BEGIN"));
    auto made = [&]() -> Result<void> {
      // Two processes may make it at once: the second waits, and finds it.
      SIKU_TRY(Execute("SELECT pg_advisory_xact_lock(hashtext($1))", {schema_}));
      SIKU_TRY(const auto found,
               connection_->Ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", {schema_}));
      if (found.size() > 0) return {};
      SIKU_TRY(Execute(("CREATE SCHEMA " + schema_).c_str()));
      for (const char* table : kTables) SIKU_TRY(Execute(table));
      return Execute("INSERT INTO meta VALUES ('format', $1)", {Number(kStoreFormat)});
    }();
    if (made.has_value()) return Execute("COMMIT");
    (void)Execute("ROLLBACK").has_value();
    return made;
  }
  Result<void> Execute(const char* sql, const std::vector<std::string>& parameters = {}) {
    SIKU_TRY(const auto rows, connection_->Ask(sql, parameters));
    return {};
  }
  // A lost connection costs a reader one more try, and a writer what it had not committed.
  Result<PostgresRows> Query(const char* sql, const std::vector<std::string>& parameters = {}) {
    const std::lock_guard lock(mutex_);
    auto rows = connection_->Ask(sql, parameters);
    if (rows.has_value() || writing_ || !connection_->lost()) return rows;
    SIKU_TRY(Connected());
    return connection_->Ask(sql, parameters);
  }
  // The first column.
  static Result<std::vector<std::string>> Names(Result<PostgresRows> asked) {
    SIKU_TRY(const auto rows, std::move(asked));
    std::vector<std::string> names;
    for (int i = 0; i < rows.size(); ++i) names.push_back(rows.Text(i, 0));
    return names;
  }
  Result<void> Add(const IndexedVersion& version, int64_t commit) {
    SIKU_TRY(
        Execute("INSERT INTO versions VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                {version.dataset, Number(version.ordinal), version.content, version.manifest,
                 version.parent, Number(version.rows), Number(version.bytes()), Number(commit)}));
    return AddFiles(version);
  }
  Result<void> Replace(const IndexedVersion& version) {
    SIKU_TRY(
        Execute("UPDATE versions SET manifest = $1, parent = $2, bytes = $3"
                " WHERE dataset = $4 AND ordinal = $5",
                {version.manifest, version.parent, Number(version.bytes()), version.dataset,
                 Number(version.ordinal)}));
    SIKU_TRY(Execute("DELETE FROM files WHERE manifest NOT IN (SELECT manifest FROM versions)"));
    return AddFiles(version);
  }
  Result<void> AddFiles(const IndexedVersion& version) {
    for (size_t i = 0; i < version.files.size(); ++i) {
      SIKU_TRY(
          Execute("INSERT INTO files VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                  {version.manifest, Number(static_cast<int64_t>(i)), version.files[i].sha256}));
    }
    return {};
  }

  std::unique_ptr<PostgresConnection> connection_{};
  std::string schema_{};
  std::set<std::string> locks_{};
  bool writing_ = false;
  // One connection, one thread at a time. Recursive: reads happen inside Write, too.
  std::recursive_mutex mutex_{};
};

}  // namespace

Result<std::unique_ptr<Metadata>> OpenPostgres(const std::string& url, const std::string& schema,
                                               bool create) {
  auto metadata = std::make_unique<PostgresMetadata>();
  SIKU_TRY(metadata->Open(url, schema, create));
  return metadata;
}

Result<void> DropPostgres(const std::string& url, const std::string& schema) {
  SIKU_TRY(const auto connection, PostgresConnection::Open(url));
  SIKU_TRY(const auto quiet, connection->Ask("SET client_min_messages = warning"));
  SIKU_TRY(const auto dropped, connection->Ask(("DROP SCHEMA " + schema + " CASCADE").c_str()));
  return {};
}

Result<void> AloneInPostgres(const std::string& url, const std::string& name,
                             const std::function<Result<void>()>& body) {
  SIKU_TRY(const auto connection, PostgresConnection::Open(url));
  SIKU_TRY(const auto wait, connection->Ask("SET lock_timeout = '60s'"));
  // It goes with the connection.
  SIKU_TRY(const auto taken,
           connection->Ask("SELECT pg_advisory_lock($1::bigint)", {LockNumber(name)}));
  return body();
}

Result<void> WritePostgresIndex(const std::string& url, const std::string& schema,
                                const std::vector<CommitRecord>& commits,
                                const std::vector<RunInfo>& runs) {
  PostgresMetadata metadata;
  SIKU_TRY(metadata.Open(url, schema, true));
  return metadata.Replace(commits, runs);
}

}  // namespace siku
