#include "siku/store.h"

#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "../base/durable.h"
#include "commit_record.h"
#include "data_file.h"
#include "metadata.h"
#include "siku/names.h"
#include "siku/operator.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kManifestLimit = 1LL << 30;
constexpr int64_t kLeaseSeconds = 120;

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

Result<void> CheckFormat(const std::string& path, bool create) {
  const std::string file = path + "/FORMAT";
  if (!fs::exists(file)) {
    if (!create) return Fail(Code::kNotFound, "there is no store here", path);
    return WriteDurably(file, "siku store " + std::to_string(kStoreFormat) + "\n");
  }
  SIKU_TRY(const auto text, ReadWhole(file, 4096));
  int format = 0;
  if (std::sscanf(text.c_str(), "siku store %d", &format) != 1) {
    return Fail(Code::kData, "this folder is not a store", path);
  }
  if (format > kStoreFormat) {
    return Fail(Code::kUnsupported, "the store has a newer format", std::to_string(format), path,
                "open it with a newer Siku");
  }
  return {};
}

bool StartsWith(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

class HeldLease final : public Lease {
 public:
  HeldLease(Metadata& metadata, std::string id, std::string what)
      : metadata_(metadata),
        id_(std::move(id)),
        what_(std::move(what)),
        started_(NowMilliseconds()) {}
  ~HeldLease() override {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_all();
    if (renewer_.joinable()) renewer_.join();
    (void)metadata_.Write([&] { return metadata_.DropLease(id_); }).has_value();
  }
  Result<void> Begin() {
    SIKU_TRY(Renew());
    renewer_ = std::thread([this] {
      std::unique_lock lock(mutex_);
      while (!wake_.wait_for(lock, std::chrono::seconds(kLeaseSeconds / 4),
                             [this] { return done_; })) {
        (void)Renew().has_value();
      }
    });
    return {};
  }

 private:
  Result<void> Renew() {
    return metadata_.Write([&] {
      return metadata_.PutLease(id_, what_, started_, NowMilliseconds() + kLeaseSeconds * 1000);
    });
  }
  Metadata& metadata_;
  std::string id_;
  std::string what_;
  int64_t started_;
  std::mutex mutex_{};
  std::condition_variable wake_{};
  bool done_ = false;
  std::thread renewer_{};
};

std::string TimedId() {
  std::random_device random;
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &utc);
  char tail[8];
  std::snprintf(tail, sizeof tail, "-%04x", random() & 0xFFFFU);
  return std::string(text) + tail;
}

}  // namespace

Store::Store() = default;
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, bool create) {
  for (const char* scheme : {"postgres://", "postgresql://", "s3://"}) {
    if (StartsWith(path, scheme)) {
      return Fail(Code::kUnsupported, "this version keeps stores in local folders only", path);
    }
  }
  if (create) SIKU_TRY(MakeFolders(path));
  if (!fs::exists(path)) return Fail(Code::kNotFound, "there is no store here", path);
  SIKU_TRY(RefuseNetwork(path));
  SIKU_TRY(CheckFormat(path, create));
  if (create) {
    for (const char* folder : {"data", "manifests", "commits", "runs"}) {
      SIKU_TRY(MakeFolders(path + "/" + folder));
    }
  }
  std::unique_ptr<Store> store(new Store());
  store->path_ = path;
  SIKU_TRY(store->metadata_, OpenSqlite(path + "/index.sqlite", create));
  return store;
}

Result<std::unique_ptr<DataFileWriter>> Store::NewDataFile(const Schema& schema) {
  return MakeDataFileWriter(path_ + "/data", schema);
}

std::string Store::DataPath(const std::string& sha256) const {
  return path_ + "/data/" + sha256.substr(0, 2) + "/" + sha256 + ".parquet";
}

// ---- runs and leases ----------------------------------------------------------------------------

Result<std::string> Store::CreateRun(const std::string& recipe_name) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string id = TimedId();
    std::error_code error;
    if (!fs::create_directory(RunFolder(id), error)) {
      if (!error) continue;  // somebody has this name
      errno = error.value();
      return Errno("cannot make the folder", RunFolder(id));
    }
    for (const char* folder : {"ledger", "parts", "tasks"}) {
      SIKU_TRY(MakeFolders(RunFolder(id) + "/" + folder));
    }
    SIKU_TRY(metadata_->Write([&] {
      return metadata_->PutRun({id, "running", recipe_name, NowMilliseconds()});
    }));
    return id;
  }
  return Fail(Code::kBusy, "no free name for a run");
}

std::string Store::RunFolder(const std::string& id) const { return path_ + "/runs/" + id; }

Result<void> Store::SetRunState(const std::string& id, const std::string& state) {
  SIKU_TRY(auto run, FindRun(id));
  run.state = state;
  return metadata_->Write([&] { return metadata_->PutRun(run); });
}

Result<std::vector<RunInfo>> Store::Runs() const { return metadata_->Runs(); }

