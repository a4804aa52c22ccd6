// The store: datasets with immutable versions. Files and manifest are complete, synced and named by
// hash before one transaction makes a version visible. Layout and guarantees: docs/format.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "siku/batch.h"
#include "siku/digest.h"
#include "siku/result.h"

namespace siku {

inline constexpr int kStoreFormat = 1;

/// A Parquet file of a version, named by its hash.
struct DataFile {
  std::string sha256;
  int64_t bytes = 0;
  int64_t rows = 0;
};

/// Rows that came together; a version is its segments in order.
struct Segment {
  int64_t rows = 0;
  std::vector<DataFile> files{};
};

/// What a version is. Nothing in it can change, so nothing in it depends on clock, machine or run.
struct Manifest {
  std::string content;  // content digest, hex: the version's identity
  std::string schema;   // canonical JSON
  int64_t rows = 0;
  std::string parent{};  // content digest of the version this one appends to; empty if none
  std::vector<Segment> segments{};  // behind the parent's
  ContentDigest::State digest{};
  std::string lineage = "{}";  // canonical JSON: recipe, operators, tables, inputs
};
/// RFC 8785. kData, kInvalid: schema or lineage is no JSON that can be kept.
Result<std::string> ManifestJson(const Manifest& manifest);
/// kData, kUnsupported (a newer format); `place` is the file's name.
Result<Manifest> ManifestFromJson(const std::string& json, const std::string& place);

/// Collects rows into one data file. Row groups are cut by the rows alone, so the same rows give
/// the same bytes. Used by one thread.
class DataFileWriter {
 public:
  virtual ~DataFileWriter() = default;
  virtual Result<void> Append(const Batch& rows) = 0;
  /// Completes, syncs and names the file. No rows: no file, `rows` is 0. A version without files
  /// still has its columns: they are in the manifest.
  virtual Result<DataFile> Finish() = 0;
};

struct VersionInfo {
  std::string dataset;
  int64_t ordinal = 0;  // from 1
  std::string content;
  std::string manifest;  // SHA-256 of the manifest
  int64_t rows = 0;
  int64_t bytes = 0;    // of its own files
  int64_t created = 0;  // milliseconds since 1970
  std::string run{};
};

struct RunInfo {
  std::string id;
  std::string state;   // running, interrupted, failed, done
  std::string recipe;  // name
  int64_t created = 0;
};

struct VersionDraft {
  std::string dataset;
  Manifest manifest;
};

/// A claim that keeps `gc` off everything younger than it. Renewed while held; released on
/// destruction, which comes before the store's.
class Lease {
 public:
  virtual ~Lease() = default;
};

struct GcReport {
  int64_t files = 0;
  int64_t bytes = 0;
  int64_t runs = 0;  // whose folders were emptied of intermediates
};

struct Damage {
  std::string file;
  std::string what;
};

/// Metadata port: SQLite, or PostgreSQL by URL.
class Metadata;
struct IndexedVersion;
class FolderLock;
class Mirror;

/// Safe to use from several threads, and from several processes: on one machine with the index in
/// SQLite, on all that see the folder with it in PostgreSQL.
class Store {
 public:
  /// Opens or creates. `path`: a folder, or s3://bucket/prefix with a database for the index.
  /// `index`: postgresql://… of the database that has the index; empty: SQLite, beside the files.
  /// kUnsupported: a newer format, a URL this build does not serve, a network file system.
  /// kInvalid: a folder of something else, an index of the other kind. kData: the index is gone or
  /// damaged. kBusy, kDenied, kNoSpace, kIo as met.
  static Result<std::unique_ptr<Store>> Open(const std::string& path, bool create = true,
                                             const std::string& index = {});
  ~Store();

  /// The folder; of a store in S3 the one that mirrors it on this machine.
  const std::string& path() const { return path_; }
  /// What other machines open it by: the folder, or s3://bucket/prefix.
  const std::string& place() const { return place_; }
  /// kUnsupported: a column's type cannot be stored.
  Result<std::unique_ptr<DataFileWriter>> NewDataFile(const Schema& schema);
  std::string DataPath(const std::string& sha256) const;
  /// The same by which all machines read it.
  std::string DataSource(const std::string& sha256) const;
  Result<bool> HasData(const std::string& sha256) const;
  /// Files and bytes below "data" or "runs".
  Result<std::pair<int64_t, int64_t>> Measure(const std::string& below) const;

