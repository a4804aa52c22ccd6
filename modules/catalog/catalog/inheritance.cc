#include "catalog/inheritance.h"

#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catalog/reach.h"
#include "rows/conditions.h"
#include "siku/run.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kMostAncestors = 10'000;

/// Names of the inputs that are datasets of the store.
std::set<std::string> DatasetInputs(const Manifest& manifest) {
  std::set<std::string> names;
  const json lineage = json::parse(manifest.lineage, nullptr, false);
  if (!lineage.is_object() || !lineage.contains("recipe")) return names;
  for (const json& input : lineage.at("recipe").value("inputs", json::array())) {
    if (input.value("kind", "") == "dataset") names.insert(input.value("name", ""));
  }
  return names;
}

/// Whether the rows are what an import rejected.
bool AreRejects(const Manifest& manifest) {
  const json lineage = json::parse(manifest.lineage, nullptr, false);
  return lineage.is_object() && lineage.contains("import") &&
         lineage.at("import").contains("rejects_of");
}

/// `name@ordinal` of each version of the store that the run read; of rejects the dataset that they
/// were rejected from.
Result<std::vector<std::string>> Parents(const Store& store, const VersionInfo& version,
                                         bool& rejects) {
  std::vector<std::string> parents;
  SIKU_TRY(const auto manifest, store.ReadManifest(version));
  if (AreRejects(manifest)) {
    rejects = true;
    parents.push_back(version.dataset.substr(0, version.dataset.rfind('.')));
  }
  const auto inputs = DatasetInputs(manifest);
  if (inputs.empty()) return parents;
  SIKU_TRY(const auto summary, ReadSummary(store, version.run));
  for (const SourceSummary& source : summary.sources) {
    if (inputs.contains(source.input)) parents.push_back(source.relative);
  }
  return parents;
}

/// Adds what the catalogue says of a dataset of the store.
Result<void> Join(Inheritance& all, Database& database, const VersionInfo& parent) {
  const std::string prefix = parent.dataset + "@";
  const std::string source = prefix + std::to_string(parent.ordinal);
  SIKU_TRY(const auto rows,
           database.Ask("SELECT DISTINCT d.id, d.name, d.open_class, d.state FROM versions v"
                        " JOIN datasets d ON d.id = v.dataset"
                        " WHERE substr(v.source, 1, $1) = $2 ORDER BY d.name",
                        {static_cast<int64_t>(prefix.size()), prefix}));
  for (size_t row = 0; row < rows.size(); ++row) {
    SIKU_TRY(const auto open_class, ParseOpenClass(rows.Text(row, 2)));
    if (open_class > all.open_class) {
      all.open_class = open_class;
      all.dataset = rows.Text(row, 1);
    }
    AccessRecords records;
    SIKU_TRY(const auto versions, LoadVersions(database, rows.Text(row, 0), &records));
    all.withheld.insert(records.withheld.begin(), records.withheld.end());
    for (const Version& version : versions) {
      const bool gone = version.withdrawn || rows.Text(row, 3) == "withdrawn";
      if (version.source == source && gone) all.withdrawn = source;
    }
    SIKU_TRY(const auto rules, RulesOf(records));
    all.rules.insert(all.rules.end(), rules.begin(), rules.end());
  }
  return {};
}

}  // namespace

Result<Ancestors> AncestorsOf(const Store& store, const VersionInfo& version) {
  Ancestors all;
  std::vector<VersionInfo> open = {version};
  std::set<std::string> seen;
  while (!open.empty()) {
    const VersionInfo one = std::move(open.back());
    open.pop_back();
    SIKU_TRY(const auto parents, Parents(store, one, all.rejects));
    for (const std::string& parent : parents) {
      if (!seen.insert(parent).second) continue;
      if (seen.size() > kMostAncestors) {
        return Fail(Code::kLimit, "the version was made of too many others", version.dataset);
      }
      SIKU_TRY(auto info, store.FindVersion(parent));
      all.versions.push_back(info);
      open.push_back(std::move(info));
    }
  }
  return all;
}

Result<Inheritance> InheritedFrom(Database& database, const Ancestors& ancestors) {
  Inheritance all;
  for (const VersionInfo& parent : ancestors.versions) SIKU_TRY(Join(all, database, parent));
  return all;
}

std::vector<AccessRule> RulesFor(const Schema& schema, const std::vector<AccessRule>& rules) {
  std::vector<AccessRule> fitting;
  for (AccessRule rule : rules) {
    std::erase_if(rule.keeps.columns,
                  [&](const std::string& name) { return schema->GetFieldIndex(name) < 0; });
    if (!RowConditions::Bind(schema, rule.keeps.rows, "").has_value()) {
      rule.keeps = {};
      rule.nothing = true;
    }
    const bool takes = rule.nothing || !rule.keeps.columns.empty() || !rule.keeps.rows.empty();
    if (takes) fitting.push_back(std::move(rule));
  }
  return fitting;
}

}  // namespace siku::catalog
