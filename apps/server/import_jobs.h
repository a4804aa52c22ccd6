// Guesses and imports of uploaded files, which take longer than an answer may: each runs in a
// thread of its own, and is asked after by the upload's id.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "siku/catalog/catalog.h"
#include "uploads.h"

namespace siku::server {

/// What is known of an upload's newest job.
struct JobState {
  std::string kind{};  // guess or import; empty: none since the server started
  bool running = false;
  int64_t bytes = 0;        // of the file, done so far
  nlohmann::json guess{};   // null: none
  nlohmann::json result{};  // of an import; null: none
  std::optional<Error> error{};
};

inline constexpr size_t kMostJobs = 2;

class ImportJobs {
 public:
  ImportJobs(catalog::Catalog& catalog, Uploads& uploads);
  /// Ends those that run; their uploads stay.
  ~ImportJobs();
  ImportJobs(const ImportJobs&) = delete;
  ImportJobs& operator=(const ImportJobs&) = delete;

  /// kConflict: the file is not complete. kBusy: a job of it runs, or many others.
  Result<void> StartGuess(const catalog::Actor& actor, const std::string& id,
                          const nlohmann::json& given);
  /// Into a version of the store that is published as the newest of `dataset`. `sha256`: what the
  /// file must have, or empty. kInvalid: the plan. kNotFound: the dataset.
  Result<void> StartImport(const catalog::Actor& actor, const std::string& id,
                           const std::string& dataset, const nlohmann::json& plan,
                           const std::string& sha256);
  JobState State(const std::string& id) const;
  void Forget(const std::string& id);

 private:
  struct Job;
  using Work = std::function<Result<void>(Job&)>;
  Result<void> Start(const catalog::Actor& actor, const std::string& id, const char* kind,
                     Work work);

  catalog::Catalog& catalog_;
  Uploads& uploads_;
  mutable std::mutex mutex_;
  std::atomic<bool> stopping_{false};
  std::map<std::string, std::unique_ptr<Job>> jobs_;  // by upload
};

}  // namespace siku::server
