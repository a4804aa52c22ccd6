#include "import_jobs.h"

#include "siku/catalog/import.h"

namespace siku::server {

using nlohmann::json;

struct ImportJobs::Job {
  std::string kind{};
  std::atomic<bool> running{true};
  std::atomic<int64_t> bytes{0};
  json guess{};
  json result{};
  std::optional<Error> error{};
  std::unique_ptr<Uploads::Hold> hold{};
  std::thread thread{};
};

ImportJobs::ImportJobs(catalog::Catalog& catalog, Uploads& uploads)
    : catalog_(catalog), uploads_(uploads) {}

ImportJobs::~ImportJobs() {
  stopping_ = true;
  for (auto& [id, job] : jobs_) {
    if (job->thread.joinable()) job->thread.join();
  }
}

Result<void> ImportJobs::Start(const catalog::Actor& actor, const std::string& id, const char* kind,
                               Work work) {
  SIKU_TRY(const auto upload, uploads_.Find(actor, id));
  if (!upload.complete()) {
    return Fail(Code::kConflict, "the file is not complete yet", std::to_string(upload.offset));
  }
  if (!upload.result.empty()) return Fail(Code::kConflict, "the file was imported already", id);
  const std::lock_guard lock(mutex_);
  size_t running = 0;
  for (const auto& [other, job] : jobs_) running += job->running ? 1 : 0;
  auto hold = std::make_unique<Uploads::Hold>(uploads_, id);
  if (!hold->taken()) return Fail(Code::kBusy, "the upload is being written or imported", id);
  if (running >= kMostJobs) {
    return Fail(Code::kBusy, "the server does much of this already", {}, {},
                "try again in some seconds");
  }
  auto job = std::make_unique<Job>();
  job->kind = kind;
  job->hold = std::move(hold);
  if (const auto before = jobs_.find(id); before != jobs_.end()) {
    before->second->thread.join();
    job->guess = std::move(before->second->guess);
  }
  Job& started = *job;
  jobs_[id] = std::move(job);
  started.thread = std::thread([this, &started, run = std::move(work)] {
    auto done = run(started);
    const std::lock_guard locked(mutex_);
    if (!done.has_value()) started.error = done.error();
    started.hold.reset();
    started.running = false;
  });
  return {};
}

Result<void> ImportJobs::StartGuess(const catalog::Actor& actor, const std::string& id,
                                    const json& given) {
  SIKU_TRY(const auto upload, uploads_.Find(actor, id));
  return Start(actor, id, "guess", [this, upload, given](Job& job) -> Result<void> {
    SIKU_TRY(auto guess, catalog::GuessImport(uploads_.DataPath(upload.id), upload.name, given,
                                              [&](int64_t bytes) {
                                                job.bytes = bytes;
                                                return !stopping_;
                                              }));
    const std::lock_guard lock(mutex_);
    job.guess = std::move(guess);
    return {};
  });
}

Result<void> ImportJobs::StartImport(const catalog::Actor& actor, const std::string& id,
                                     const std::string& dataset, const json& plan,
                                     const std::string& sha256) {
  SIKU_TRY(const auto upload, uploads_.Find(actor, id));
  SIKU_TRY(const auto agreed, catalog::ParsePlan(plan));
  SIKU_TRY(const auto listed, catalog_.Find(actor, dataset));
  const std::string name = listed.dataset.name;
  return Start(actor, id, "import", [=, this](Job& job) -> Result<void> {
    catalog::ImportOptions options{.dataset = name, .name = upload.name, .sha256 = sha256};
    options.progress = [&](int64_t bytes) {
      job.bytes = bytes;
      return !stopping_;
    };
    SIKU_TRY(const auto imported,
             catalog::ImportFile(catalog_.store(), uploads_.DataPath(upload.id), agreed, options));
    const std::string source =
        imported.version.dataset + "@" + std::to_string(imported.version.ordinal);
    json result = catalog::ImportedJson(imported);
    result["dataset"] = name;
    const auto published = catalog_.Publish(actor, name, source);
    // The same rows again are what is there.
    if (!published.has_value() && published.error().code != Code::kConflict) {
      return tl::make_unexpected(published.error());
    }
    SIKU_TRY(uploads_.Finish(actor, upload.id, result.dump()));
    const std::lock_guard lock(mutex_);
    job.result = std::move(result);
    return {};
  });
}

JobState ImportJobs::State(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return {};
  const Job& job = *found->second;
  return {job.kind, job.running, job.bytes, job.guess, job.result, job.error};
}

void ImportJobs::Forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second->running) return;
  found->second->thread.join();
  jobs_.erase(found);
}

}  // namespace siku::server
