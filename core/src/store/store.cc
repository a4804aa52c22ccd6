#include "siku/store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "commit_record.h"
#include "data_file.h"
#include "folder.h"
#include "metadata.h"
#include "open_remote.h"
#include "siku/operator.h"
#include "siku/sha256.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

// A rebuild of a large index may hold the folder for so long.
constexpr int64_t kLockMilliseconds = 60'000;
// Between two looks at whether another process has made the store.
constexpr int64_t kLookMilliseconds = 20;

// Null when another process made the store meanwhile: it goes on holding the folder, shared, for as
// long as it works.
Result<std::unique_ptr<FolderLock>> LockUnmade(const std::string& path, bool remote) {
  const auto until =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kLockMilliseconds);
  for (;;) {
    auto alone = FolderLock::Take(path, FolderLock::Kind::kExclusive, kLookMilliseconds);
    if (!alone.has_value() && alone.error().code != Code::kBusy) return alone;
    SIKU_TRY(const auto look, LookAtFolder(path, remote));
    if (look.state != FolderState::kNew) return std::unique_ptr<FolderLock>();
    if (alone.has_value() || std::chrono::steady_clock::now() >= until) return alone;
  }
}

Result<void> MakeNewStore(const std::string& path, const std::string& index) {
  SIKU_TRY(const auto alone, LockUnmade(path, !index.empty()));
  if (alone == nullptr) return {};
  if (!index.empty()) {
    const std::string schema = "siku_" + Sha256Hex(UniqueName()).substr(0, 16);
    // The schema first: a folder that names one that was never made would be of no use.
    SIKU_TRY(const auto made, OpenPostgres(index, schema, true));
    return MakeFolder(path, schema);
  }
  SIKU_TRY(MakeFolder(path, ""));
  if (fs::exists(IndexPath(path))) return {};
  return WriteIndex(path, {}, {});
}

Result<void> CheckIndex(const FolderLook& look, const std::string& index, const std::string& path) {
  if (!look.schema.empty() && index.empty()) {
    return Fail(Code::kInvalid, "the store's index is in PostgreSQL", look.schema, path,
                "--index or SIKU_INDEX names the database");
  }
  if (look.state == FolderState::kStore && look.schema.empty() && !index.empty()) {
    return Fail(Code::kInvalid, "the store has its index beside it, in SQLite", {}, path,
                "leave out --index and SIKU_INDEX");
  }
  return {};
}

}  // namespace

Store::Store() = default;
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, bool create,
                                           const std::string& index) {
  for (const char* scheme : {"postgres://", "postgresql://"}) {
    if (path.starts_with(scheme)) {
      return Fail(Code::kUnsupported, "a store lies in a folder or in S3", path, {},
                  "--index names a database of PostgreSQL for the index");
    }
  }
  if (objects::IsObject(path)) {
    SIKU_TRY(auto mirror, OpenMirror(path, create, index));
    SIKU_TRY(auto store, Open(mirror->folder(), false, index));
    store->place_ = mirror->url();
    store->mirror_ = std::move(mirror);
    return store;
  }
  if (path.find("://") != std::string::npos || path.starts_with("s3:")) {
    return Fail(Code::kUnsupported, "a store lies in a folder or in S3", path, {},
                "s3://bucket/prefix is one in S3");
  }
  if (create) SIKU_TRY(MakeFolders(path));
  std::error_code error;
  if (!fs::is_directory(path, error)) return Fail(Code::kNotFound, "there is no store here", path);
  SIKU_TRY(auto look, LookAtFolder(path, !index.empty()));
  SIKU_TRY(CheckIndex(look, index, path));
  if (look.state == FolderState::kNew) {
    if (!create) return Fail(Code::kNotFound, "there is no store here", path);
    SIKU_TRY(MakeNewStore(path, index));
  }
  std::unique_ptr<Store> store(new Store());
  store->path_ = path;
  store->place_ = path;
  SIKU_TRY(store->lock_, FolderLock::Take(path, FolderLock::Kind::kShared, kLockMilliseconds));
  SIKU_TRY(look, LookAtFolder(path, !index.empty()));
  SIKU_TRY(CheckIndex(look, index, path));
  if (look.state != FolderState::kStore) {
    return Fail(Code::kData, "the store's index is gone", IndexPath(path), {},
                "`siku store rebuild` makes it again from the files");
  }
  if (look.schema.empty()) {
    SIKU_TRY(store->metadata_, OpenSqlite(IndexPath(path)));
  } else {
    SIKU_TRY(store->metadata_, OpenPostgres(index, look.schema, false));
  }
  return store;
}

Result<std::unique_ptr<DataFileWriter>> Store::NewDataFile(const Schema& schema) {
  return MakeDataFileWriter(path_ + "/data", schema);
}

