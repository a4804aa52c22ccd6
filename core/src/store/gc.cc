// Collecting what no version refers to.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "../base/clock.h"
#include "../base/durable.h"
#include "../objects/mirror.h"
#include "commit_record.h"
#include "metadata.h"
#include "siku/store.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

// Deleting under the write lock in portions lets other writers in between.
constexpr size_t kPortion = 500;
// File times are taken from a coarser clock than ours, and both are cut to whole seconds.
constexpr int64_t kClockSeconds = 2;
// Those of a server of objects are another machine's.
constexpr int64_t kServerClockSeconds = 300;

// The store's files with their ages: of a folder as it is now, of a bucket as it was when it was
// listed.
class StoredFiles {
 public:
  explicit StoredFiles(const std::string& store) : mirror_(Mirror::Of(store + "/data")) {}

  Result<void> Look(const std::string& store) {
    if (mirror_ == nullptr) return {};
    const int64_t now = NowMilliseconds();
    SIKU_TRY(const auto objects, mirror_->Below(store));
    for (const auto& object : objects) {
      listed_[mirror_->PathOf(object.path)] = {now / 1000 - object.modified / 1'000'000'000,
                                               object.bytes};
    }
    return {};
  }
  bool remote() const { return mirror_ != nullptr; }

  // -1: it is gone.
  int64_t AgeSeconds(const fs::path& path) const {
    if (mirror_ != nullptr) {
      const auto found = listed_.find(path.string());
      return found == listed_.end() ? -1 : found->second.age;
    }
    std::error_code error;
    const auto written = fs::last_write_time(path, error);
    if (error) return -1;
    return std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() -
                                                            written)
        .count();
  }
  std::vector<fs::path> Below(const std::string& folder) const {
    std::vector<fs::path> files;
    if (mirror_ != nullptr) {
      const std::string begin = folder + "/";
      for (auto it = listed_.lower_bound(begin);
           it != listed_.end() && it->first.starts_with(begin); ++it) {
        files.emplace_back(it->first);
      }
      return files;
    }
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      if (it->is_regular_file(error)) files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  // Names of the folders of runs.
  std::set<std::string> Runs(const std::string& store) const {
    std::set<std::string> names;
    const std::string folder = store + "/runs";
    if (mirror_ != nullptr) {
      for (const fs::path& path : Below(folder)) {
        names.insert(path.lexically_relative(folder).begin()->string());
      }
      return names;
    }
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
  int64_t Bytes(const fs::path& path) const {
    if (mirror_ != nullptr) return listed_.at(path.string()).bytes;
    std::error_code error;
    return static_cast<int64_t>(fs::file_size(path, error));
  }
  // False: it stays.
  bool Remove(const fs::path& path) {
    std::error_code error;
    if (mirror_ == nullptr) return fs::remove(path, error);
    return mirror_->Drop(path.string()).has_value() && listed_.erase(path.string()) > 0;
  }
  // Whether an object was sent again since it was listed.
  bool IsRenewed(const fs::path& path, int64_t young) const {
    const auto now = mirror_->Listed(path.string());
    if (!now.has_value()) return true;
    return NowMilliseconds() / 1000 - now->modified / 1'000'000'000 < young;
  }

 private:
  struct Listed {
    int64_t age = 0;  // seconds
    int64_t bytes = 0;
  };
  std::shared_ptr<Mirror> mirror_;
  std::map<std::string, Listed> listed_{};
};

class Collector {
 public:
  Collector(const std::string& store, Metadata& metadata, StoredFiles& files, int64_t grace_seconds,
            bool dry_run)
      : store_(store),
        metadata_(metadata),
        files_(files),
        grace_(grace_seconds),
        dry_run_(dry_run) {}

  // Inside Write, each of these.

  // Nothing is committing now, so a record behind the last commit is of a process that died.
  Result<void> Commits() {
    SIKU_TRY(const int64_t last, metadata_.LastCommit());
    for (const auto& path : files_.Below(store_ + "/commits")) {
      const bool record = path.extension() == ".json";
      if (!record || std::atoll(path.stem().c_str()) > last) Remove(path);
    }
    return {};
  }
  // Tasks go before the data files they speak of: a run that is resumed later does them again.
  Result<void> Runs() {
    SIKU_TRY(const int64_t young, YoungSeconds());
    SIKU_TRY(const auto runs, metadata_.Runs());
    std::set<std::string> known;
    for (const RunInfo& run : runs) {
      known.insert(run.id);
      const std::string folder = store_ + "/runs/" + run.id;
      if (run.state == "done") {
        if (Idle(folder + "/parts", young)) Empty({folder + "/parts"});
        ForgetParts(folder);
      } else if (Idle(folder, young)) {
        Empty({folder + "/tasks", folder + "/parts", folder + "/ledger"});
      } else {
        resumable_ = std::min(resumable_, run.created);
      }
    }
    std::error_code error;
    for (const std::string& name : files_.Runs(store_)) {
      const std::string folder = store_ + "/runs/" + name;
      if (known.contains(name) || !Idle(folder, young)) continue;
      Empty({folder});
      if (!dry_run_) fs::remove_all(folder, error);
    }
    return {};
  }
  Result<void> Files(const fs::path* first, const fs::path* last) {
    SIKU_TRY(const auto referenced, metadata_.Referenced());
    SIKU_TRY(const int64_t young, YoungSeconds());
    for (const fs::path* path = first; path != last; ++path) {
      if (std::binary_search(referenced.begin(), referenced.end(), path->stem().string())) continue;
      const int64_t age = files_.AgeSeconds(*path);
      if (age >= 0 && age >= young) RemoveUnlessRenewed(*path, young);
    }
    return {};
  }
  const GcReport& report() const { return report_; }

 private:
  // Whatever came after the oldest live lease began may be on its way into a commit; so may the
  // files of a run that can be resumed.
  Result<int64_t> YoungSeconds() {
    const int64_t now = NowMilliseconds();
    SIKU_TRY(const auto lease, metadata_.OldestLease(now));
    const int64_t oldest = std::min(lease.value_or(now + 1), resumable_);
    const int64_t slack = files_.remote() ? kServerClockSeconds : kClockSeconds;
    return oldest > now ? grace_ : std::max(grace_, (now - oldest) / 1000 + slack);
  }
  bool Idle(const fs::path& folder, int64_t young) const {
    if (files_.remote()) {
      const auto paths = files_.Below(folder.string());
      return !paths.empty() && std::all_of(paths.begin(), paths.end(), [&](const fs::path& path) {
        return files_.AgeSeconds(path) >= young;
      });
    }
    int64_t age = files_.AgeSeconds(folder);
    if (age < 0) return false;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      age = std::min(age, files_.AgeSeconds(it->path()));
    }
    return age >= young;
  }
  // What this machine has of a run in S3 that is done elsewhere.
  void ForgetParts(const std::string& folder) const {
    std::error_code ignored;
    if (files_.remote() && !dry_run_) fs::remove_all(folder + "/parts", ignored);
  }
  void Empty(const std::vector<std::string>& folders) {
    const int64_t before = report_.files;
    for (const std::string& folder : folders) {
      for (const auto& path : files_.Below(folder)) Remove(path);
    }
    if (report_.files > before) ++report_.runs;
  }
  void Remove(const fs::path& path) {
    const int64_t bytes = files_.Bytes(path);
    if (!dry_run_ && !files_.Remove(path)) return;
    ++report_.files;
    report_.bytes += bytes;
  }
  // A writer gives a file its name without our lock. If it came between our look and our hand, the
  // file is young now and goes back.
  void RemoveUnlessRenewed(const fs::path& path, int64_t young) {
    if (dry_run_ || path.extension() == ".gone") return Remove(path);
    if (files_.remote()) {
      // One that is sent again in this moment is missed by its commit, and made again.
      if (!files_.IsRenewed(path, young)) Remove(path);
      return;
    }
    const std::string aside = path.string() + "." + UniqueName() + ".gone";
    if (::rename(path.c_str(), aside.c_str()) != 0) return;
    if (files_.AgeSeconds(aside) < young) {
      (void)RenameDurably(aside, path.string()).has_value();
    } else {
      Remove(aside);
    }
  }

  const std::string& store_;
  Metadata& metadata_;
  StoredFiles& files_;
  int64_t grace_;
  bool dry_run_;
  int64_t resumable_ = INT64_MAX;  // start of the oldest run that can be resumed, milliseconds
  GcReport report_{};
};

}  // namespace

Result<GcReport> Store::Gc(int64_t grace_seconds, bool dry_run) {
  StoredFiles files(path_);
  SIKU_TRY(files.Look(path_));
  Collector collector(path_, *metadata_, files, grace_seconds, dry_run);
  SIKU_TRY(metadata_->Write([&] { return collector.Commits(); }));
  SIKU_TRY(metadata_->Write([&] { return collector.Runs(); }));
  std::vector<fs::path> candidates = files.Below(path_ + "/data");
  for (const auto& path : files.Below(path_ + "/manifests")) candidates.push_back(path);
  for (size_t first = 0; first < candidates.size(); first += kPortion) {
    const fs::path* begin = candidates.data() + first;
    const fs::path* end = begin + std::min(kPortion, candidates.size() - first);
    SIKU_TRY(metadata_->Write([&] { return collector.Files(begin, end); }));
  }
  return collector.report();
}

}  // namespace siku
