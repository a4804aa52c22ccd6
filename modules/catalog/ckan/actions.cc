#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "ckan/datastore.h"
#include "ckan/package.h"
#include "ckan/parameters.h"
#include "ckan/resources.h"
#include "search/query.h"
#include "siku/catalog/ckan.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int64_t kMostRows = 1000;

struct Request {
  Catalog& catalog;
  PackageTexts& texts;
  const Actor& actor;
  const json& parameters;
  const CkanFile* file;
  const std::string& url;
};

Result<std::string> Id(const Request& request) {
  std::string id = TextOf(request.parameters, "id");
  if (id.empty()) return Fail(Code::kInvalid, "a text is missing in the request", "id");
  return id;
}

Result<json> Shown(const Request& request, const std::string& id) {
  SIKU_TRY(const auto listed, request.catalog.Find(request.actor, id));
  SIKU_TRY(const auto organisation, request.catalog.FindOrganisation(listed.dataset.organisation));
  return PackageJson(listed, organisation, request.url);
}

Result<json> PackageShow(const Request& request) {
  SIKU_TRY(const auto id, Id(request));
  return Shown(request, id);
}

Result<json> PackageList(const Request& request) {
  SIKU_TRY(const auto names, request.catalog.Names(request.actor));
  SIKU_TRY(const auto offset, NumberOf(request.parameters, "offset", 0));
  SIKU_TRY(const auto limit, NumberOf(request.parameters, "limit", INT64_MAX));
  json list = json::array();
  for (size_t i = static_cast<size_t>(offset); i < names.size(); ++i) {
    if (static_cast<int64_t>(list.size()) == limit) break;
    list.push_back(names[i]);
  }
  return list;
}

Order OrderOf(const std::string& sort) {
  if (sort.starts_with("id asc")) return Order::kId;
  if (sort.starts_with("name asc") || sort.starts_with("title_string asc")) return Order::kName;
  if (sort.starts_with("metadata_modified asc")) return Order::kOldest;
  if (sort.starts_with("metadata_modified")) return Order::kNewest;
  return Order::kRelevance;
}

Result<Query> SearchQuery(const Request& request) {
  const json& parameters = request.parameters;
  Query query{.text = TextOf(parameters, "q")};
  for (const char* name : {"fq", "fq_list"}) {
    for (std::string& filter : ListOf(parameters, name)) query.filters.push_back(std::move(filter));
  }
  query.order = OrderOf(TextOf(parameters, "sort"));
  SIKU_TRY(const auto rows, NumberOf(parameters, "rows", 10));
  SIKU_TRY(const auto start, NumberOf(parameters, "start", 0));
  query.limit = static_cast<size_t>(std::min(rows, kMostRows));
  query.offset = static_cast<size_t>(start);
  SIKU_TRY(const auto most, NumberOf(parameters, "facet.limit", 50));
  query.facet_limit = static_cast<size_t>(most);
  for (const std::string& field : ListOf(parameters, "facet.field")) {
    const std::string ours = ValueField(field);
    if (!ours.empty()) query.facets.push_back(ours);
  }
  return query;
}

/// By CKAN's names, each in both of its forms.
void AddFacets(const Request& request, const Hits& hits, json& result) {
  json& plain = result["facets"] = json::object();
  json& full = result["search_facets"] = json::object();
  for (const std::string& field : ListOf(request.parameters, "facet.field")) {
    json& counts = plain[field] = json::object();
    json items = json::array();
    for (const auto& [name, values] : hits.facets) {
      if (name != ValueField(field)) continue;
      for (const FacetValue& value : values) {
        counts[value.value] = value.count;
        items.push_back(
            {{"name", value.value}, {"display_name", value.value}, {"count", value.count}});
      }
    }
    full[field] = {{"title", field}, {"items", std::move(items)}};
  }
}

std::string Text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

using Organisations = std::map<std::string, Organisation>;

