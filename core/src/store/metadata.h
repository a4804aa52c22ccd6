// The metadata port: the index of a store and its one commit point.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "siku/store.h"

namespace siku {

/// One committed version with what the index needs of it.
struct IndexedVersion {
  std::string dataset;
  int64_t ordinal = 0;
  std::string content;
  std::string manifest;  // SHA-256 of the manifest's bytes
  std::string parent{};  // content digest
  int64_t rows = 0;
  std::vector<DataFile> files{};  // its own

  int64_t bytes() const;
};

/// All datasets of one commit: what the commit's record file holds, and what `rebuild` reads.
struct CommitRecord {
  int64_t ordinal = 0;
  int64_t created = 0;  // milliseconds
  std::string run{};
  bool compaction = false;  // `versions` are there already; their manifests are replaced
  std::vector<IndexedVersion> versions{};
};

/// Safe to use from several threads and processes.
class Metadata {
 public:
  virtual ~Metadata() = default;

  /// Runs `body` inside the one write transaction; an error rolls back. Waits for other writers.
  virtual Result<void> Write(const std::function<Result<void>()>& body) = 0;

  // Inside Write:
  virtual Result<void> Insert(const CommitRecord& commit) = 0;
  virtual Result<void> PutRun(const RunInfo& run) = 0;
  virtual Result<void> PutLease(const std::string& id, const std::string& what, int64_t started,
                                int64_t expires) = 0;
  virtual Result<void> DropLease(const std::string& id) = 0;

  // Anywhere:
  /// By name and ordinal; `dataset` empty: all.
  virtual Result<std::vector<VersionInfo>> Versions(const std::string& dataset) = 0;
  /// Oldest first.
  virtual Result<std::vector<RunInfo>> Runs() = 0;
  /// Start of the oldest lease that lives at `now`.
  virtual Result<std::optional<int64_t>> OldestLease(int64_t now) = 0;
  /// What the leases that live at `now` are of; sorted.
  virtual Result<std::vector<std::string>> Leased(int64_t now) = 0;
  /// SHA-256 of every data file and manifest a version refers to; sorted.
  virtual Result<std::vector<std::string>> Referenced() = 0;
  virtual Result<int64_t> LastCommit() = 0;

  /// A lock among all who have the index open, that goes with the process however it ends; false:
  /// somebody has it. True where a lock of the folder does.
  virtual Result<bool> TryLock(const std::string& /*name*/) { return true; }
  virtual void Unlock(const std::string& /*name*/) {}
};

Result<std::unique_ptr<Metadata>> OpenSqlite(const std::string& path);
/// Writes a new index of these commits and runs beside the old one, and puts it in its place. Under
/// the folder's exclusive lock.
Result<void> WriteIndex(const std::string& store, const std::vector<CommitRecord>& commits,
                        const std::vector<RunInfo>& runs);

/// PostgreSQL's index of one store is a schema of its own. `create`: where there is none. kData: it
/// is gone; and as PostgresConnection::Open.
Result<std::unique_ptr<Metadata>> OpenPostgres(const std::string& url, const std::string& schema,
                                               bool create);
/// With all that is in it.
Result<void> DropPostgres(const std::string& url, const std::string& schema);
/// Has `body` run by one process at a time among all that have the database.
Result<void> AloneInPostgres(const std::string& url, const std::string& name,
                             const std::function<Result<void>()>& body);
/// In one transaction.
Result<void> WritePostgresIndex(const std::string& url, const std::string& schema,
                                const std::vector<CommitRecord>& commits,
                                const std::vector<RunInfo>& runs);

}  // namespace siku
