// Who reads what of a dataset: its rules and grants.
#include "siku/catalog/access.h"

#include "api/api.h"

namespace siku::server {
namespace {

using nlohmann::json;

Result<Response> Show(const Services& services, const Call& call) {
  SIKU_TRY(const auto policy, services.catalog.Access(call.actor, call.path.at("name")));
  return JsonResponse(AccessPolicyJson(policy));
}

Result<Response> Set(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  const auto given = body.find("rules");
  if (given == body.end()) return Fail(Code::kInvalid, "a list is missing in the request", "rules");
  SIKU_TRY(const auto rules, catalog::ReadAccessRules(*given, "rules"));
  SIKU_TRY(const auto policy, services.catalog.SetAccess(call.actor, call.path.at("name"), rules));
  return JsonResponse(AccessPolicyJson(policy));
}

Result<Response> Grant(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  catalog::Grant grant;
  SIKU_TRY(grant.who, TextMember(body, "who"));
  SIKU_TRY(grant.purpose, TextMember(body, "purpose"));
  SIKU_TRY(grant.keeps, catalog::ReadRestriction(body, ""));
  const auto days = body.find("days");
  if (days == body.end() || !days->is_number_integer()) {
    return Fail(Code::kInvalid, "a whole number is missing in the request", "days");
  }
  SIKU_TRY(const auto granted,
           services.catalog.GrantAccess(call.actor, call.path.at("name"), std::move(grant),
                                        days->get<int64_t>()));
  return JsonResponse(GrantJson(granted), 201);
}

Result<Response> Revoke(const Services& services, const Call& call) {
  SIKU_TRY(services.catalog.RevokeGrant(call.actor, call.path.at("name"), call.path.at("id")));
  return JsonResponse(json::object());
}

}  // namespace

void AddAccessRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}/access",
                    .summary = "rules and grants, for publishers, reviewers and administrators",
                    .gives = "AccessPolicy",
                    .answer = [&](const Call& call) { return Show(services, call); }});
  routes.push_back({.method = "PUT",
                    .path = "/api/v1/datasets/{name}/access",
                    .summary = "rules that keep columns and rows back from now on, in all versions",
                    .takes = "AccessRules",
                    .gives = "AccessPolicy",
                    .answer = [&](const Call& call) { return Set(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/datasets/{name}/grants",
                    .summary = "let an account or a key read what is open under conditions",
                    .takes = "GrantFields",
                    .gives = "Grant",
                    .answer = [&](const Call& call) { return Grant(services, call); }});
  routes.push_back({.method = "DELETE",
                    .path = "/api/v1/datasets/{name}/grants/{id}",
                    .summary = "revoke a grant",
                    .gives = "Done",
                    .answer = [&](const Call& call) { return Revoke(services, call); }});
}

}  // namespace siku::server
