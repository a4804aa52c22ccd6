// CKAN's Action API, version 3, over the catalogue: what `ckanapi` and harvesters send. Definition:
// docs.ckan.org/en/2.12/api.
#pragma once

#include <cstdint>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "siku/catalog/catalog.h"
#include "siku/result.h"

namespace siku::catalog {

/// Packages that were written for a search, as everybody sees them; a dataset that has been changed
/// since is another. Safe to use from several threads.
class PackageTexts {
 public:
  /// False: it is not there.
  bool Append(const std::string& id, int64_t modified, const std::string& url, std::string& out);
  void Keep(const std::string& id, int64_t modified, const std::string& url, std::string text);

 private:
  struct Text {
    int64_t modified;
    std::string text;
  };
  std::mutex mutex_{};
  std::string url_{};  // of the site, which is in all of them
  std::unordered_map<std::string, Text> texts_{};
  size_t bytes_ = 0;
};

/// Whether the action changes something, which asks for a key that may.
bool CkanWrites(const std::string& action);

/// Whether the answer takes a process of DuckDB: few of these are made at a time.
bool CkanHeavy(const std::string& action, const nlohmann::json& parameters);

/// A file that came with a form.
struct CkanFile {
  std::string name{};
  std::string_view bytes{};
};
struct CkanCall {
  const std::string& action;
  const nlohmann::json&
      parameters;  // an object; numbers may be strings, unknown keys are passed over
  const CkanFile* file = nullptr;  // null: none came
  const std::string& url;          // of the site, for addresses of resources
};

/// The `result` of an action, as JSON. kUnsupported: no such action.
Result<std::string> CkanAction(Catalog& catalog, PackageTexts& texts, const Actor& actor,
                               const CkanCall& call);

/// What CKAN calls an error: "Not Found Error", …
std::string CkanErrorType(Code code);

}  // namespace siku::catalog
