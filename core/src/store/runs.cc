#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "../base/clock.h"
#include "../base/durable.h"
#include "../objects/mirror.h"
#include "canonical_json.h"
#include "lease.h"
#include "metadata.h"
#include "run_record.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kRecordLimit = 1 << 20;
constexpr int64_t kLockPatience = 5'000;  // milliseconds

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

// What a run's lease and lock are called.
std::string LeaseOfRun(const std::string& id) { return "run " + id; }

std::string RecordPath(const std::string& store, const std::string& id) {
  return store + "/runs/" + id + "/state.json";
}

}  // namespace

Result<void> WriteRunRecord(const std::string& store, const RunInfo& run) {
  SIKU_TRY(
      const auto text,
      WriteCanonicalJson(
          {{"format", 1}, {"recipe", run.recipe}, {"state", run.state}, {"created", run.created}}));
  const std::string path = RecordPath(store, run.id);
  SIKU_TRY(ReplaceDurably(path, text));
  return Share(path);
}

Result<void> BringRunRecords(const std::string& store) {
  const auto mirror = Mirror::Of(store + "/runs");
  if (mirror == nullptr) return {};
  SIKU_TRY(const auto objects, mirror->Below(store + "/runs"));
  for (const auto& object : objects) {
    if (object.path.ends_with("/state.json")) SIKU_TRY(BringAnew(mirror->PathOf(object.path)));
  }
  return {};
}

std::vector<RunInfo> ReadRunRecords(const std::string& store) {
  std::vector<RunInfo> runs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(store + "/runs", error)) {
    const std::string id = entry.path().filename().string();
    const auto text = ReadWhole(RecordPath(store, id), kRecordLimit);
    if (!text.has_value()) continue;
    const auto in = ReadJson(*text, id);
    if (!in.has_value()) continue;
    try {
      runs.push_back({id, in->at("state"), in->at("recipe"), in->at("created")});
    } catch (const std::exception&) {
      continue;  // not ours, as if it had none
    }
  }
  std::sort(runs.begin(), runs.end(), [](const RunInfo& a, const RunInfo& b) {
    return a.created != b.created ? a.created < b.created : a.id < b.id;
  });
  return runs;
}

Result<std::string> Store::CreateRun(const std::string& recipe_name) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const RunInfo run{TimedId(), "running", recipe_name, NowMilliseconds()};
    const std::string folder = RunFolder(run.id);
    std::error_code error;
    if (!fs::create_directory(folder, error)) {
      if (!error) continue;  // somebody has this name
      errno = error.value();
      return Errno("cannot make the folder", folder);
    }
    for (const char* inside : {"ledger", "parts", "tasks"}) {
      SIKU_TRY(MakeFolders(folder + "/" + inside));
    }
    SIKU_TRY(SyncFolder(path_ + "/runs"));
    // Another machine may have a folder of the same name.
    SIKU_TRY(const auto runs, metadata_->Runs());
    if (std::any_of(runs.begin(), runs.end(),
                    [&](const RunInfo& other) { return other.id == run.id; })) {
      continue;
    }
    // The record first: an index that is made anew knows all runs that this one knew.
    SIKU_TRY(WriteRunRecord(path_, run));
    SIKU_TRY(metadata_->Write([&] { return metadata_->PutRun(run); }));
    return run.id;
  }
  return Fail(Code::kBusy, "no free name for a run");
}

std::string Store::RunFolder(const std::string& id) const { return path_ + "/runs/" + id; }

Result<void> Store::SetRunState(const std::string& id, const std::string& state) {
  SIKU_TRY(auto run, FindRun(id));
  run.state = state;
  SIKU_TRY(WriteRunRecord(path_, run));
  return metadata_->Write([&] { return metadata_->PutRun(run); });
}

Result<std::vector<RunInfo>> Store::Runs() const {
  SIKU_TRY(auto runs, metadata_->Runs());
  SIKU_TRY(const auto leased, metadata_->Leased(NowMilliseconds()));
  for (RunInfo& run : runs) {
    // A process that was killed says nothing of its end, but renews no lease.
    const bool alive = std::binary_search(leased.begin(), leased.end(), LeaseOfRun(run.id));
    if (run.state == "running" && !alive) run.state = "interrupted";
  }
  return runs;
}

Result<RunInfo> Store::FindRun(const std::string& id) const {
  SIKU_TRY(const auto runs, metadata_->Runs());
  if (id == "last" && !runs.empty()) return runs.back();
  std::vector<RunInfo> found;
  for (const RunInfo& run : runs) {
    if (run.id == id) return run;
    if (!id.empty() && run.id.starts_with(id)) found.push_back(run);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) return Fail(Code::kNotFound, "no such run", id, {}, "`siku runs` lists them");
  return Fail(Code::kInvalid, "several runs begin so", id);
}

namespace {

class HeldRun final : public Lease {
 public:
  HeldRun(Metadata& metadata, std::string name) : metadata_(metadata), name_(std::move(name)) {}
  ~HeldRun() override { metadata_.Unlock(name_); }

 private:
  Metadata& metadata_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<Lease>> Store::LockRun(const std::string& id) {
  // The server sees that a process is gone a moment after it is.
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kLockPatience);
  for (;;) {
    SIKU_TRY(const bool ours, metadata_->TryLock(LeaseOfRun(id)));
    if (ours) return std::make_unique<HeldRun>(*metadata_, LeaseOfRun(id));
    if (std::chrono::steady_clock::now() >= until) {
      return Fail(Code::kBusy, "another process works on this run", id);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

Result<std::unique_ptr<Lease>> Store::Hold(const std::string& what) {
  int64_t started = NowMilliseconds();
  SIKU_TRY(const auto runs, metadata_->Runs());
  for (const RunInfo& run : runs) {
    if (what == LeaseOfRun(run.id)) started = std::min(started, run.created);
  }
  return HeldLease::Take(*metadata_, what, started);
}

}  // namespace siku
