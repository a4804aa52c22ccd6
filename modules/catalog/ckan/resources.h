// Resources of packages: the formats of the table, files of the newest version, and links.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "siku/catalog/ckan.h"

namespace siku::catalog {

/// Of a file; the same in all versions of the dataset.
std::string FileResourceId(const Dataset& dataset, const VersionFile& file);

struct ResourceCall {
  Catalog& catalog;
  const Actor& actor;
  const nlohmann::json& parameters;
  const CkanFile* file = nullptr;
  const std::string& url;
};

Result<nlohmann::json> ResourceShow(const ResourceCall& call);
/// With a file: one of the next version; without: a link. As Catalog::AddFile, ChangeDataset.
Result<nlohmann::json> ResourceCreate(const ResourceCall& call);
/// `patch`: what is not named stays.
Result<nlohmann::json> ResourceUpdate(const ResourceCall& call, bool patch);
/// kInvalid: the table's formats are not resources of their own.
Result<nlohmann::json> ResourceDelete(const ResourceCall& call);

}  // namespace siku::catalog
