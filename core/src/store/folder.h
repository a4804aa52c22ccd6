// A store's folder: its format number, and the lock that all processes with the store open share.
#pragma once

#include <memory>
#include <string>

#include "siku/result.h"

namespace siku {

/// flock(2) on the file `lock`: ends with the process that holds it, however that ends.
class FolderLock {
 public:
  enum class Kind { kShared, kExclusive };
  /// kBusy after `wait_milliseconds`.
  static Result<std::unique_ptr<FolderLock>> Take(const std::string& store, Kind kind,
                                                  int64_t wait_milliseconds);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

enum class FolderState {
  kNew,      // empty, or begun by a process that did not come to the end
  kStore,    // complete
  kNoIndex,  // commits, but no index of them
};
struct FolderLook {
  FolderState state = FolderState::kNew;
  /// PostgreSQL's schema that has the index; empty: SQLite.
  std::string schema{};
};
/// kInvalid: a folder of something else. kUnsupported: a newer format; a network file system, where
/// the index is, or would be, SQLite's. `remote`: a new store's index will be in PostgreSQL.
Result<FolderLook> LookAtFolder(const std::string& path, bool remote);
/// Makes what kNew lacks, the index apart. Under the exclusive lock.
Result<void> MakeFolder(const std::string& path, const std::string& schema);

std::string IndexPath(const std::string& store);

}  // namespace siku
