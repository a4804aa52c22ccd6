#include "ckan/package.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

/// Members that PackageJson makes, and so are not kept as other ones.
constexpr std::array kOurs = {"id",
                              "name",
                              "title",
                              "notes",
                              "owner_org",
                              "organization",
                              "license_id",
                              "license_title",
                              "tags",
                              "groups",
                              "resources",
                              "private",
                              "state",
                              "type",
                              "num_tags",
                              "num_resources",
                              "metadata_created",
                              "metadata_modified",
                              "isopen"};

json NamedList(const std::vector<std::string>& names) {
  json list = json::array();
  for (const std::string& name : names) {
    list.push_back({{"name", name}, {"display_name", name}, {"title", name}, {"state", "active"}});
  }
  return list;
}

/// Names of `[{"name": …}]`; a plain list of names, too.
std::vector<std::string> NamesOf(const json& list) {
  std::vector<std::string> names;
  for (const json& one : list) {
    std::string name = one.is_object()   ? TextOf(one, "name")
                       : one.is_string() ? one.get<std::string>()
                                         : "";
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

json LinkJson(const Link& link, const Dataset& dataset, int position) {
  return {{"id", link.id},
          {"package_id", dataset.id},
          {"name", link.title},
          {"url", link.url},
          {"format", link.format},
          {"description", link.summary},
          {"position", position},
          {"state", "active"},
          {"url_type", nullptr},
          {"created", CkanTime(dataset.created)},
          {"last_modified", nullptr},
          {"datastore_active", false}};
}

json ResourcesJson(const Listed& listed, const std::string& url) {
  json resources = json::array();
  const Dataset& dataset = listed.dataset;
  if (const Version* const newest = listed.Newest()) {
    for (const DownloadFormat& format : DownloadFormats()) {
      resources.push_back({{"id", dataset.id + "." + format.name},
                           {"package_id", dataset.id},
                           {"name", dataset.name + "." + format.name},
                           {"url", url + "/api/v1/datasets/" + dataset.name +
                                       "/versions/newest/download?format=" + format.name},
                           {"format", format.title},
                           {"mimetype", format.media_type},
                           {"description", ""},
                           {"position", static_cast<int>(resources.size())},
                           {"state", "active"},
                           {"url_type", nullptr},
                           {"created", CkanTime(dataset.created)},
                           {"last_modified", CkanTime(newest->created)},
                           {"datastore_active", true}});
    }
  }
  for (const Link& link : dataset.links) {
    resources.push_back(LinkJson(link, dataset, static_cast<int>(resources.size())));
  }
  return resources;
}

Result<std::vector<Link>> LinksOf(const json& resources, const Dataset& dataset) {
  std::vector<Link> links;
  for (const json& one : resources) {
    if (!one.is_object()) return Fail(Code::kInvalid, "not an object", one.dump(), "resources");
    const std::string id = TextOf(one, "id");
    // Files of published versions come back in updates; they are not links.
    if (!dataset.id.empty() && id.starts_with(dataset.id + ".")) continue;
    links.push_back({id, TextOf(one, "name"), TextOf(one, "url"), TextOf(one, "format"),
                     TextOf(one, "description")});
  }
  return links;
}

void KeepOthers(const json& package, Dataset& dataset) {
  json other = json::parse(dataset.other);
  for (const auto& [key, value] : package.items()) {
    const bool ours = std::find(kOurs.begin(), kOurs.end(), key) != kOurs.end();
    if (!ours) other[key] = value;
  }
  dataset.other = other.dump();
}

}  // namespace

std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string CkanTime(int64_t milliseconds) {
  std::string text = TimeText(milliseconds);
  text.pop_back();
  return text + "000";
}

json OrganizationJson(const Organisation& organisation) {
  return {{"id", organisation.id},
          {"name", organisation.name},
          {"title", organisation.title},
          {"display_name", organisation.title},
          {"description", organisation.summary},
          {"type", "organization"},
          {"is_organization", true},
          {"approval_status", "approved"},
          {"image_url", ""},
          {"created", CkanTime(organisation.created)},
          {"state", "active"}};
}

json PackageJson(const Listed& listed, const Organisation& organisation, const std::string& url) {
  const Dataset& dataset = listed.dataset;
  json package = json::parse(dataset.other);
  package["id"] = dataset.id;
  package["name"] = dataset.name;
  package["title"] = dataset.title;
  package["notes"] = dataset.summary;
  package["owner_org"] = organisation.id;
  package["organization"] = OrganizationJson(organisation);
  package["license_id"] = dataset.licence;
  package["license_title"] = dataset.licence;
  package["isopen"] = dataset.open_class == OpenClass::kUnconditional;
  package["tags"] = NamedList(dataset.keywords);
  package["num_tags"] = dataset.keywords.size();
  package["groups"] = NamedList(dataset.themes);
  package["resources"] = ResourcesJson(listed, url);
  package["num_resources"] = package["resources"].size();
  package["private"] = dataset.state == "draft" || dataset.open_class == OpenClass::kClosed;
  package["state"] = dataset.state == "withdrawn" ? "deleted" : "active";
  package["type"] = "dataset";
  package["metadata_created"] = CkanTime(dataset.created);
  package["metadata_modified"] = CkanTime(dataset.modified);
  for (const char* list : {"extras", "relationships_as_subject", "relationships_as_object"}) {
    if (!package.contains(list)) package[list] = json::array();
  }
  return package;
}

Result<void> ApplyPackage(const json& package, Dataset& dataset) {
  const auto text = [&](const char* name, std::string& to) {
    if (package.contains(name)) to = TextOf(package, name);
  };
  text("name", dataset.name);
  text("title", dataset.title);
  text("notes", dataset.summary);
  text("license_id", dataset.licence);
  text("owner_org", dataset.organisation);
  if (dataset.title.empty()) dataset.title = dataset.name;
  for (const char* list : {"tags", "groups", "resources"}) {
    const auto found = package.find(list);
    if (found == package.end() || found->is_null()) continue;
    if (!found->is_array()) return Fail(Code::kInvalid, "not a list", {}, list);
    if (std::string_view(list) == "tags") {
      dataset.keywords = NamesOf(*found);
    } else if (std::string_view(list) == "groups") {
      dataset.themes = NamesOf(*found);
    } else {
      SIKU_TRY(dataset.links, LinksOf(*found, dataset));
    }
  }
  const std::string hidden = TextOf(package, "private");
  if (!hidden.empty() || dataset.id.empty()) {
    const bool draft = hidden == "true" || hidden == "True";
    if (dataset.state != "withdrawn") dataset.state = draft ? "draft" : "published";
  }
  KeepOthers(package, dataset);
  return {};
}

}  // namespace siku::catalog
