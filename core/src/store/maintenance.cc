// Collecting garbage, making the index again, checking every byte, compacting.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "../base/durable.h"
#include "commit_record.h"
#include "data_file.h"
#include "metadata.h"
#include "siku/sha256.h"
#include "siku/store.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kManifestLimit = 1LL << 30;
// Deleting under the write lock in portions lets other writers in between.
constexpr size_t kPortion = 500;

int64_t AgeSeconds(const fs::path& path) {
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  if (error) return -1;
  return std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() -
                                                          written)
      .count();
}

Result<std::string> HashFile(const std::string& path) {
  Sha256 hash;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Errno("cannot read", path);
  std::string chunk(1 << 20, '\0');
  size_t got = 0;
  while ((got = std::fread(chunk.data(), 1, chunk.size(), file)) > 0) {
    hash.Update(std::string_view(chunk).substr(0, got));
  }
  std::fclose(file);
  return Hex(hash.Finish());
}

std::vector<fs::path> FilesBelow(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error)) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<GcReport> Store::Gc(int64_t grace_seconds, bool dry_run) {
  GcReport report;
  std::vector<fs::path> candidates = FilesBelow(path_ + "/data");
  for (const auto& path : FilesBelow(path_ + "/manifests")) candidates.push_back(path);
  for (size_t first = 0; first < candidates.size(); first += kPortion) {
    SIKU_TRY(metadata_->Write([&]() -> Result<void> {
      SIKU_TRY(const auto referenced, metadata_->Referenced());
      const int64_t now = NowMilliseconds();
      SIKU_TRY(const int64_t oldest, metadata_->OldestLease(now));
      // Whatever came after the oldest live lease began may be on its way into a commit.
      const int64_t young = std::max(grace_seconds, (now - oldest) / 1000 + (oldest < now ? 1 : 0));
      for (size_t i = first; i < std::min(first + kPortion, candidates.size()); ++i) {
        const fs::path& path = candidates[i];
        if (std::binary_search(referenced.begin(), referenced.end(), path.stem().string()))
          continue;
        const int64_t age = AgeSeconds(path);
        if (age < 0 || age < young) continue;
        std::error_code error;
        const auto bytes = fs::file_size(path, error);
        if (!dry_run && !fs::remove(path, error)) continue;
        ++report.files;
        report.bytes += static_cast<int64_t>(bytes);
      }
      return {};
    }));
  }
  // A commit record that no commit followed.
  SIKU_TRY(metadata_->Write([&]() -> Result<void> {
    SIKU_TRY(const int64_t last, metadata_->LastCommit());
    for (const auto& path : FilesBelow(path_ + "/commits")) {
      const bool stale = path.extension() != ".json" || std::atoll(path.stem().c_str()) > last;
      if (!stale || AgeSeconds(path) < grace_seconds) continue;
      std::error_code error;
      if (dry_run || fs::remove(path, error)) ++report.files;
    }
    return {};
  }));
  return report;
}

Result<int64_t> Store::Rebuild(const std::string& path) {
  std::vector<CommitRecord> commits;
  for (const auto& file : FilesBelow(path + "/commits")) {
    if (file.extension() != ".json") continue;
    SIKU_TRY(const auto json, ReadWhole(file.string(), kManifestLimit));
    SIKU_TRY(auto commit, CommitFromJson(json, file.string()));
    bool whole = true;
    for (IndexedVersion& version : commit.versions) {
      const std::string manifest_path = ManifestPath(path, version.manifest);
      auto manifest_json = ReadWhole(manifest_path, kManifestLimit);
      if (!manifest_json.has_value()) {
        whole = false;
        break;
      }
      SIKU_TRY(const auto manifest, ManifestFromJson(*manifest_json, manifest_path));
      version.content = manifest.content;
      version.parent = manifest.parent;
      version.rows = manifest.rows;
      for (const Segment& segment : manifest.segments) {
        for (const DataFile& data : segment.files) {
          whole = whole && fs::exists(path + "/data/" + data.sha256.substr(0, 2) + "/" +
                                      data.sha256 + ".parquet");
          version.files.push_back(data);
        }
      }
    }
    // Incomplete: compacted away since, or never committed.
    if (whole) commits.push_back(std::move(commit));
  }
  const std::string fresh = path + "/index.new.sqlite";
  for (const char* tail : {"", "-wal", "-shm"}) ::unlink((fresh + tail).c_str());
  {
    SIKU_TRY(auto metadata, OpenSqlite(fresh, true));
    SIKU_TRY(metadata->Write([&]() -> Result<void> {
      for (const CommitRecord& commit : commits) SIKU_TRY(metadata->Insert(commit));
      std::error_code error;
      for (const auto& run : fs::directory_iterator(path + "/runs", error)) {
        const bool done = std::any_of(commits.begin(), commits.end(), [&](const CommitRecord& c) {
          return c.run == run.path().filename().string();
        });
        SIKU_TRY(metadata->PutRun(
            {run.path().filename().string(), done ? "done" : "interrupted", "", 0}));
      }
      return {};
    }));
  }
  for (const char* tail : {"-wal", "-shm"}) ::unlink((path + "/index.sqlite" + tail).c_str());
  if (::rename(fresh.c_str(), (path + "/index.sqlite").c_str()) != 0) {
    return Errno("cannot replace the index", path);
  }
  SIKU_TRY(SyncFolder(path));
  return static_cast<int64_t>(commits.size());
}