/// What everybody may see is written, and kept, as everybody sees it. False: it is there no more.
Result<bool> AppendHit(const Request& request, const std::string& id, const Hit& hit,
                       Organisations& organisations, std::string& out) {
  if (hit.listed && request.texts.Append(id, hit.modified, request.url, out)) return true;
  const auto listed = request.catalog.Find(hit.listed ? Actor{} : request.actor, id);
  if (!listed.has_value()) {
    if (listed.error().code == Code::kNotFound) return false;
    return tl::make_unexpected(listed.error());
  }
  auto& organisation = organisations[listed->dataset.organisation];
  if (organisation.id.empty()) {
    SIKU_TRY(organisation, request.catalog.FindOrganisation(listed->dataset.organisation));
  }
  std::string text;
  AppendPackage(text, *listed, organisation, request.url);
  out += text;
  if (hit.listed && listed->dataset.modified == hit.modified) {
    request.texts.Keep(id, hit.modified, request.url, std::move(text));
  }
  return true;
}

Result<std::string> PackageSearch(const Request& request) {
  SIKU_TRY(const auto query, SearchQuery(request));
  SIKU_TRY(const auto hits, request.catalog.SearchHits(request.actor, query));
  json result = {{"count", hits.total}, {"sort", TextOf(request.parameters, "sort")}};
  AddFacets(request, hits, result);
  std::string text = Text(result);
  text.back() = ',';
  text += "\"results\":[";
  Organisations organisations;
  for (size_t i = 0; i < hits.ids.size(); ++i) {
    const size_t before = text.size();
    if (text.back() != '[') text += ',';
    SIKU_TRY(const bool there,
             AppendHit(request, hits.ids[i], hits.states[i], organisations, text));
    if (!there) text.resize(before);
  }
  return text + "]}";
}

Result<std::string> PackageCreate(const Request& request) {
  Dataset dataset;
  SIKU_TRY(ApplyPackage(request.parameters, dataset));
  SIKU_TRY(auto made, request.catalog.CreateDataset(request.actor, std::move(dataset)));
  SIKU_TRY(const auto organisation, request.catalog.FindOrganisation(made.organisation));
  std::string text;
  AppendPackage(text, Listed{std::move(made), organisation.title}, organisation, request.url);
  return text;
}

Result<json> PackageUpdate(const Request& request) {
  SIKU_TRY(const auto id, Id(request));
  SIKU_TRY(const auto made, request.catalog.ChangeDataset(request.actor, id, [&](Dataset& dataset) {
    return ApplyPackage(request.parameters, dataset);
  }));
  return Shown(request, made.id);
}

Result<json> PackageDelete(const Request& request) {
  SIKU_TRY(const auto id, Id(request));
  SIKU_TRY(request.catalog.Withdraw(request.actor, id, 0, "package_delete"));
  return json();
}

Result<json> OrganizationList(const Request& request) {
  SIKU_TRY(const auto all, request.catalog.Organisations());
  json list = json::array();
  for (const OrganisationInfo& info : all) {
    if (!Truth(request.parameters, "all_fields")) {
      list.push_back(info.organisation.name);
      continue;
    }
    list.push_back(OrganizationJson(info.organisation));
    list.back()["package_count"] = info.datasets;
  }
  return list;
}

Result<json> OrganizationShow(const Request& request) {
  SIKU_TRY(const auto id, Id(request));
  SIKU_TRY(const auto found, request.catalog.FindOrganisation(id));
  SIKU_TRY(const auto all, request.catalog.Organisations());
  json organisation = OrganizationJson(found);
  for (const OrganisationInfo& info : all) {
    if (info.organisation.id == found.id) organisation["package_count"] = info.datasets;
  }
  return organisation;
}

Result<json> OrganizationCreate(const Request& request) {
  Organisation organisation{.name = TextOf(request.parameters, "name"),
                            .title = TextOf(request.parameters, "title"),
                            .summary = TextOf(request.parameters, "description")};
  SIKU_TRY(const auto made, request.catalog.CreateOrganisation(request.actor, organisation));
  return OrganizationJson(made);
}

