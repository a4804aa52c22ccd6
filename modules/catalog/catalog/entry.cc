#include "catalog/entry.h"

#include <algorithm>

namespace siku::catalog {
namespace {

std::string Joined(const std::vector<std::string>& values) {
  std::string joined;
  for (const std::string& value : values) joined += value + "\n";
  return joined;
}

void AddFormats(const Dataset& dataset, bool rows, Entry& entry) {
  std::vector<std::string> formats;
  for (const Link& link : dataset.links) {
    if (!link.format.empty()) formats.push_back(link.format);
  }
  if (rows) formats.insert(formats.end(), {"CSV", "JSONL", "Parquet"});
  std::sort(formats.begin(), formats.end());
  formats.erase(std::unique(formats.begin(), formats.end()), formats.end());
  for (std::string& format : formats) entry.values.emplace_back("format", std::move(format));
}

}  // namespace

std::optional<Version> NewestOf(const std::vector<Version>& versions) {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (!version->withdrawn) return *version;
  }
  return std::nullopt;
}

Entry EntryOf(const StoredDataset& stored, const std::vector<Version>& versions) {
  const Dataset& dataset = stored.dataset;
  Entry entry{.id = dataset.id, .modified = dataset.modified};
  entry.listed = dataset.state == "published" && dataset.open_class != OpenClass::kClosed;
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
  AddFormats(dataset, NewestOf(versions).has_value(), entry);
  return entry;
}

}  // namespace siku::catalog
