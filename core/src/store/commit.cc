// The commit point: one transaction makes versions visible, or replaces the files of one.
#include <algorithm>
#include <filesystem>
#include <set>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "commit_record.h"
#include "data_file.h"
#include "metadata.h"
#include "siku/names.h"
#include "siku/sha256.h"
#include "siku/store.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

struct Prepared {
  IndexedVersion version;
  std::string schema;
  std::string manifest;  // JSON
};

Result<Prepared> Prepare(const VersionDraft& draft) {
  const Manifest& manifest = draft.manifest;
  if (!IsDatasetName(draft.dataset)) {
    return Fail(Code::kInvalid, "a dataset's name is lower-case letters, digits, . _ and -",
                draft.dataset);
  }
  SIKU_TRY(auto json, ManifestJson(manifest));
  // What this refuses could be written, but not be read again.
  auto again = ManifestFromJson(json, draft.dataset);
  if (!again.has_value() ||
      manifest.content != ContentDigest::From(manifest.digest).Finish(manifest.schema)) {
    return Fail(Code::kInternal, "a draft's manifest contradicts itself",
                again.has_value() ? "" : again.error().value, draft.dataset);
  }
  const std::string sha = Sha256Hex(json);
  Prepared made{.version = {.dataset = draft.dataset,
                            .content = manifest.content,
                            .manifest = sha,
                            .parent = manifest.parent,
                            .rows = manifest.rows},
                .schema = manifest.schema,
                .manifest = std::move(json)};
  for (const Segment& segment : manifest.segments) {
    made.version.files.insert(made.version.files.end(), segment.files.begin(), segment.files.end());
  }
  return made;
}

VersionInfo InfoOf(const IndexedVersion& version, const CommitRecord& record) {
  return {version.dataset, version.ordinal, version.content, version.manifest,
          version.rows,    version.bytes(), record.created,  record.run};
}

Result<void> MakeYoung(const std::string& path) {
  std::error_code error;
  fs::last_write_time(path, fs::file_time_type::clock::now(), error);
  // An object is as old as its last upload.
  if (Mirror::Of(path) == nullptr) return {};
  SIKU_TRY(Bring(path));
  return fs::exists(path, error) ? Share(path) : Result<void>();
}

// The version a draft is already: the newest, or one this run committed before it was killed.
const VersionInfo* Known(const std::vector<VersionInfo>& have, const std::string& content,
                         const std::string& run) {
  if (have.empty()) return nullptr;
  if (have.back().content == content) return &have.back();
  const auto mine = std::find_if(have.rbegin(), have.rend(), [&](const VersionInfo& v) {
    return !run.empty() && v.run == run && v.content == content;
  });
  return mine == have.rend() ? nullptr : &*mine;
}

}  // namespace

// Inside the write transaction: what stands now stays.
Result<void> Store::CheckDraft(const IndexedVersion& version, const std::string& schema,
                               const std::vector<VersionInfo>& have) const {
  if (!version.parent.empty()) {
    if (have.empty() || have.back().content != version.parent) {
      return Fail(Code::kConflict, "the dataset has a newer version than the one appended to",
                  version.dataset);
    }
    SIKU_TRY(const auto parent, ReadManifestFile(path_, have.back().manifest));
    if (parent.schema != schema) {
      return Fail(Code::kInvalid, "the rows to append have other columns than the dataset",
                  version.dataset);
    }
  }
  for (const DataFile& file : version.files) {
    SIKU_TRY(const bool there, HasData(file.sha256));
    if (!there) {
      return Fail(Code::kConflict, "a data file is gone", file.sha256, version.dataset);
    }
  }
  return {};
}