Result<std::vector<Damage>> Store::Verify(const std::string& name,
                                          const std::function<void(const std::string&)>& progress) {
  std::vector<VersionInfo> versions;
  if (name.empty()) {
    SIKU_TRY(versions, metadata_->Versions(""));
  } else {
    SIKU_TRY(auto one, FindVersion(name));
    versions.push_back(std::move(one));
  }
  std::vector<Damage> damages;
  std::set<std::string> hashed;
  for (const VersionInfo& version : versions) {
    const std::string shown = version.dataset + "@" + std::to_string(version.ordinal);
    if (progress) progress(shown);
    auto manifest = ReadManifest(version);
    if (!manifest.has_value()) {
      damages.push_back({shown, Describe(manifest.error())});
      continue;
    }
    bool readable = true;
    for (const Segment& segment : manifest->segments) {
      for (const DataFile& file : segment.files) {
        if (!hashed.insert(file.sha256).second) continue;
        const auto hash = HashFile(DataPath(file.sha256));
        if (hash.has_value() && *hash == file.sha256) continue;
        readable = false;
        damages.push_back({DataPath(file.sha256),
                           hash.has_value() ? "its SHA-256 is " + *hash : Describe(hash.error())});
      }
    }
    if (!readable) continue;
    SIKU_TRY(auto reader, VersionReader::Open(*this, *manifest));
    ContentDigest digest;
    for (;;) {
      SIKU_TRY(auto batch, reader->Next());
      if (batch == nullptr) break;
      SIKU_TRY(const auto rows, RowDigests(batch));
      digest.Add(rows);
    }
    const std::string content = digest.Finish(manifest->schema);
    if (content != version.content) {
      damages.push_back(
          {shown, "its rows have the content digest " + content + ", not " + version.content});
    }
  }
  return damages;
}

Result<VersionInfo> Store::Compact(const std::string& name) {
  SIKU_TRY(auto lease, Hold("compact"));
  SIKU_TRY(const auto version, FindVersion(name));
  SIKU_TRY(auto manifest, ReadManifest(version));
  SIKU_TRY(auto reader, VersionReader::Open(*this, manifest));
  auto writer = MakeDataFileWriter(path_ + "/data", reader->schema());
  ContentDigest digest;
  for (;;) {
    SIKU_TRY(auto batch, reader->Next());
    if (batch == nullptr) break;
    SIKU_TRY(const auto rows, RowDigests(batch));
    digest.Add(rows);
    SIKU_TRY(writer->Append(batch));
  }
  if (digest.Finish(manifest.schema) != version.content) {
    return Fail(Code::kUnbalanced, "the rows do not have the version's content digest", name, {},
                "`siku store verify` says where the damage is");
  }
  SIKU_TRY(const auto file, writer->Finish());
  manifest.parent.clear();
  manifest.segments = {{manifest.rows, {}}};
  if (file.rows > 0) manifest.segments.front().files.push_back(file);
  const std::string json = ManifestJson(manifest);
  const std::string sha = Sha256Hex(json);
  const std::string path = ManifestPath(path_, sha);
  SIKU_TRY(MakeFolders(fs::path(path).parent_path().string()));
  SIKU_TRY(ReplaceDurably(path, json));
  SIKU_TRY(metadata_->Write([&]() -> Result<void> {
    // Recorded as a commit of its own, so that a rebuilt index knows the new files, too.
    CommitRecord record{0,
                        NowMilliseconds(),
                        "",
                        {{version.dataset, version.content, sha, "", version.rows,
                          manifest.segments.front().files}}};
    SIKU_TRY(record.ordinal, metadata_->NextCommit());
    SIKU_TRY(ReplaceDurably(CommitPath(path_, record.ordinal), CommitJson(record)));
    SIKU_TRY(metadata_->Insert({record.ordinal, record.created, "", {}}));
    return metadata_->SetManifest(version.content, sha, manifest.segments.front().files);
  }));
  return FindVersion(name);
}

}  // namespace siku
