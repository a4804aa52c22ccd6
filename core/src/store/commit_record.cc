#include "commit_record.h"

#include <nlohmann/json.hpp>

namespace siku {

using nlohmann::json;

std::string ManifestPath(const std::string& store, const std::string& sha256) {
  return store + "/manifests/" + sha256.substr(0, 2) + "/" + sha256 + ".json";
}

std::string CommitPath(const std::string& store, int64_t ordinal) {
  std::string digits = std::to_string(ordinal);
  digits.insert(0, 12 - std::min<size_t>(12, digits.size()), '0');
  return store + "/commits/" + digits + ".json";
}

std::string CommitJson(const CommitRecord& record) {
  json versions = json::array();
  for (const IndexedVersion& version : record.versions) {
    versions.push_back({{"dataset", version.dataset}, {"manifest", version.manifest}});
  }
  return json({{"format", 1},
               {"ordinal", record.ordinal},
               {"created", record.created},
               {"run", record.run},
               {"versions", versions}})
      .dump();
}

Result<CommitRecord> CommitFromJson(const std::string& text, const std::string& place) {
  try {
    const json in = json::parse(text);
    CommitRecord record;
    record.ordinal = in.at("ordinal");
    record.created = in.at("created");
    record.run = in.at("run");
    for (const json& item : in.at("versions")) {
      IndexedVersion version;
      version.dataset = item.at("dataset");
      version.manifest = item.at("manifest");
      record.versions.push_back(std::move(version));
    }
    return record;
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the commit record cannot be read", e.what(), place);
  }
}

}  // namespace siku
