#include "folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <thread>

#include "../base/durable.h"
#include "siku/store.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormatWords = "siku store ";
constexpr std::array<const char*, 4> kFolders = {"data", "manifests", "commits", "runs"};

// Magic numbers of statfs(2): locks and shared memory that SQLite's WAL needs do not work there.
constexpr long kNetworkFileSystems[] = {0x6969 /* NFS */,
                                        static_cast<long>(0xFF534D42) /* CIFS */,
                                        static_cast<long>(0xFE534D42) /* SMB2 */,
                                        0x517B /* SMB */,
                                        0x65735546 /* FUSE */,
                                        0x00C36400 /* Ceph */,
                                        0x01021997 /* 9P */,
                                        0x0BD00BD0 /* Lustre */};

Result<void> RefuseNetwork(const std::string& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0) return Errno("cannot look at the file system", path);
  for (const long magic : kNetworkFileSystems) {
    if (static_cast<long>(info.f_type) == magic) {
      return Fail(Code::kUnsupported, "a store cannot lie on a network file system", path, {},
                  "its index needs locks that only a local disk keeps; put it on one");
    }
  }
  return {};
}

// Programs that know SQLite alone must not take a store of PostgreSQL's for one without an index.
std::string FormatLine(const std::string& schema) {
  if (schema.empty()) return std::string(kFormatWords) + "1\n";
  return std::string(kFormatWords) + "2 postgresql " + schema + "\n";
}

// The schema of a complete line of PostgreSQL's, else empty.
std::string SchemaIn(const std::string& line) {
  char schema[64] = "";
  if (std::sscanf(line.c_str(), "siku store 2 postgresql %63[a-z0-9_]", schema) != 1) return {};
  return line == FormatLine(schema) ? schema : "";
}

// What a store that was never finished may hold.
bool IsOurs(const std::string& name) {
  return name == "lock" || name.starts_with("FORMAT") || name.starts_with("index.") ||
         std::find(kFolders.begin(), kFolders.end(), name) != kFolders.end();
}

Result<void> RefuseForeign(const std::string& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    if (!IsOurs(name)) {
      return Fail(Code::kInvalid, "the folder holds other things and is no store", name, path,
                  "name a new or empty folder");
    }
  }
  if (!error) return {};
  errno = error.value();
  return Errno("cannot read the folder", path);
}

bool HasCommits(const std::string& path) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path + "/commits", error)) {
    if (entry.path().extension() == ".json") return true;
  }
  return false;
}

}  // namespace

std::string IndexPath(const std::string& store) { return store + "/index.sqlite"; }

Result<FolderLook> LookAtFolder(const std::string& path, bool remote) {
  std::string text;
  const std::string file = path + "/FORMAT";
  if (fs::exists(file)) {
    SIKU_TRY(text, ReadWhole(file, 4096));
  }
  if (auto schema = SchemaIn(text); !schema.empty()) {
    return FolderLook{FolderState::kStore, std::move(schema)};
  }
  if (!remote) SIKU_TRY(RefuseNetwork(path));
  const bool index = fs::exists(IndexPath(path));
  // A beginning of the line is what power loss can leave of it.
  if (!text.ends_with('\n') && (std::string(kFormatWords).starts_with(text) ||
                                text.starts_with(std::string(kFormatWords) + "1") ||
                                text.starts_with(std::string(kFormatWords) + "2"))) {
    SIKU_TRY(RefuseForeign(path));
    return FolderLook{!index && HasCommits(path) ? FolderState::kNoIndex : FolderState::kNew};
  }
  int format = 0;
  if (std::sscanf(text.c_str(), "siku store %d", &format) != 1 || format < 1) {
    return Fail(Code::kInvalid, "the folder holds other things and is no store", "FORMAT", path,
                "name a new or empty folder");
  }
  if (text != FormatLine("")) {
    return Fail(Code::kUnsupported, "the store has a newer format", std::to_string(format), path,
                "open it with a newer Siku");
  }
  if (index) return FolderLook{FolderState::kStore};
  return FolderLook{HasCommits(path) ? FolderState::kNoIndex : FolderState::kNew};
}

Result<void> MakeFolder(const std::string& path, const std::string& schema) {
  SIKU_TRY(ReplaceDurably(path + "/FORMAT", FormatLine(schema)));
  for (const char* folder : kFolders) SIKU_TRY(MakeFolders(path + "/" + folder));
  SIKU_TRY(SyncFolder(path));
  // The folders above may be new, too; those that cannot be opened are not ours.
  std::error_code error;
  for (fs::path above = fs::absolute(path, error); above.has_relative_path();) {
    above = above.parent_path();
    (void)SyncFolder(above.string()).has_value();
  }
  return {};
}

Result<std::unique_ptr<FolderLock>> FolderLock::Take(const std::string& store, Kind kind,
                                                     int64_t wait_milliseconds) {
  const std::string path = store + "/lock";
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0 && (errno == EACCES || errno == EROFS)) {
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
  if (file < 0) return Errno("cannot lock the store", path);
  std::unique_ptr<FolderLock> lock(new FolderLock(file));
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_milliseconds);
  const int how = (kind == Kind::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  while (::flock(file, how) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return Errno("cannot lock the store", path);
    if (std::chrono::steady_clock::now() >= until) {
      return Fail(Code::kBusy, "another process has the store open", store);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return lock;
}

FolderLock::~FolderLock() { ::close(file_); }

}  // namespace siku