  /// A new run's folder with `ledger`, `parts` and `tasks` in it; the id sorts by time.
  Result<std::string> CreateRun(const std::string& recipe_name);
  std::string RunFolder(const std::string& id) const;
  Result<void> SetRunState(const std::string& id, const std::string& state);
  /// Oldest first. "running" are those that a lease lives of: after a kill for two minutes more.
  Result<std::vector<RunInfo>> Runs() const;
  /// By id or unambiguous beginning of one; "last" is the newest.
  Result<RunInfo> FindRun(const std::string& id) const;
  /// `what` the id of a run: the lease covers everything since that run began, so that a resumed
  /// one keeps what it wrote before.
  Result<std::unique_ptr<Lease>> Hold(const std::string& what);
  /// Of those who have the index open on several machines only one works on a run. kBusy.
  Result<std::unique_ptr<Lease>> LockRun(const std::string& id);

  /// Makes all drafts visible, or none. A draft whose content the dataset's newest version has
  /// already, or a version of the same run, gives that version. kConflict: a file is gone, or
  /// `parent` is no longer the newest. kInvalid: a bad name, columns other than the parent's.
  Result<std::vector<VersionInfo>> Commit(const std::vector<VersionDraft>& drafts,
                                          const std::string& run);

  /// Newest versions, by name.
  Result<std::vector<VersionInfo>> Datasets() const;
  Result<std::vector<VersionInfo>> Versions(const std::string& dataset) const;
  /// `name`, `name@3` or `name@` with the beginning of a content digest.
  Result<VersionInfo> FindVersion(const std::string& name) const;
  /// With the parents' segments before its own.
  Result<Manifest> ReadManifest(const VersionInfo& version) const;

  /// Writes a version's rows into one segment of fresh files; its identity stays.
  Result<VersionInfo> Compact(const std::string& name);
  /// Deletes what no version refers to and no lease covers, if older than `grace_seconds`. Runs
  /// that were left unfinished for so long begin anew when resumed.
  Result<GcReport> Gc(int64_t grace_seconds, bool dry_run);
  /// Makes the index again from what the files say; gives the number of commits. kBusy: a process
  /// has the store open.
  static Result<int64_t> Rebuild(const std::string& path, const std::string& index = {});
  /// Hashes files and rows again; empty: all is well. `name` empty: every version.
  Result<std::vector<Damage>> Verify(const std::string& name,
                                     const std::function<void(const std::string&)>& progress = {});

 private:
  Store();
  /// The versions a version is made of, the one without a parent first.
  Result<std::vector<VersionInfo>> Chain(const VersionInfo& version) const;
  Result<void> CheckDraft(const IndexedVersion& version, const std::string& schema,
                          const std::vector<VersionInfo>& have) const;
  Result<void> CheckRecords(
      const std::vector<VersionInfo>& versions,
      const std::function<void(std::string, const std::string&)>& damage) const;

  std::string path_;
  std::string place_;
  std::shared_ptr<Mirror> mirror_;    // null: in a folder
  std::unique_ptr<FolderLock> lock_;  // outlives the metadata
  std::unique_ptr<Metadata> metadata_;
};

/// Rows of a version in order, hidden columns first, in batches of at most `batch_rows`. Columns
/// come in their stored types (docs/format.md): texts as large_string, lists as large_list.
class VersionReader {
 public:
  /// Reads the manifest's own segments. kData with the file's name: it is gone or damaged.
  static Result<std::unique_ptr<VersionReader>> Open(const Store& store, const Manifest& manifest,
                                                     int64_t first_row = 0,
                                                     int64_t batch_rows = 1024);
  virtual ~VersionReader() = default;
  virtual const Schema& schema() const = 0;
  /// Null at the end.
  virtual Result<Batch> Next() = 0;
};

struct VersionDiff {
  int64_t added = 0;
  int64_t removed = 0;
  int64_t changed = 0;
  int64_t same = 0;
};
enum class DiffKind { kAdded, kRemoved, kChanged };
/// Merges two versions by row key; `visit` gets single-row batches, null where a side has none.
/// kInvalid: their columns differ.
Result<VersionDiff> Diff(const Store& store, const Manifest& before, const Manifest& after,
                         const std::function<void(DiffKind, const Batch&, const Batch&)>& visit);

}  // namespace siku
