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

std::vector<std::string> FormatsOf(const Dataset& dataset, bool rows) {
  std::vector<std::string> formats;
  if (rows) {
    for (const DownloadFormat& one : kFormats) formats.emplace_back(one.title);
  }
  for (const Link& link : dataset.links) {
    const bool there = std::find(formats.begin(), formats.end(), link.format) != formats.end();
    if (!link.format.empty() && !there) formats.push_back(link.format);
  }
  return formats;
}

}  // namespace siku::catalog
