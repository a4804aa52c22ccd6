#include "catalog/entry.h"

#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

std::string Joined(const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += value + "\n";
  return joined;
}

}  // namespace

const Version* NewestOf(const std::vector<Version>& versions) {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (!version->withdrawn) return &*version;
  }
  return nullptr;
}

Entry EntryOf(const StoredDataset& stored, const std::vector<Version>& versions) {
  const Dataset& dataset = stored.dataset;
  Entry entry{.id = dataset.id, .modified = dataset.modified};
  entry.listed = IsListed(dataset.state, dataset.open_class);
  const auto text = [&](Field field) -> std::string& {
    return entry.texts[static_cast<size_t>(field)];
  };
  text(Field::kTitle) = dataset.title;
  text(Field::kKeyword) = Joined(dataset.keywords) + Joined(dataset.themes);
  // The name first and on a line of its own: `name:` looks there.
  text(Field::kName) = dataset.name + "\n" + dataset.code + "\n" + stored.organisation_title +
                       "\n" + dataset.spatial;
  text(Field::kSummary) = dataset.summary;
  const auto value = [&](const char* field, const std::string& given) {
    if (!given.empty()) entry.values.emplace_back(field, given);
  };
  value("organisation", dataset.organisation);
  value("class", std::string(OpenClassName(dataset.open_class)));
  value("licence", dataset.licence);
  value("update_cycle", dataset.update_cycle);
  for (const std::string& theme : dataset.themes) value("theme", theme);
  for (const std::string& keyword : dataset.keywords) value("keyword", keyword);
  for (const std::string& format : FormatsOf(dataset, NewestOf(versions))) {
    value("format", format);
  }
  return entry;
}

}  // namespace siku::catalog
