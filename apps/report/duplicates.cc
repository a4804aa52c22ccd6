#include "duplicates.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "page_json.h"

namespace siku::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kClusters = 12;
constexpr size_t kOfCluster = 2;
constexpr size_t kTextBytes = 6000;
// Of what two long texts begin with alike, so much is shown.
constexpr size_t kBefore = 300;

// Where the part that is shown begins: not far before the first difference.
size_t BeginOf(std::string_view a, std::string_view b) {
  const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  auto same = static_cast<size_t>(differ.first - a.begin());
  const bool whole = differ.first == a.end() && differ.second == b.end();
  if (whole || std::max(a.size(), b.size()) <= kTextBytes || same < 2 * kBefore) return 0;
  for (same -= kBefore; (static_cast<unsigned char>(a[same]) & 0xC0U) == 0x80;) --same;
  return same;
}

Json TextJson(const RowTexts::Found& found, size_t begin) {
  const std::string text = Prefix(std::string_view(*found.text).substr(begin), kTextBytes);
  return {{"place", found.place},
          {"text", text},
          {"more", found.bytes - static_cast<int64_t>(begin + text.size())}};
}

}  // namespace

void Duplicates::See(const RejectView& reject) {
  auto step = steps_.find(reject.step);
  if (step == steps_.end()) {
    step = steps_.emplace(reject.step, Step{}).first;
    order_.emplace_back(reject.step);
  }
  ++step->second.clusters[*reject.partner];
}

// The largest; of equal ones those that come first.
void Duplicates::Choose(Step& step) {
  std::vector<std::pair<int64_t, RowKey>> largest;
  for (const auto& [survivor, rows] : step.clusters) {
    largest.emplace_back(-rows, survivor);
    std::push_heap(largest.begin(), largest.end());
    if (largest.size() <= kClusters) continue;
    std::pop_heap(largest.begin(), largest.end());
    largest.pop_back();
  }
  std::sort(largest.begin(), largest.end());
  for (const auto& [rows, survivor] : largest) {
    step.samples.push_back({.survivor = survivor, .rows = -rows});
  }
}

Result<void> Duplicates::Want(Store& store, const std::string& run, RowTexts& texts) {
  for (auto& [name, step] : steps_) {
    Choose(step);
    size_t left = 0;
    for (const Sample& sample : step.samples) {
      texts.WantKept(name, sample.survivor);
      left += std::min(kOfCluster, static_cast<size_t>(sample.rows));
    }
    SIKU_TRY(ForEachReject(store, run, name, [&, &own = step, &of = name](const RejectView& row) {
      if (!row.partner.has_value()) return true;
      for (Sample& sample : own.samples) {
        if (sample.survivor != *row.partner || sample.gone.size() == kOfCluster) continue;
        sample.gone.push_back(row.key);
        texts.WantDropped(of, row.key);
        --left;
      }
      return left > 0;
    }));
  }
  return {};
}

Json Duplicates::SampleJson(const std::string& step, const Sample& sample, const RowTexts& texts) {
  const auto* kept = texts.Kept(step, sample.survivor);
  if (kept == nullptr || !kept->text.has_value()) return {};
  Json pairs = Json::array();
  for (const RowKey& key : sample.gone) {
    const auto* gone = texts.Dropped(step, key);
    if (gone == nullptr || !gone->text.has_value()) continue;
    const size_t begin = BeginOf(*kept->text, *gone->text);
    Json pair = {{"kept", TextJson(*kept, begin)}, {"gone", TextJson(*gone, begin)}};
    if (begin > 0) pair["same"] = begin;
    if (!gone->detail.first.empty()) pair["detail"] = {gone->detail.first, gone->detail.second};
    pairs.push_back(std::move(pair));
  }
  if (pairs.empty()) return {};
  return {{"rows", sample.rows}, {"pairs", std::move(pairs)}};
}

Json Duplicates::ToJson(const RowTexts& texts) const {
  Json all = Json::array();
  for (const std::string& name : order_) {
    const Step& step = steps_.at(name);
    std::map<int64_t, int64_t> sizes;
    int64_t merged = 0;
    for (const auto& [survivor, rows] : step.clusters) {
      merged += rows;
      ++sizes[rows + 1];
    }
    Json samples = Json::array();
    for (const Sample& sample : step.samples) {
      Json json = SampleJson(name, sample, texts);
      if (!json.is_null()) samples.push_back(std::move(json));
    }
    Json counts = Json::array();
    for (const auto& [size, clusters] : sizes) counts.push_back({size, clusters});
    all.push_back({{"step", name},
                   {"merged", merged},
                   {"clusters", step.clusters.size()},
                   {"sizes", std::move(counts)},
                   {"samples", std::move(samples)}});
  }
  return all;
}

}  // namespace siku::report
