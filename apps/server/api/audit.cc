#include "api/api.h"

namespace siku::server {
namespace {

using nlohmann::json;

Result<Response> Entries(const Services& services, const Call& call) {
  SIKU_TRY(const int64_t after, call.Number("after", 0, 0, INT64_MAX));
  SIKU_TRY(const int64_t limit, call.Number("limit", 100, 1, 1000));
  SIKU_TRY(const auto entries, services.catalog.Audit(call.actor, after, limit));
  SIKU_TRY(const auto verdict, services.catalog.VerifyAudit());
  json list = json::array();
  for (const auto& entry : entries) {
    list.push_back({{"ordinal", entry.number},
                    {"time", catalog::TimeText(entry.time)},
                    {"account", entry.account},
                    {"action", entry.action},
                    {"object", entry.object},
                    {"detail", json::parse(entry.detail, nullptr, false)},
                    {"hash", entry.hash}});
  }
  json out = {{"entries", std::move(list)}, {"verified", !verdict.broken.has_value()}};
  if (verdict.broken) out["broken"] = *verdict.broken;
  return JsonResponse(out);
}

}  // namespace

void AddAuditRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/audit",
                    .summary = "the audit log in order, and whether its chain holds",
                    .query = {{"after", "integer", "entries behind this one"},
                              {"limit", "integer", "at most 1,000 [100]"}},
                    .gives = "Audit",
                    .answer = [&](const Call& call) { return Entries(services, call); }});
}

}  // namespace siku::server
