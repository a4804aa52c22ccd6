#include "runs/run_jobs.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "durable.h"

namespace siku::server {
namespace {

using nlohmann::json;

// Of those that ended their errors are kept.
constexpr size_t kMostKept = 100;
constexpr auto kLongestBeginning = std::chrono::seconds(60);
constexpr ProcessLimits kReportLimits = {
    .memory = int64_t{1} << 30, .disk = int64_t{1} << 30, .seconds = 60};

}  // namespace

struct RunJobs::Job {
  std::string run{};  // empty until the process says it
  bool running = true;
  json progress{};
  std::optional<Error> error{};
  std::atomic<bool> stop{false};
  std::thread thread{};
};

RunJobs::~RunJobs() {
  stopping_ = true;
  for (const auto& job : jobs_) job->thread.join();
}

RunProcess::Order RunJobs::OrderOf(std::vector<std::string> words,
                                   const ProcessLimits& limits) const {
  words.insert(words.end(), {"--store", address_.place});
  std::vector<std::string> variables;
  // It may have a password, which the list of processes shows to everybody.
  if (!address_.index.empty()) variables.push_back("SIKU_INDEX=" + address_.index);
  return {.words = std::move(words), .variables = std::move(variables), .limits = limits};
}

void RunJobs::Sweep() {
  auto ended =
      std::count_if(jobs_.begin(), jobs_.end(), [](const auto& one) { return !one->running; });
  std::erase_if(jobs_, [&](const auto& one) {
    const bool goes = !one->running && ended > static_cast<int64_t>(kMostKept);
    if (goes) {
      one->thread.join();
      --ended;
    }
    return goes;
  });
}

Result<std::shared_ptr<RunJobs::Job>> RunJobs::Launch(RunProcess::Order order,
                                                      const std::string& run, int64_t at_once) {
  const std::lock_guard lock(mutex_);
  Sweep();
  const auto known = std::find_if(jobs_.begin(), jobs_.end(),
                                  [&](const auto& one) { return !run.empty() && one->run == run; });
  if (known != jobs_.end() && (*known)->running) {
    return Fail(Code::kConflict, "the run is going on", run);
  }
  const auto running =
      std::count_if(jobs_.begin(), jobs_.end(), [](const auto& one) { return one->running; });
  if (running >= at_once) {
    return Fail(Code::kBusy, "as many runs go on as the administrator allows",
                std::to_string(at_once), {}, "try again when one has ended");
  }
  if (known != jobs_.end()) (*known)->run.clear();  // what was known of it is the past's
  auto job = std::make_shared<Job>();
  job->run = run;
  job->thread = std::thread([this, order = std::move(order), &made = *job] { Work(made, order); });
  jobs_.push_back(job);
  return job;
}

void RunJobs::Work(Job& job, const RunProcess::Order& order) {
  std::optional<Error> error;
  bool killed = false;
  // The process ends with the thread that started it: this one stays until then.
  if (auto process = RunProcess::Start(order); process.has_value()) {
    (*process)->Follow(
        [&](const json& said) {
          const std::lock_guard lock(mutex_);
          if (const auto run = said.find("run"); run != said.end())
            job.run = run->get<std::string>();
          if (const auto now = said.find("progress"); now != said.end()) job.progress = *now;
          told_.notify_all();
        },
        [&] { return job.stop || stopping_; },
        [&] {
          const std::lock_guard lock(mutex_);
          return job.run.empty() ? std::string() : store_.RunFolder(job.run);
        });
    error = (*process)->Ended();
    killed = (*process)->WasKilled();
  } else {
    error = process.error();
  }
  const std::lock_guard lock(mutex_);
  // One that was killed could not say so itself.
  if (killed && !job.run.empty()) (void)store_.SetRunState(job.run, "interrupted").has_value();
  job.error = std::move(error);
  job.running = false;
  told_.notify_all();
}

RunProcess::Order RunJobs::RunOrder(std::vector<std::string> what,
                                    const ProcessLimits& limits) const {
  std::vector<std::string> words = {"run"};
  words.insert(words.end(), what.begin(), what.end());
  words.insert(words.end(),
               {"--json", "--progress", "json", "--memory", std::to_string(limits.memory),
                "--spill-limit", std::to_string(limits.disk)});
  return OrderOf(std::move(words), limits);
}

Result<std::string> RunJobs::Start(const std::string& recipe, const ProcessLimits& limits,
                                   int64_t at_once) {
  auto order = RunOrder({"-"}, limits);
  order.input = recipe;
  SIKU_TRY(const auto job, Launch(std::move(order), {}, at_once));
  std::unique_lock lock(mutex_);
  told_.wait_for(lock, kLongestBeginning, [&] { return !job->run.empty() || !job->running; });
  if (!job->run.empty()) return job->run;
  if (job->error) return tl::make_unexpected(*job->error);
  job->stop = true;
  return Fail(Code::kBusy, "the run did not begin within a minute");
}

Result<void> RunJobs::Resume(const std::string& run, const ProcessLimits& limits, int64_t at_once) {
  SIKU_TRY(const auto job, Launch(RunOrder({"--resume", run}, limits), run, at_once));
  (void)job;
  return {};
}

Result<void> RunJobs::Stop(const std::string& run) {
  const std::lock_guard lock(mutex_);
  for (const auto& job : jobs_) {
    if (job->run != run || !job->running) continue;
    job->stop = true;
    return {};
  }
  return Fail(Code::kConflict, "the run is none that this server works on", run);
}

std::optional<LiveRun> RunJobs::State(const std::string& run) const {
  const std::lock_guard lock(mutex_);
  for (const auto& job : jobs_) {
    if (job->run == run) return LiveRun{job->running, job->progress, job->error};
  }
  return std::nullopt;
}

Result<std::string> RunJobs::Report(const std::string& run) {
  SIKU_TRY(const auto info, store_.FindRun(run));
  if (info.state != "done") {
    return Fail(Code::kConflict, "the run is not finished", info.state);
  }
  const std::string folder = store_.path() + "/exports";
  const std::string path = folder + "/report-" + info.id + ".html";
  const std::lock_guard lock(reporting_);  // one at a time: it is a process
  if (access(path.c_str(), R_OK) == 0) return path;
  SIKU_TRY(MakeFolders(folder));
  const std::string unfinished = path + ".unfinished";
  const auto order = OrderOf({"report", info.id, "--html", unfinished}, kReportLimits);
  SIKU_TRY(const auto process, RunProcess::Start(order));
  process->Follow([](const json&) {}, [&] { return stopping_.load(); },
                  [] { return std::string(); });
  if (const auto error = process->Ended()) return tl::make_unexpected(*error);
  std::error_code failed;
  std::filesystem::rename(unfinished, path, failed);
  if (failed) return Fail(Code::kIo, "cannot write", failed.message(), path);
  return path;
}

}  // namespace siku::server