Result<RunInfo> Store::FindRun(const std::string& id) const {
  SIKU_TRY(const auto runs, metadata_->Runs());
  if (id == "last" && !runs.empty()) return runs.back();
  std::vector<RunInfo> found;
  for (const RunInfo& run : runs) {
    if (run.id == id) return run;
    if (!id.empty() && StartsWith(run.id, id)) found.push_back(run);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return Fail(Code::kNotFound, "no such run", id, {}, "`siku runs` lists them");
  return Fail(Code::kInvalid, "several runs begin so", id);
}

Result<std::unique_ptr<Lease>> Store::Hold(const std::string& what) {
  auto lease =
      std::make_unique<HeldLease>(*metadata_, TimedId() + "-" + std::to_string(::getpid()), what);
  SIKU_TRY(lease->Begin());
  return lease;
}

// ---- commit -------------------------------------------------------------------------------------

Result<std::vector<VersionInfo>> Store::Commit(const std::vector<VersionDraft>& drafts,
                                               const std::string& run) {
  CommitRecord record;
  record.run = run;
  for (const VersionDraft& draft : drafts) {
    if (!IsDatasetName(draft.dataset)) {
      return Fail(Code::kInvalid, "a dataset's name is lower-case letters, digits, . _ and -",
                  draft.dataset);
    }
    const std::string json = ManifestJson(draft.manifest);
    const std::string sha = Sha256Hex(json);
    const std::string path = ManifestPath(path_, sha);
    SIKU_TRY(MakeFolders(fs::path(path).parent_path().string()));
    SIKU_TRY(ReplaceDurably(path, json));
    IndexedVersion version{draft.dataset, draft.manifest.content, sha, draft.manifest.parent,
                           draft.manifest.rows};
    for (const Segment& segment : draft.manifest.segments) {
      version.files.insert(version.files.end(), segment.files.begin(), segment.files.end());
    }
    record.versions.push_back(std::move(version));
  }
  SIKU_TRY(SyncFolder(path_ + "/manifests"));
  SIKU_TRY(SyncFolder(path_ + "/data"));
  SIKU_TRY(metadata_->Write([&]() -> Result<void> {
    std::vector<IndexedVersion> fresh;
    for (const IndexedVersion& version : record.versions) {
      SIKU_TRY(const auto have, metadata_->Versions(version.dataset));
      const std::string head = have.empty() ? "" : have.back().content;
      if (head == version.content) continue;
      if (!version.parent.empty() && version.parent != head) {
        return Fail(Code::kConflict, "the dataset has a newer version than the one appended to",
                    version.dataset);
      }
      // A collector deletes only under this same lock, so what exists now stays.
      for (const DataFile& file : version.files) {
        if (!fs::exists(DataPath(file.sha256))) {
          return Fail(Code::kConflict, "a data file is gone", file.sha256, version.dataset);
        }
      }
      fresh.push_back(version);
    }
    if (fresh.empty()) return {};
    record.versions = fresh;
    record.created = NowMilliseconds();
    SIKU_TRY(record.ordinal, metadata_->NextCommit());
    SIKU_TRY(ReplaceDurably(CommitPath(path_, record.ordinal), CommitJson(record)));
    return metadata_->Insert(record);
  }));
  std::vector<VersionInfo> committed;
  for (const VersionDraft& draft : drafts) {
    SIKU_TRY(const auto versions, metadata_->Versions(draft.dataset));
    // Another process may have committed since: ours is the newest with our content.
    const auto ours = std::find_if(versions.rbegin(), versions.rend(), [&](const VersionInfo& v) {
      return v.content == draft.manifest.content;
    });
    committed.push_back(*ours);
  }
  return committed;
}

// ---- looking up ---------------------------------------------------------------------------------

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
  for (const VersionInfo& version : known) names.push_back(version.dataset);
  std::string near;
  for (const std::string& name : Nearest(dataset, names)) near += "; did you mean " + name + "?";
  return Fail(Code::kNotFound, "no such dataset", dataset + near, {},
              "`siku dataset ls` lists them");
}

Result<VersionInfo> Store::FindVersion(const std::string& name) const {
  const size_t at = name.find('@');
  SIKU_TRY(const auto versions, Versions(name.substr(0, at)));
  if (at == std::string::npos) return versions.back();
  const std::string wanted = name.substr(at + 1);
  std::vector<VersionInfo> found;
  for (const VersionInfo& version : versions) {
    if (std::to_string(version.ordinal) == wanted) return version;
    if (wanted.size() >= 4 && StartsWith(version.content, wanted)) found.push_back(version);
  }
  if (!found.empty()) return found.back();
  return Fail(Code::kNotFound, "no such version", name, {},
              "`siku dataset show NAME` lists the versions");
}

Result<Manifest> Store::ReadManifest(const VersionInfo& version) const {
  const std::string path = ManifestPath(path_, version.manifest);
  SIKU_TRY(const auto json, ReadWhole(path, kManifestLimit));
  SIKU_TRY(auto manifest, ManifestFromJson(json, path));
  if (manifest.parent.empty()) return manifest;
  SIKU_TRY(const auto all, metadata_->Versions(""));
  const auto parent = std::find_if(
      all.begin(), all.end(), [&](const VersionInfo& v) { return v.content == manifest.parent; });
  if (parent == all.end()) {
    return Fail(Code::kData, "the version appended to is gone", manifest.parent, path);
  }
  SIKU_TRY(auto above, ReadManifest(*parent));
  above.segments.insert(above.segments.end(), manifest.segments.begin(), manifest.segments.end());
  manifest.segments = std::move(above.segments);
  return manifest;
}

}  // namespace siku
