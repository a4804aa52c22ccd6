// Files of versions: kept once in the store's folder `files`, by their digest.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "catalog/publish.h"
#include "catalog/reach.h"
#include "clock.h"
#include "durable.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kMostFiles = 200;  // of a version
/// What no version names stays so long: somebody may be about to publish it.
constexpr auto kUnnamedFor = std::chrono::hours(24);

std::string FolderOf(const Store& store) { return store.path() + "/files"; }
std::string PathOf(const Store& store, const std::string& sha256) {
  return FolderOf(store) + "/" + sha256.substr(0, 2) + "/" + sha256;
}

/// Gives the bytes at `from` a second name in the store; what is at `from` stays.
Result<void> Keep(const Store& store, const std::string& from, const std::string& sha256) {
  const std::string path = PathOf(store, sha256);
  const std::string folder = fs::path(path).parent_path().string();
  SIKU_TRY(MakeFolders(folder));
  SIKU_TRY(SyncFile(from));
  if (::link(from.c_str(), path.c_str()) == 0) return SyncFolder(folder);
  if (errno != EEXIST) return Errno("cannot write", path);
  // As if it had come just now: the sweep leaves it to whoever publishes it.
  ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  return {};
}

Result<int64_t> SizeOf(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return Errno("cannot read", path);
  if (!S_ISREG(about.st_mode)) return Fail(Code::kInvalid, "not a file", {}, path);
  return int64_t{about.st_size};
}

}  // namespace

Result<Version> Catalog::PublishFiles(
    const Actor& actor, const std::string& name, bool opens, const std::string& action,
    const std::string& object,
    const std::function<Result<void>(std::vector<VersionFile>&)>& change) {
  SIKU_TRY(MayPublish(actor));
  Version version{.source = {}, .content = {}, .schema = "[]", .created = NowMilliseconds()};
  StoredDataset stored;
  SIKU_TRY(database_->Write([&]() -> Result<void> {
    SIKU_TRY(stored, RequireDataset(*database_, name));
    SIKU_TRY(const auto versions, LoadVersions(*database_, stored.dataset.id));
    const Version* const newest = NewestOf(versions);
    if (newest != nullptr) {
      version = *newest;
      version.created = NowMilliseconds();
    }
    SIKU_TRY(change(version.files));
    if (version.files.size() > kMostFiles) {
      return Fail(Code::kLimit, "a version has at most 200 files", name);
    }
    version.ordinal = static_cast<int64_t>(versions.size()) + 1;
    SIKU_TRY(InsertVersion(*database_, stored.dataset.id, version));
    if (opens) stored.dataset.state = "published";
    SIKU_TRY(SaveDataset(*database_, stored));
    const json detail = {{"ordinal", version.ordinal}, {"file", object}};
    return AppendAudit(*database_, actor, action, stored.dataset.name, detail.dump());
  }));
  SIKU_TRY(Follow());
  return version;
}

Result<Version> Catalog::AddFile(const Actor& actor, const std::string& name,
                                 const std::string& path, VersionFile file, bool opens) {
  SIKU_TRY(MayPublish(actor));
  SIKU_TRY(CheckVersionFile(file));
  SIKU_TRY(file.bytes, SizeOf(path));
  if (file.bytes > kLargestFile) {
    return Fail(Code::kLimit, "a file of a version has at most 4 GiB", std::to_string(file.bytes));
  }
  SIKU_TRY(RequireDataset(*database_, name));
  SIKU_TRY(file.sha256, Sha256HexOfFile(path));
  SIKU_TRY(Keep(store_, path, file.sha256));
  const auto put = [&](std::vector<VersionFile>& files) -> Result<void> {
    const auto place = std::lower_bound(
        files.begin(), files.end(), file,
        [](const VersionFile& one, const VersionFile& other) { return one.name < other.name; });
    const bool there = place != files.end() && place->name == file.name;
    if (there && place->sha256 == file.sha256 && place->title == file.title) {
      return Fail(Code::kConflict, "the newest version has this file", file.name);
    }
    if (there) {
      *place = file;
    } else {
      files.insert(place, file);
    }
    return {};
  };
  return PublishFiles(actor, name, opens, "version.add_file", file.name, put);
}

Result<Version> Catalog::RemoveFile(const Actor& actor, const std::string& name,
                                    const std::string& file) {
  const auto take = [&](std::vector<VersionFile>& files) -> Result<void> {
    const auto taken =
        std::erase_if(files, [&](const VersionFile& one) { return one.name == file; });
    if (taken == 0) return Fail(Code::kNotFound, "the version has no such file", file);
    return {};
  };
  return PublishFiles(actor, name, false, "version.remove_file", file, take);
}

Result<std::pair<VersionFile, std::string>> Catalog::FindFile(const Actor& actor,
                                                              const std::string& name,
                                                              int64_t ordinal,
                                                              const std::string& file) const {
  SIKU_TRY(const auto known, FindFor(*database_, actor, name));
  SIKU_TRY(const auto reach, ReachOf(*database_, actor, known.stored.dataset, known.access));
  SIKU_TRY(const auto* const version, ReadableVersion(known, actor, name, ordinal));
  if (!reach.empty()) {
    // Nothing tells which rows and columns a file shows.
    return Fail(Code::kDenied, "files are for those who may read the whole dataset", name, {},
                "ask the organisation that publishes it");
  }
  for (const VersionFile& one : version->files) {
    if (one.name == file) return std::pair(one, PathOf(store_, one.sha256));
  }
  return Fail(Code::kNotFound, "the version has no such file", file);
}

Result<void> Catalog::SweepFiles() {
  std::error_code error;
  const auto oldest = fs::file_time_type::clock::now() - kUnnamedFor;
  std::vector<fs::path> old;
  for (const auto& entry : fs::recursive_directory_iterator(FolderOf(store_), error)) {
    std::error_code ignored;
    if (entry.is_regular_file(ignored) && entry.last_write_time(ignored) < oldest) {
      old.push_back(entry.path());
    }
  }
  for (const fs::path& path : old) {
    SIKU_TRY(const auto named,
             database_->Ask("SELECT 1 FROM version_files WHERE sha256 = $1 LIMIT 1",
                            {path.filename().string()}));
    if (named.empty()) fs::remove(path, error);
  }
  return {};
}

}  // namespace siku::catalog