std::string Store::DataPath(const std::string& sha256) const {
  return path_ + "/data/" + sha256.substr(0, 2) + "/" + sha256 + ".parquet";
}

std::string Store::DataSource(const std::string& sha256) const {
  const std::string path = DataPath(sha256);
  return mirror_ == nullptr ? path : mirror_->UrlOf(path);
}

Result<bool> Store::HasData(const std::string& sha256) const { return IsShared(DataPath(sha256)); }

Result<std::pair<int64_t, int64_t>> Store::Measure(const std::string& below) const {
  int64_t files = 0;
  int64_t bytes = 0;
  if (mirror_ != nullptr) {
    SIKU_TRY(const auto objects, mirror_->Below(path_ + "/" + below));
    for (const auto& object : objects) bytes += object.bytes;
    return std::pair(static_cast<int64_t>(objects.size()), bytes);
  }
  std::error_code error;
  for (fs::recursive_directory_iterator it(path_ + "/" + below, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code gone;
    if (!it->is_regular_file(gone)) continue;
    const auto size = it->file_size(gone);
    if (gone) continue;
    ++files;
    bytes += static_cast<int64_t>(size);
  }
  return std::pair(files, bytes);
}

Result<std::vector<VersionInfo>> Store::Datasets() const {
  SIKU_TRY(const auto all, metadata_->Versions(""));
  std::vector<VersionInfo> newest;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i + 1 == all.size() || all[i + 1].dataset != all[i].dataset) newest.push_back(all[i]);
  }
  return newest;
}

Result<std::vector<VersionInfo>> Store::Versions(const std::string& dataset) const {
  SIKU_TRY(auto versions, metadata_->Versions(dataset));
  if (!versions.empty() && !dataset.empty()) return versions;
  SIKU_TRY(const auto known, Datasets());
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const VersionInfo& version : known) names.push_back(version.dataset);
  std::string near;
  for (const std::string& name : Nearest(dataset, names)) near += (near.empty() ? "" : ", ") + name;
  if (near.empty()) {
    return Fail(Code::kNotFound, "no such dataset", dataset, {}, "`siku dataset ls` lists them");
  }
  return Fail(Code::kNotFound, "there is no dataset {}; did you mean {}?", dataset + "\x1f" + near,
              {}, "`siku dataset ls` lists them");
}

Result<VersionInfo> Store::FindVersion(const std::string& name) const {
  const size_t at = name.find('@');
  SIKU_TRY(const auto versions, Versions(name.substr(0, at)));
  if (at == std::string::npos) return versions.back();
  const std::string wanted = name.substr(at + 1);
  std::vector<VersionInfo> found;
  for (const VersionInfo& version : versions) {
    if (std::to_string(version.ordinal) == wanted) return version;
    if (wanted.size() >= 4 && version.content.starts_with(wanted)) found.push_back(version);
  }
  for (const VersionInfo& version : found) {
    if (version.content != found.back().content) {
      return Fail(Code::kInvalid, "several versions begin so", name);
    }
  }
  if (!found.empty()) return found.back();
  return Fail(Code::kNotFound, "no such version", name, {},
              "`siku dataset show NAME` lists the versions");
}

Result<std::vector<VersionInfo>> Store::Chain(const VersionInfo& version) const {
  SIKU_TRY(const auto versions, metadata_->Versions(version.dataset));
  std::map<std::string, const VersionInfo*> by_content;  // the newest before `version`
  for (const VersionInfo& one : versions) {
    if (one.ordinal < version.ordinal) by_content[one.content] = &one;
  }
  std::vector<VersionInfo> chain = {version};
  for (;;) {
    SIKU_TRY(const auto manifest, ReadManifestFile(path_, chain.back().manifest));
    if (manifest.parent.empty()) break;
    const auto parent = by_content.find(manifest.parent);
    if (parent == by_content.end()) {
      return Fail(Code::kData, "the version appended to is gone", manifest.parent,
                  PlaceOf(ManifestPath(path_, chain.back().manifest)));
    }
    chain.push_back(*parent->second);
    by_content.erase(parent);  // no version is its own parent, whatever a damaged manifest says
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

Result<Manifest> Store::ReadManifest(const VersionInfo& version) const {
  SIKU_TRY(const auto chain, Chain(version));
  std::vector<Segment> segments;
  Manifest manifest;
  for (const VersionInfo& part : chain) {
    SIKU_TRY(manifest, ReadManifestFile(path_, part.manifest));
    segments.insert(segments.end(), manifest.segments.begin(), manifest.segments.end());
  }
  int64_t rows = 0;
  for (const Segment& segment : segments) rows += segment.rows;
  if (manifest.content != version.content || rows != manifest.rows) {
    return Fail(Code::kData, "the manifest is one of another version", manifest.content,
                PlaceOf(ManifestPath(path_, version.manifest)));
  }
  manifest.segments = std::move(segments);
  return manifest;
}

}  // namespace siku
