// Checking every byte and every row, and making the index again.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>

#include "../base/durable.h"
#include "../objects/mirror.h"
#include "commit_record.h"
#include "folder.h"
#include "metadata.h"
#include "open_remote.h"
#include "run_record.h"
#include "siku/sha256.h"
#include "siku/store.h"

namespace siku {
namespace {

// Long enough for a process that is about to end, short enough for a person.
constexpr int64_t kRebuildWaitMilliseconds = 2'000;

std::string Shown(const VersionInfo& version) {
  return version.dataset + "@" + std::to_string(version.ordinal);
}

std::string Said(const char* words, const std::string& value) {
  return Describe(Error{.message = words, .value = value});
}

class Verifier {
 public:
  explicit Verifier(const Store& store) : store_(store) {}

  // Parents come before what is appended to them.
  void Check(const VersionInfo& version) {
    // What this machine has of it may be sound where the store is not.
    const auto brought = BringAnew(ManifestPath(store_.path(), version.manifest));
    if (!brought.has_value()) return Add(version, brought.error());
    auto manifest = ReadManifestFile(store_.path(), version.manifest);
    if (!manifest.has_value()) return Add(version, manifest.error());
    if (manifest->content != version.content || manifest->rows != version.rows) {
      return Add(PlaceOf(ManifestPath(store_.path(), version.manifest)),
                 Translate("it is of another version"));
    }
    bool readable = true;
    for (const Segment& segment : manifest->segments) {
      for (const DataFile& file : segment.files) readable = CheckFile(file) && readable;
    }
    ContentDigest digest;
    if (!manifest->parent.empty()) {
      const auto parent = sound_.find({version.dataset, manifest->parent});
      if (parent == sound_.end()) {
        return Add(Shown(version), Translate("the version it appends to is damaged or gone"));
      }
      digest = ContentDigest::From(parent->second);
    }
    if (!readable) return Add(Shown(version), Translate("a data file of it is damaged or gone"));
    if (auto read = AddRows(*manifest, digest); !read.has_value()) {
      return Add(version, read.error());
    }
    const auto state = digest.state();
    const std::string content = digest.Finish(manifest->schema);
    if (content != version.content) {
      return Add(Shown(version), Said("its rows have the content digest", content));
    }
    if (state.peaks != manifest->digest.peaks || state.tail != manifest->digest.tail) {
      return Add(PlaceOf(ManifestPath(store_.path(), version.manifest)),
                 Translate("it holds another digest state than its rows"));
    }
    sound_[{version.dataset, version.content}] = state;
  }
  void Add(std::string file, std::string_view what) {
    damages_.push_back({std::move(file), std::string(what)});
  }
  std::vector<Damage> Take() { return std::move(damages_); }

 private:
  void Add(const VersionInfo& version, const Error& error) {
    Error bare = error;
    bare.hint = "";
    Add(Shown(version), Describe(bare));
  }
  bool CheckFile(const DataFile& file) {
    const auto [at, fresh] = files_.try_emplace(file.sha256, false);
    if (!fresh) return at->second;
    const std::string path = store_.DataPath(file.sha256);
    if (auto brought = BringAnew(path); !brought.has_value()) {
      brought.error().place = brought.error().hint = "";
      Add(store_.DataSource(file.sha256), Describe(brought.error()));
      return at->second;
    }
    const auto hash = Sha256HexOfFile(path);
    if (!hash.has_value()) {
      Add(store_.DataSource(file.sha256),
          hash.error().code == Code::kNotFound ? Translate("it is gone") : hash.error().value);
    } else if (*hash != file.sha256) {
      Add(store_.DataSource(file.sha256), Said("its SHA-256 is", *hash));
    }
    return at->second = hash.has_value() && *hash == file.sha256;
  }
  Result<void> AddRows(const Manifest& own, ContentDigest& digest) const {
    SIKU_TRY(auto reader, VersionReader::Open(store_, own));
    for (;;) {
      SIKU_TRY(const auto batch, reader->Next());
      if (batch == nullptr) return {};
      SIKU_TRY(const auto rows, RowDigests(batch));
      digest.Add(rows);
    }
  }

  const Store& store_;
  std::vector<Damage> damages_{};
  std::map<std::string, bool> files_{};  // by hash: sound
  std::map<std::pair<std::string, std::string>, ContentDigest::State> sound_{};
};

}  // namespace

Result<std::vector<Damage>> Store::Verify(const std::string& name,
                                          const std::function<void(const std::string&)>& progress) {
  std::vector<VersionInfo> versions;
  Verifier verifier(*this);
  if (name.empty()) {
    SIKU_TRY(versions, metadata_->Versions(""));
    SIKU_TRY(CheckRecords(versions, [&](std::string file, const std::string& what) {
      verifier.Add(std::move(file), what);
    }));
  } else {
    SIKU_TRY(const auto version, FindVersion(name));
    auto chain = Chain(version);
    versions = chain.has_value() ? *chain : std::vector<VersionInfo>{version};
  }
  for (const VersionInfo& version : versions) {
    if (progress) progress(Shown(version));
    verifier.Check(version);
  }
  return verifier.Take();
}

// What a rebuilt index would say is what this one says.
Result<void> Store::CheckRecords(
    const std::vector<VersionInfo>& versions,
    const std::function<void(std::string, const std::string&)>& damage) const {
  auto commits = ReplayCommits(path_);
  if (!commits.has_value()) {
    damage(commits.error().place, Describe(commits.error()));
    return {};
  }
  std::map<std::pair<std::string, int64_t>, const IndexedVersion*> recorded;
  for (const CommitRecord& commit : *commits) {
    for (const IndexedVersion& version : commit.versions) {
      recorded[{version.dataset, version.ordinal}] = &version;
    }
  }
  for (const VersionInfo& version : versions) {
    const auto found = recorded.find({version.dataset, version.ordinal});
    if (found == recorded.end()) {
      damage(PlaceOf(path_ + "/commits"), Said("no commit record has", Shown(version)));
    } else if (found->second->content != version.content) {
      damage(PlaceOf(path_ + "/commits"),
             Said("a commit record has another version as", Shown(version)));
    }
  }
  return {};
}

Result<int64_t> Store::Rebuild(const std::string& path, const std::string& index) {
  if (objects::IsObject(path)) {
    SIKU_TRY(const auto mirror, OpenMirror(path, false, index));
    SIKU_TRY(BringRunRecords(mirror->folder()));
    return Rebuild(mirror->folder(), index);
  }
  SIKU_TRY(const auto look, LookAtFolder(path, !index.empty()));
  if (look.schema.empty() != index.empty()) {
    return Fail(Code::kInvalid, "the store's index is elsewhere than --index says",
                look.schema.empty() ? "SQLite" : look.schema, path);
  }
  SIKU_TRY(const auto alone,
           FolderLock::Take(path, FolderLock::Kind::kExclusive, kRebuildWaitMilliseconds));
  if (look.state != FolderState::kStore) SIKU_TRY(MakeFolder(path, look.schema));
  SIKU_TRY(const auto commits, ReplayCommits(path));
  std::set<std::string> committed;
  for (const CommitRecord& commit : commits) committed.insert(commit.run);
  auto runs = ReadRunRecords(path);
  for (RunInfo& run : runs) {
    if (committed.contains(run.id)) run.state = "done";
  }
  SIKU_TRY(look.schema.empty() ? WriteIndex(path, commits, runs)
                               : WritePostgresIndex(index, look.schema, commits, runs));
  return static_cast<int64_t>(commits.size());
}

}  // namespace siku
