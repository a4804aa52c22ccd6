#include "ckan/package.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace siku::catalog {
namespace {

using nlohmann::json;

/// Members that AppendPackage makes, and so are not kept as other ones.
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
    if (!IsOurs(key)) other[key] = value;
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

bool IsOurs(std::string_view member) {
  return std::find(kOurs.begin(), kOurs.end(), member) != kOurs.end();
}

json OrganizationJson(const Organisation& organisation) {
  return json::parse(OrganizationText(organisation));
}

json PackageJson(const Listed& listed, const Organisation& organisation, const std::string& url) {
  std::string text;
  AppendPackage(text, listed, organisation, url);
  return json::parse(text);
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