/// Values of a facet, as names.
Result<json> ValueList(const Request& request, const char* field) {
  const Query query{.limit = 0, .facets = {field}, .facet_limit = 10'000};
  SIKU_TRY(const auto listing, request.catalog.Search(request.actor, query));
  std::vector<std::string> names;
  for (const auto& [name, values] : listing.facets) {
    for (const FacetValue& value : values) names.push_back(value.value);
  }
  std::sort(names.begin(), names.end());
  return json(names);
}

ResourceCall ResourceOf(const Request& request) {
  return {request.catalog, request.actor, request.parameters, request.file, request.url};
}
Result<json> ShowResource(const Request& request) { return ResourceShow(ResourceOf(request)); }
Result<json> CreateResource(const Request& request) { return ResourceCreate(ResourceOf(request)); }
Result<json> UpdateResource(const Request& request) {
  return ResourceUpdate(ResourceOf(request), false);
}
Result<json> PatchResource(const Request& request) {
  return ResourceUpdate(ResourceOf(request), true);
}
Result<json> DeleteResource(const Request& request) { return ResourceDelete(ResourceOf(request)); }

Result<json> StatusShow(const Request& request) {
  return json{{"site_title", "Siku"},
              {"site_url", request.url},
              {"ckan_version", "2.12.0"},
              {"extensions", json::array({"datastore"})}};
}

template <Result<json> (*kRun)(const Request&)>
Result<std::string> AsText(const Request& request) {
  SIKU_TRY(const auto result, kRun(request));
  return Text(result);
}

Result<json> GroupList(const Request& request) { return ValueList(request, "theme"); }
Result<json> TagList(const Request& request) { return ValueList(request, "keyword"); }
Result<json> SiteRead(const Request&) { return json(true); }
Result<json> RowsSearch(const Request& request) {
  return DatastoreSearch(request.catalog, request.actor, request.parameters);
}
Result<json> RowsSql(const Request& request) {
  return DatastoreSearchSql(request.catalog, request.actor, request.parameters);
}

struct ActionEntry {
  std::string_view name;
  bool writes;
  Result<std::string> (*run)(const Request&);
};
constexpr std::array kActions = {
    ActionEntry{"package_search", false, PackageSearch},
    ActionEntry{"package_show", false, AsText<PackageShow>},
    ActionEntry{"package_list", false, AsText<PackageList>},
    ActionEntry{"organization_list", false, AsText<OrganizationList>},
    ActionEntry{"organization_show", false, AsText<OrganizationShow>},
    ActionEntry{"group_list", false, AsText<GroupList>},
    ActionEntry{"tag_list", false, AsText<TagList>},
    ActionEntry{"resource_show", false, AsText<ShowResource>},
    ActionEntry{"datastore_search", false, AsText<RowsSearch>},
    ActionEntry{"datastore_search_sql", false, AsText<RowsSql>},
    ActionEntry{"status_show", false, AsText<StatusShow>},
    ActionEntry{"site_read", false, AsText<SiteRead>},
    ActionEntry{"package_create", true, PackageCreate},
    ActionEntry{"package_update", true, AsText<PackageUpdate>},
    ActionEntry{"package_patch", true, AsText<PackageUpdate>},
    ActionEntry{"package_delete", true, AsText<PackageDelete>},
    ActionEntry{"resource_create", true, AsText<CreateResource>},
    ActionEntry{"resource_update", true, AsText<UpdateResource>},
    ActionEntry{"resource_patch", true, AsText<PatchResource>},
    ActionEntry{"resource_delete", true, AsText<DeleteResource>},
    ActionEntry{"organization_create", true, AsText<OrganizationCreate>},
};

}  // namespace

bool CkanWrites(const std::string& action) {
  for (const ActionEntry& entry : kActions) {
    if (entry.name == action) return entry.writes;
  }
  return false;
}

bool CkanHeavy(const std::string& action, const json& parameters) {
  return action == "datastore_search_sql" ||
         (action == "datastore_search" && AsksDuckDb(parameters));
}

Result<std::string> CkanAction(Catalog& catalog, PackageTexts& texts, const Actor& actor,
                               const CkanCall& call) {
  for (const ActionEntry& entry : kActions) {
    if (entry.name != call.action) continue;
    return entry.run({catalog, texts, actor, call.parameters, call.file, call.url});
  }
  return Fail(Code::kUnsupported, "no such action", call.action);
}

std::string CkanErrorType(Code code) {
  switch (code) {
    case Code::kNotFound:
      return "Not Found Error";
    case Code::kDenied:
      return "Authorization Error";
    case Code::kInvalid:
    case Code::kConflict:
    case Code::kLimit:
      return "Validation Error";
    default:
      return "Internal Server Error";
  }
}

}  // namespace siku::catalog
