#include "ckan/resources.h"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ckan/package.h"
#include "durable.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

Result<std::string> TextNamed(const ResourceCall& call, const char* name) {
  std::string text = TextOf(call.parameters, name);
  if (text.empty()) return Fail(Code::kInvalid, "a text is missing in the request", name);
  return text;
}

Result<json> Shown(const ResourceCall& call, const std::string& package, const std::string& id) {
  SIKU_TRY(const auto listed, call.catalog.Find(call.actor, package));
  SIKU_TRY(const auto organisation, call.catalog.FindOrganisation(listed.dataset.organisation));
  const json shown = PackageJson(listed, organisation, call.url);
  for (const json& resource : shown.at("resources")) {
    if (resource.at("id") == id) return resource;
  }
  return Fail(Code::kNotFound, "resource not found", id);
}

/// The bytes on the store's disk for as long as it lives.
class Incoming {
 public:
  ~Incoming() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Incoming() = default;
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  Result<void> Write(const Store& store, std::string_view bytes) {
    const std::string folder = store.path() + "/files";
    SIKU_TRY(MakeFolders(folder));
    path_ = folder + "/incoming-" + UniqueName();
    return WriteDurably(path_, bytes);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_{};
};

Result<void> PutFile(const ResourceCall& call, const std::string& package, VersionFile file) {
  Incoming incoming;
  SIKU_TRY(incoming.Write(call.catalog.store(), call.file->bytes));
  const auto added =
      call.catalog.AddFile(call.actor, package, incoming.path(), std::move(file), false);
  // The same once more is what is there.
  if (!added.has_value() && added.error().code != Code::kConflict) {
    return tl::make_unexpected(added.error());
  }
  return {};
}

/// What a client names of a link; `patch`: the rest stays.
void SetLink(const json& parameters, bool patch, Link& link) {
  const auto set = [&](const char* name, std::string& to) {
    if (!patch || parameters.contains(name)) to = TextOf(parameters, name);
  };
  set("name", link.title);
  set("url", link.url);
  set("format", link.format);
  set("description", link.summary);
}

/// What the id of a resource is of.
struct Resource {
  Listed listed{};
  const VersionFile* file = nullptr;  // null: a link, or a format of the table
};

/// By the package of its id, or, of a link, by the package that the client names.
Result<Resource> FindResource(const ResourceCall& call, const std::string& id) {
  const std::string before = id.substr(0, id.find('.'));
  const std::string named = TextOf(call.parameters, "package_id");
  auto listed = call.catalog.Find(call.actor, named.empty() ? before : named);
  if (!listed.has_value() && named.empty()) {
    // A link's own id tells no package.
    SIKU_TRY(const auto owner, call.catalog.FindLink(call.actor, id));
    listed = call.catalog.Find(call.actor, owner);
  }
  if (!listed.has_value()) return tl::make_unexpected(listed.error());
  Resource resource{.listed = *std::move(listed)};
  if (const Version* const newest = resource.listed.Newest()) {
    for (const VersionFile& file : newest->files) {
      if (FileResourceId(resource.listed.dataset, file) == id) resource.file = &file;
    }
  }
  return resource;
}

/// The link of that id; kNotFound; kInvalid for a format of the table.
Result<Link*> LinkIn(Dataset& dataset, const std::string& id) {
  for (Link& link : dataset.links) {
    if (link.id == id) return &link;
  }
  if (id.starts_with(dataset.id + ".")) {
    return Fail(Code::kInvalid, "this resource is the dataset's table", id, "id",
                "a new version is published instead");
  }
  return Fail(Code::kNotFound, "resource not found", id);
}

}  // namespace

std::string FileResourceId(const Dataset& dataset, const VersionFile& file) {
  return dataset.id + ".f" + Sha256Hex(file.name).substr(0, 16);
}

Result<json> ResourceShow(const ResourceCall& call) {
  SIKU_TRY(const auto id, TextNamed(call, "id"));
  SIKU_TRY(const auto found, FindResource(call, id));
  return Shown(call, found.listed.dataset.id, id);
}

Result<json> ResourceCreate(const ResourceCall& call) {
  SIKU_TRY(const auto package, TextNamed(call, "package_id"));
  if (call.file != nullptr) {
    VersionFile file{.name = call.file->name, .title = TextOf(call.parameters, "name")};
    SIKU_TRY(const auto listed, call.catalog.Find(call.actor, package));
    SIKU_TRY(PutFile(call, package, file));
    return Shown(call, package, FileResourceId(listed.dataset, file));
  }
  Link link{
      .id = TextOf(call.parameters, "id"), .title = {}, .url = {}, .format = {}, .summary = {}};
  if (link.id.empty()) link.id = NewId();
  SetLink(call.parameters, false, link);
  SIKU_TRY(const auto changed,
           call.catalog.ChangeDataset(call.actor, package, [&](Dataset& dataset) -> Result<void> {
             const bool there = std::any_of(dataset.links.begin(), dataset.links.end(),
                                            [&](const Link& one) { return one.id == link.id; });
             if (there) return Fail(Code::kConflict, "a resource of this id exists", link.id, "id");
             dataset.links.push_back(link);
             return {};
           }));
  return Shown(call, changed.id, link.id);
}

Result<json> ResourceUpdate(const ResourceCall& call, bool patch) {
  SIKU_TRY(const auto id, TextNamed(call, "id"));
  SIKU_TRY(const auto found, FindResource(call, id));
  const std::string& package = found.listed.dataset.id;
  if (found.file == nullptr) {
    if (call.file != nullptr) {
      return Fail(Code::kInvalid, "a link does not become a file", id, "upload",
                  "delete it, and create the file");
    }
    SIKU_TRY(const auto changed,
             call.catalog.ChangeDataset(call.actor, package, [&](Dataset& dataset) -> Result<void> {
               SIKU_TRY(auto* const link, LinkIn(dataset, id));
               SetLink(call.parameters, patch, *link);
               return {};
             }));
    return Shown(call, changed.id, id);
  }
  VersionFile file{.name = found.file->name, .title = found.file->title};
  if (!patch || call.parameters.contains("name")) file.title = TextOf(call.parameters, "name");
  if (call.file != nullptr) {
    SIKU_TRY(PutFile(call, package, file));
  } else if (file.title != found.file->title) {
    SIKU_TRY(const auto kept, call.catalog.FindFile(call.actor, package, 0, file.name));
    SIKU_TRY(call.catalog.AddFile(call.actor, package, kept.second, file, false));
  }
  return Shown(call, package, id);
}

Result<json> ResourceDelete(const ResourceCall& call) {
  SIKU_TRY(const auto id, TextNamed(call, "id"));
  SIKU_TRY(const auto found, FindResource(call, id));
  const std::string& package = found.listed.dataset.id;
  if (found.file != nullptr) {
    SIKU_TRY(call.catalog.RemoveFile(call.actor, package, found.file->name));
    return json();
  }
  SIKU_TRY(call.catalog.ChangeDataset(call.actor, package, [&](Dataset& dataset) -> Result<void> {
    SIKU_TRY(const auto* const link, LinkIn(dataset, id));
    dataset.links.erase(dataset.links.begin() + (link - dataset.links.data()));
    return {};
  }));
  return json();
}

}  // namespace siku::catalog
