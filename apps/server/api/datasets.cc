// Finding, showing, creating and changing datasets.
#include <array>

#include "api/api.h"
#include "siku/catalog/rows.h"

namespace siku::server {
namespace {

using catalog::Listed;
using nlohmann::json;

constexpr int64_t kMostHits = 1000;
constexpr std::array kFacets = {"organisation", "theme",   "keyword",     "class",
                                "format",       "licence", "update_cycle"};

json ListedJson(const Listed& listed) {
  json out = DatasetJson(listed.dataset);
  out["organisation"]["title"] = listed.organisation_title;
  const catalog::Version* const newest = listed.Newest();
  out["formats"] = FormatsOf(listed.dataset, newest);
  // -1: not for who asks to know.
  const auto known = [](int64_t count) { return count < 0 ? json() : json(count); };
  out["rows"] = known(newest == nullptr ? 0 : newest->rows);
  out["bytes"] = known(newest == nullptr ? 0 : newest->bytes);
  out["version"] = newest == nullptr ? 0 : newest->ordinal;
  return out;
}

/// `field:("a" OR "b")`, any of the values; quotes go, for a value cannot have one in a query.
std::string FilterOf(const std::string& field, const std::vector<std::string>& values) {
  std::string filter;
  for (std::string value : values) {
    std::erase(value, '"');
    filter += (filter.empty() ? "" : " OR ") + field + ":\"" + value + "\"";
  }
  return filter;
}

Result<catalog::Query> QueryOf(const Call& call) {
  catalog::Query query{.text = call.request.Parameter("q")};
  for (const char* field : kFacets) {
    const auto values = call.request.Parameters(field);
    if (!values.empty()) query.filters.push_back(FilterOf(field, values));
    query.facets.emplace_back(field);
  }
  const std::string sort = call.request.Parameter("sort");
  if (sort == "modified") {
    query.order = catalog::Order::kNewest;
  } else if (!sort.empty() && sort != "relevance") {
    return Fail(Code::kInvalid, "no order", sort, "sort", "relevance or modified");
  }
  SIKU_TRY(const int64_t offset, call.Number("offset", 0, 0, 1'000'000'000));
  SIKU_TRY(const int64_t limit, call.Number("limit", 20, 0, kMostHits));
  query.offset = static_cast<size_t>(offset);
  query.limit = static_cast<size_t>(limit);
  return query;
}

Result<json> FacetsJson(const Services& services, const catalog::Listing& listing) {
  json facets = json::object();
  for (const auto& [field, values] : listing.facets) {
    json& list = facets[field] = json::array();
    for (const auto& value : values) {
      std::string title = value.value;
      if (field == "organisation") {
        SIKU_TRY(const auto organisation, services.catalog.FindOrganisation(value.value));
        title = organisation.title;
      }
      list.push_back({{"value", value.value}, {"title", title}, {"count", value.count}});
    }
  }
  return facets;
}

Result<Response> Search(const Services& services, const Call& call) {
  SIKU_TRY(const auto query, QueryOf(call));
  SIKU_TRY(const auto listing, services.catalog.Search(call.actor, query));
  json datasets = json::array();
  for (const Listed& listed : listing.datasets) {
    json& one = datasets.emplace_back(ListedJson(listed));
    if (query.text.empty()) continue;
    one["highlights"] = {{"title", catalog::Highlights(query.text, listed.dataset.title)},
                         {"summary", catalog::Highlights(query.text, listed.dataset.summary)}};
  }
  SIKU_TRY(auto facets, FacetsJson(services, listing));
  return JsonResponse(
      {{"total", listing.total}, {"datasets", std::move(datasets)}, {"facets", std::move(facets)}});
}

Result<Response> Suggest(const Services& services, const Call& call) {
  SIKU_TRY(const int64_t limit, call.Number("limit", 8, 1, 50));
  SIKU_TRY(const auto found,
           services.catalog.Suggest(call.request.Parameter("q"), static_cast<size_t>(limit)));
  json suggestions = json::array();
  for (const auto& [text, kind] : found) {
    suggestions.push_back({{"text", text}, {"kind", kind}});
  }
  return JsonResponse({{"suggestions", std::move(suggestions)}});
}

Result<Response> Show(const Services& services, const Call& call) {
  SIKU_TRY(const auto listed, services.catalog.Find(call.actor, call.path.at("name")));
  json out = ListedJson(listed);
  json& list = out["versions"] = json::array();
  for (const catalog::Version& version : listed.versions) {
    list.push_back(VersionJson(version));
  }
  return JsonResponse(out);
}

Result<Response> Create(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  catalog::Dataset dataset;
  SIKU_TRY(ApplyJson(body, dataset));
  SIKU_TRY(const auto made, services.catalog.CreateDataset(call.actor, dataset));
  SIKU_TRY(const auto organisation, services.catalog.FindOrganisation(made.organisation));
  return JsonResponse(ListedJson(Listed{made, organisation.title}), 201);
}

Result<Response> Change(const Services& services, const Call& call) {
  SIKU_TRY(const auto body, call.Body());
  SIKU_TRY(const auto made, services.catalog.ChangeDataset(call.actor, call.path.at("name"),
                                                           [&](catalog::Dataset& dataset) {
                                                             return ApplyJson(body, dataset);
                                                           }));
  SIKU_TRY(const auto listed, services.catalog.Find(call.actor, made.id));
  return JsonResponse(ListedJson(listed));
}

std::vector<RouteParameter> SearchParameters() {
  std::vector<RouteParameter> parameters = {
      {"q", "string", "what people type: terms are substrings, 繁简 and full width alike"}};
  for (const char* field : kFacets) {
    parameters.push_back({field, "string", "any of these values", true});
  }
  parameters.push_back({"sort", "string", "relevance or modified"});
  parameters.push_back({"offset", "integer", "hits to skip"});
  parameters.push_back({"limit", "integer", "hits, at most 1,000 [20]"});
  return parameters;
}

}  // namespace

void AddDatasetRoutes(Services& services, std::vector<Route>& routes) {
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets",
                    .summary = "find datasets",
                    .query = SearchParameters(),
                    .gives = "Listing",
                    .answer = [&](const Call& call) { return Search(services, call); }});
  routes.push_back({.method = "POST",
                    .path = "/api/v1/datasets",
                    .summary = "create a dataset, a draft until a version is published",
                    .takes = "DatasetFields",
                    .gives = "Dataset",
                    .answer = [&](const Call& call) { return Create(services, call); }});
  routes.push_back({.method = "GET",
                    .path = "/api/v1/datasets/{name}",
                    .summary = "a dataset and its versions",
                    .gives = "DatasetWithVersions",
                    .answer = [&](const Call& call) { return Show(services, call); }});
  routes.push_back({.method = "PATCH",
                    .path = "/api/v1/datasets/{name}",
                    .summary = "change the fields that are given",
                    .takes = "DatasetFields",
                    .gives = "Dataset",
                    .answer = [&](const Call& call) { return Change(services, call); }});
  routes.push_back(
      {.method = "GET",
       .path = "/api/v1/suggest",
       .summary = "keywords and titles with a text in them",
       .query = {{"q", "string", "what was typed so far"}, {"limit", "integer", "at most 50 [8]"}},
       .gives = "Suggestions",
       .answer = [&](const Call& call) { return Suggest(services, call); }});
}

}  // namespace siku::server
