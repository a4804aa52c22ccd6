// Collecting what no version refers to.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "../base/durable.h"
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

int64_t AgeSeconds(const fs::path& path) {
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  if (error) return -1;
  return std::chrono::duration_cast<std::chrono::seconds>(fs::file_time_type::clock::now() -
                                                          written)
      .count();
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

class Collector {
 public:
  Collector(const std::string& store, Metadata& metadata, int64_t grace_seconds, bool dry_run)
      : store_(store), metadata_(metadata), grace_(grace_seconds), dry_run_(dry_run) {}

  // Inside Write, each of these.

  // Nothing is committing now, so a record behind the last commit is of a process that died.
  Result<void> Commits() {
    SIKU_TRY(const int64_t last, metadata_.LastCommit());
    for (const auto& path : FilesBelow(store_ + "/commits")) {
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
      } else if (Idle(folder, young)) {
        Empty({folder + "/tasks", folder + "/parts", folder + "/ledger"});
      } else {
        resumable_ = std::min(resumable_, run.created);
      }
    }
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store_ + "/runs", error)) {
      if (known.contains(entry.path().filename().string()) || !Idle(entry.path(), young)) continue;
      Empty({entry.path().string()});
      if (!dry_run_) fs::remove_all(entry.path(), error);
    }
    return {};
  }
  Result<void> Files(const fs::path* first, const fs::path* last) {
    SIKU_TRY(const auto referenced, metadata_.Referenced());
    SIKU_TRY(const int64_t young, YoungSeconds());
    for (const fs::path* path = first; path != last; ++path) {
      if (std::binary_search(referenced.begin(), referenced.end(), path->stem().string())) continue;
      const int64_t age = AgeSeconds(*path);
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
    return oldest > now ? grace_ : std::max(grace_, (now - oldest) / 1000 + kClockSeconds);
  }
  static bool Idle(const fs::path& folder, int64_t young) {
    int64_t age = AgeSeconds(folder);
    if (age < 0) return false;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      age = std::min(age, AgeSeconds(it->path()));
    }
    return age >= young;
  }
  void Empty(const std::vector<std::string>& folders) {
    const int64_t before = report_.files;
    for (const std::string& folder : folders) {
      for (const auto& path : FilesBelow(folder)) Remove(path);
    }
    if (report_.files > before) ++report_.runs;
  }
  void Remove(const fs::path& path) {
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    if (!dry_run_ && !fs::remove(path, error)) return;
    ++report_.files;
    report_.bytes += static_cast<int64_t>(bytes);
  }
  // A writer gives a file its name without our lock. If it came between our look and our hand, the
  // file is young now and goes back.
  void RemoveUnlessRenewed(const fs::path& path, int64_t young) {
    if (dry_run_ || path.extension() == ".gone") return Remove(path);
    const std::string aside = path.string() + "." + UniqueName() + ".gone";
    if (::rename(path.c_str(), aside.c_str()) != 0) return;
    if (AgeSeconds(aside) < young) {
      (void)RenameDurably(aside, path.string()).has_value();
    } else {
      Remove(aside);
    }
  }

  const std::string& store_;
  Metadata& metadata_;
  int64_t grace_;
  bool dry_run_;
  int64_t resumable_ = INT64_MAX;  // start of the oldest run that can be resumed, milliseconds
  GcReport report_{};
};

}  // namespace

Result<GcReport> Store::Gc(int64_t grace_seconds, bool dry_run) {
  Collector collector(path_, *metadata_, grace_seconds, dry_run);
  SIKU_TRY(metadata_->Write([&] { return collector.Commits(); }));
  SIKU_TRY(metadata_->Write([&] { return collector.Runs(); }));
  std::vector<fs::path> candidates = FilesBelow(path_ + "/data");
  for (const auto& path : FilesBelow(path_ + "/manifests")) candidates.push_back(path);
  for (size_t first = 0; first < candidates.size(); first += kPortion) {
    const fs::path* begin = candidates.data() + first;
    const fs::path* end = begin + std::min(kPortion, candidates.size() - first);
    SIKU_TRY(metadata_->Write([&] { return collector.Files(begin, end); }));
  }
  return collector.report();
}

}  // namespace siku
