// The routes of /api/v1, by subject.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "import_jobs.h"
#include "router.h"
#include "row_signer.h"
#include "runs/run_jobs.h"
#include "siku/catalog/catalog.h"
#include "siku/result.h"
#include "uploads.h"

namespace siku::server {

/// Half of the threads that answer.
inline constexpr int kMostHeavy = 2;

/// One of the few long answers that are made at a time.
class HeavySlot {
 public:
  explicit HeavySlot(std::atomic<int>& count) : count_(count), taken_(++count <= kMostHeavy) {}
  ~HeavySlot() { --count_; }
  HeavySlot(const HeavySlot&) = delete;
  HeavySlot& operator=(const HeavySlot&) = delete;
  /// kBusy.
  Result<void> Check() const;

 private:
  std::atomic<int>& count_;
  bool taken_;
};

struct Services {
  catalog::Catalog& catalog;
  std::string title;
  Uploads& uploads;
  ImportJobs& jobs;
  const OperatorSet& operators;
  RunJobs& runs;
  RowSigner& signer;
  std::atomic<int> heavy{0};
};

void AddSessionRoutes(Services& services, std::vector<Route>& routes);
void AddDatasetRoutes(Services& services, std::vector<Route>& routes);
void AddVersionRoutes(Services& services, std::vector<Route>& routes);
void AddFileRoutes(Services& services, std::vector<Route>& routes);
void AddAccessRoutes(Services& services, std::vector<Route>& routes);
void AddRowSearchRoutes(Services& services, std::vector<Route>& routes);
void AddQueryRoutes(Services& services, std::vector<Route>& routes);
void AddQualityRoutes(Services& services, std::vector<Route>& routes);
void AddUploadRoutes(Services& services, std::vector<Route>& routes);
void AddOrganisationRoutes(Services& services, std::vector<Route>& routes);
void AddRunRoutes(Services& services, std::vector<Route>& routes);
void AddAuditRoutes(Services& services, std::vector<Route>& routes);

/// `newest` is 0, else a number. kNotFound.
Result<int64_t> OrdinalOf(const std::string& text);
/// {name} and {version} of the address, as far as who asks may read them.
Result<catalog::Readable> ReadVersion(const Services& services, const Call& call);

/// SearchRows with the request's `q`.
Result<nlohmann::json> FoundRows(const Services& services, const Call& call,
                                 const catalog::Readable& readable, int64_t offset, int64_t limit);

/// `session` empty: deletes it.
std::string SessionCookie(const std::string& session);
inline constexpr const char* kSessionCookie = "siku_session";

}  // namespace siku::server
