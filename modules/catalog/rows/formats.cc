#include <algorithm>
#include <array>

#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

constexpr std::array kFormats = {
    DownloadFormat{"csv", "CSV", "text/csv"},
    DownloadFormat{"jsonl", "JSONL", "application/x-ndjson"},
    DownloadFormat{"parquet", "Parquet", "application/vnd.apache.parquet"}};

}  // namespace

std::span<const DownloadFormat> DownloadFormats() { return kFormats; }

const DownloadFormat* FindDownloadFormat(std::string_view name) {
  const auto* found = std::find_if(kFormats.begin(), kFormats.end(),
                                   [&](const DownloadFormat& one) { return one.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

std::vector<std::string> FormatsOf(const Dataset& dataset, const Version* newest) {
  std::vector<std::string> formats;
  const auto add = [&](const std::string& format) {
    const bool there = std::find(formats.begin(), formats.end(), format) != formats.end();
    if (!format.empty() && !there) formats.push_back(format);
  };
  if (newest != nullptr && newest->HasTable()) {
    for (const DownloadFormat& one : kFormats) add(one.title);
  }
  if (newest != nullptr) {
    for (const VersionFile& file : newest->files) add(file.Format());
  }
  for (const Link& link : dataset.links) add(link.format);
  return formats;
}

}  // namespace siku::catalog
