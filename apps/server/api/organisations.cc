#include "api/api.h"

namespace siku::server {
namespace {

using nlohmann::json;

Result<Response> List(const Services& services) {
  SIKU_TRY(const auto all, services.catalog.Organisations());
  json list = json::array();
  for (const auto& info : all) {
    list.push_back({{"name", info.organisation.name},
                    {"title", info.organisation.title},
                    {"summary", info.organisation.summary},
                    {"datasets", info.datasets}});
  }
  return JsonResponse({{"organisations", std::move(list)}});
}

Result<Response> Create(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  catalog::Organisation organisation;
  for (const auto& [key, value] : body.items()) {
    if (!value.is_string()) return Fail(Code::kInvalid, "not a text", value.dump(), key);
    if (key == "name") {
      organisation.name = value.get<std::string>();
    } else if (key == "title") {
      organisation.title = value.get<std::string>();
    } else if (key == "summary") {
      organisation.summary = value.get<std::string>();
    } else {
      return Fail(Code::kInvalid, "unknown key", key);
    }
  }
  SIKU_TRY(const auto made, services.catalog.CreateOrganisation(call.actor, organisation));
  return JsonResponse(
      {{"name", made.name}, {"title", made.title}, {"summary", made.summary}, {"datasets", 0}},
      201);
}

}  // namespace

void AddOrganisationRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/organisations",
                    .summary = "organisations and how many datasets each has open",
                    .gives = "Organisations",
                    .answer = [&](const Call&) { return List(services); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/organisations",
                    .summary = "create an organisation",
                    .takes = "OrganisationFields",
                    .gives = "Organisation",
                    .answer = [&](const Call& call) { return Create(services, call); }});
}

}  // namespace siku::server
