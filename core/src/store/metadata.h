// The metadata port: the index of a store and its one commit point.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "siku/store.h"

namespace siku {

/// One committed version with what the index needs of it.
struct IndexedVersion {
  std::string dataset;
  std::string content;
  std::string manifest;  // SHA-256 of the manifest's bytes
  std::string parent{};  // content digest
  int64_t rows = 0;
  std::vector<DataFile> files{};  // its own
};

/// All datasets of one commit: what the commit's record file holds, and what `rebuild` reads.
struct CommitRecord {
  int64_t ordinal = 0;
  int64_t created = 0;  // milliseconds
  std::string run{};
  std::vector<IndexedVersion> versions{};
};

class Metadata {
 public:
  virtual ~Metadata() = default;

  /// Runs `body` inside the one write transaction; an error rolls back. Waits for other writers.
  virtual Result<void> Write(const std::function<Result<void>()>& body) = 0;

  // Inside Write:
  virtual Result<int64_t> NextCommit() = 0;
  virtual Result<void> Insert(const CommitRecord& commit) = 0;
  virtual Result<void> SetManifest(const std::string& content, const std::string& manifest,
                                   const std::vector<DataFile>& files) = 0;
  virtual Result<void> PutRun(const RunInfo& run) = 0;
  virtual Result<void> PutLease(const std::string& id, const std::string& what, int64_t started,
                                int64_t expires) = 0;
  virtual Result<void> DropLease(const std::string& id) = 0;

  // Anywhere:
  virtual Result<std::vector<VersionInfo>> Versions(const std::string& dataset) = 0;  // empty: all
  virtual Result<std::vector<RunInfo>> Runs() = 0;
  /// Start of the oldest lease that lives at `now`, or `now`.
  virtual Result<int64_t> OldestLease(int64_t now) = 0;
  /// SHA-256 of every data file and manifest a version refers to; sorted.
  virtual Result<std::vector<std::string>> Referenced() = 0;
  virtual Result<int64_t> LastCommit() = 0;
};

Result<std::unique_ptr<Metadata>> OpenSqlite(const std::string& path, bool create);

int64_t NowMilliseconds();

}  // namespace siku