Result<std::vector<VersionInfo>> Store::Commit(const std::vector<VersionDraft>& drafts,
                                               const std::string& run) {
  std::vector<Prepared> prepared;
  std::set<std::string> names;
  for (const VersionDraft& draft : drafts) {
    SIKU_TRY(auto one, Prepare(draft));
    if (!names.insert(draft.dataset).second) {
      return Fail(Code::kInvalid, "a commit names a dataset twice", draft.dataset);
    }
    prepared.push_back(std::move(one));
  }
  CommitRecord record;
  record.run = run;
  std::vector<VersionInfo> committed;
  auto done = metadata_->Write([&]() -> Result<void> {
    std::vector<std::string> manifests;
    std::vector<size_t> fresh;  // places in `committed`
    for (Prepared& one : prepared) {
      SIKU_TRY(const auto have, metadata_->Versions(one.version.dataset));
      if (const VersionInfo* known = Known(have, one.version.content, run)) {
        committed.push_back(*known);
        continue;
      }
      SIKU_TRY(CheckDraft(one.version, one.schema, have));
      one.version.ordinal = have.empty() ? 1 : have.back().ordinal + 1;
      fresh.push_back(committed.size());
      committed.emplace_back();
      record.versions.push_back(one.version);
      manifests.push_back(one.manifest);
    }
    if (fresh.empty()) return {};
    SIKU_TRY(SyncFolder(path_ + "/data"));
    SIKU_TRY(RecordCommit(path_, *metadata_, record, manifests));
    for (size_t i = 0; i < fresh.size(); ++i) {
      committed[fresh[i]] = InfoOf(record.versions[i], record);
    }
    return {};
  });
  if (done.has_value()) return committed;
  ForgetCommit(path_, *metadata_, record.ordinal);
  return tl::make_unexpected(std::move(done).error());
}

Result<VersionInfo> Store::Compact(const std::string& name) {
  SIKU_TRY(const auto lease, Hold("compact"));
  SIKU_TRY(const auto version, FindVersion(name));
  SIKU_TRY(const auto old, ReadManifestFile(path_, version.manifest));
  if (old.parent.empty() && old.segments.size() <= 1 &&
      (old.segments.empty() || old.segments.front().files.size() <= 1)) {
    return version;
  }
  SIKU_TRY(auto manifest, ReadManifest(version));
  SIKU_TRY(auto reader, VersionReader::Open(*this, manifest));
  DataFilesWriter writer(path_ + "/data", reader->schema());
  ContentDigest digest;
  for (;;) {
    SIKU_TRY(auto batch, reader->Next());
    if (batch == nullptr) break;
    SIKU_TRY(const auto rows, RowDigests(batch));
    digest.Add(rows);
    SIKU_TRY(writer.Append(batch));
  }
  if (digest.Finish(manifest.schema) != version.content) {
    return Fail(Code::kUnbalanced, "the rows do not have the version's content digest", name, {},
                "`siku store verify` says where the damage is");
  }
  SIKU_TRY(auto files, writer.Finish());
  manifest.parent.clear();
  manifest.segments = {{manifest.rows, std::move(files)}};
  SIKU_TRY(const auto prepared, Prepare({version.dataset, manifest}));
  CommitRecord record{.compaction = true, .versions = {prepared.version}};
  record.versions.front().ordinal = version.ordinal;
  auto done = metadata_->Write([&]() -> Result<void> {
    SIKU_TRY(CheckDraft(prepared.version, prepared.schema, {}));
    // Readers of the old files began before; what nothing refers to any more is young from now on.
    for (const Segment& segment : old.segments) {
      for (const DataFile& file : segment.files) SIKU_TRY(MakeYoung(DataPath(file.sha256)));
    }
    SIKU_TRY(MakeYoung(ManifestPath(path_, version.manifest)));
    SIKU_TRY(SyncFolder(path_ + "/data"));
    return RecordCommit(path_, *metadata_, record, {prepared.manifest});
  });
  if (!done.has_value()) {
    ForgetCommit(path_, *metadata_, record.ordinal);
    return tl::make_unexpected(std::move(done).error());
  }
  return FindVersion(version.dataset + "@" + std::to_string(version.ordinal));
}

}  // namespace siku
