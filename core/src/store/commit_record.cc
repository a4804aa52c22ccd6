#include "commit_record.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "../base/clock.h"
#include "../base/durable.h"
#include "../objects/mirror.h"
#include "canonical_json.h"
#include "siku/sha256.h"

namespace siku {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kCommitFormat = 1;

std::string DataFilePath(const std::string& store, const std::string& sha256) {
  return store + "/data/" + sha256.substr(0, 2) + "/" + sha256 + ".parquet";
}

// Fills in what the manifest says; false: it or one of its files is gone or damaged.
bool FillFromManifest(const std::string& store, IndexedVersion& version) {
  const auto manifest = ReadManifestFile(store, version.manifest);
  if (!manifest.has_value()) return false;
  version.parent = manifest->parent;
  version.files.clear();
  bool whole = true;
  for (const Segment& segment : manifest->segments) {
    for (const DataFile& file : segment.files) {
      version.files.push_back(file);
      if (whole) whole = IsShared(DataFilePath(store, file.sha256)).value_or(false);
    }
  }
  return whole;
}

}  // namespace

std::string ManifestPath(const std::string& store, const std::string& sha256) {
  return store + "/manifests/" + sha256.substr(0, 2) + "/" + sha256 + ".json";
}

Result<Manifest> ReadManifestFile(const std::string& store, const std::string& sha256) {
  const std::string path = ManifestPath(store, sha256);
  SIKU_TRY(Bring(path));
  auto text = ReadWhole(path, kManifestLimit);
  if (!text.has_value()) {
    text.error().place = PlaceOf(path);
    return tl::unexpected<Error>(text.error());
  }
  if (Sha256Hex(*text) != sha256) {
    return Fail(Code::kData, "the manifest is not the one of its name", {}, PlaceOf(path),
                "`siku store verify` says what else is damaged");
  }
  return ManifestFromJson(*text, PlaceOf(path));
}

std::string CommitPath(const std::string& store, int64_t ordinal) {
  std::string digits = std::to_string(ordinal);
  digits.insert(0, 12 - std::min<size_t>(12, digits.size()), '0');
  return store + "/commits/" + digits + ".json";
}

Result<std::string> CommitJson(const CommitRecord& record) {
  json versions = json::array();
  for (const IndexedVersion& version : record.versions) {
    versions.push_back({{"dataset", version.dataset},
                        {"ordinal", version.ordinal},
                        {"content", version.content},
                        {"manifest", version.manifest},
                        {"rows", version.rows}});
  }
  return WriteCanonicalJson({{"format", kCommitFormat},
                             {"kind", record.compaction ? "compaction" : "commit"},
                             {"ordinal", record.ordinal},
                             {"created", record.created},
                             {"run", record.run},
                             {"versions", versions}});
}

Result<CommitRecord> CommitFromJson(const std::string& text, const std::string& place) {
  SIKU_TRY(const auto in, ReadJson(text, place));
  try {
    if (in.at("format").get<int>() > kCommitFormat) {
      return Fail(Code::kUnsupported, "the commit record has a newer format",
                  in.at("format").dump(), place);
    }
    CommitRecord record;
    record.ordinal = in.at("ordinal");
    record.created = in.at("created");
    record.run = in.at("run");
    record.compaction = in.at("kind").get<std::string>() == "compaction";
    for (const json& item : in.at("versions")) {
      IndexedVersion version;
      version.dataset = item.at("dataset");
      version.ordinal = item.at("ordinal");
      version.content = item.at("content");
      version.manifest = item.at("manifest");
      version.rows = item.at("rows");
      record.versions.push_back(std::move(version));
    }
    return record;
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the commit record cannot be read", e.what(), place,
                "restore it from a copy; without it the versions it names are lost");
  }
}

Result<std::vector<CommitRecord>> ReplayCommits(const std::string& store) {
  std::vector<std::string> paths;
  SIKU_TRY(const auto names, NamesIn(store + "/commits"));
  for (const std::string& name : names) {
    if (name.ends_with(".json")) paths.push_back(store + "/commits/" + name);
  }
  std::vector<CommitRecord> commits;
  // Manifests that compactions gave a version, oldest first.
  std::map<std::pair<std::string, int64_t>, std::vector<std::string>> compacted;
  for (const std::string& path : paths) {
    SIKU_TRY(BringAnew(path));
    SIKU_TRY(const auto text, ReadWhole(path, kManifestLimit));
    SIKU_TRY(auto commit, CommitFromJson(text, PlaceOf(path)));
    if (CommitPath(store, commit.ordinal) != path) {
      return Fail(Code::kData, "the commit record has the name of another",
                  std::to_string(commit.ordinal), PlaceOf(path));
    }
    if (commit.compaction) {
      for (const IndexedVersion& version : commit.versions) {
        compacted[{version.dataset, version.ordinal}].push_back(version.manifest);
      }
      commit.versions.clear();
    }
    commits.push_back(std::move(commit));
  }
  for (CommitRecord& commit : commits) {
    for (IndexedVersion& version : commit.versions) {
      const IndexedVersion first = version;
      const auto& later = compacted[{version.dataset, version.ordinal}];
      // The newest that is whole; a compaction may have been cut short, or its files lost.
      bool whole = false;
      for (auto it = later.rbegin(); it != later.rend() && !whole; ++it) {
        version.manifest = *it;
        whole = FillFromManifest(store, version);
      }
      if (!whole) {
        version = first;
        FillFromManifest(store, version);
      }
    }
  }
  return commits;
}

Result<void> RecordCommit(const std::string& store, Metadata& metadata, CommitRecord& record,
                          const std::vector<std::string>& manifests) {
  for (const std::string& text : manifests) {
    const std::string path = ManifestPath(store, Sha256Hex(text));
    SIKU_TRY(MakeFolders(fs::path(path).parent_path().string()));
    SIKU_TRY(ReplaceDurably(path, text));
    SIKU_TRY(Share(path));
  }
  SIKU_TRY(SyncFolder(store + "/manifests"));
  SIKU_TRY(const int64_t last, metadata.LastCommit());
  record.ordinal = last + 1;
  record.created = NowMilliseconds();
  SIKU_TRY(const auto text, CommitJson(record));
  const std::string path = CommitPath(store, record.ordinal);
  SIKU_TRY(ReplaceDurably(path, text));
  SIKU_TRY(Share(path));
  return metadata.Insert(record);
}

void ForgetCommit(const std::string& store, Metadata& metadata, int64_t ordinal) {
  if (ordinal == 0) return;
  // If this fails, too, the record stays as one of a process that died: the next commit or `gc`
  // replaces it.
  (void)metadata
      .Write([&]() -> Result<void> {
        SIKU_TRY(const int64_t last, metadata.LastCommit());
        return last < ordinal ? Drop(CommitPath(store, ordinal)) : Result<void>();
      })
      .has_value();
}

}  // namespace siku
