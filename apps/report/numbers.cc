#include "numbers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base64.h"
#include "page_json.h"

namespace siku::report {
namespace {

using Json = nlohmann::ordered_json;

// Cells of the matrix, two bytes each: with them the file takes some 8 MiB more.
constexpr int64_t kMostCells = int64_t{3} << 20;
// Values from which the cuts of one statistic are chosen.
constexpr int64_t kMostSampled = 200'000;
constexpr size_t kNextToBorder = 3;
constexpr size_t kTextBytes = 600;
constexpr uint16_t kNotGone = 0xFFFF;

// The same rows whatever the order in which they come; FNV-1a with splitmix64's end.
uint64_t HashOf(const RowKey& key) {
  uint64_t hash = 14695981039346656037U;
  const auto mix = [&hash](uint64_t value) { hash = (hash ^ value) * 1099511628211U; };
  mix(static_cast<uint64_t>(key.source));
  mix(static_cast<uint64_t>(key.position));
  for (const char byte : key.child) mix(static_cast<unsigned char>(byte));
  hash = (hash ^ (hash >> 30U)) * 0xBF58476D1CE4E5B9U;
  hash = (hash ^ (hash >> 27U)) * 0x94D049BB133111EBU;
  return hash ^ (hash >> 31U);
}

// Two bytes each, the low one first.
std::string Base64Of(const std::vector<uint16_t>& codes) {
  std::string bytes;
  bytes.reserve(codes.size() * 2);
  for (const uint16_t code : codes) {
    bytes += static_cast<char>(code & 0xFFU);
    bytes += static_cast<char>(code >> 8U);
  }
  return Base64(bytes);
}

Json Finite(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json IntervalJson(const KeptInterval& kept, const std::vector<std::string>& statistics) {
  const auto at = std::find(statistics.begin(), statistics.end(), kept.statistic);
  return {{"statistic", at - statistics.begin()},
          {"low", Finite(kept.low)},
          {"high", Finite(kept.high)},
          {"low_closed", kept.low_closed},
          {"high_closed", kept.high_closed},
          {"reversed", kept.reversed},
          {"zero_passes", kept.zero_passes},
          {"low_parameter", kept.low_parameter},
          {"high_parameter", kept.high_parameter}};
}

}  // namespace

Result<void> Numbers::Read(Store& store, const RunSummary& summary, const RunShape& shape,
                           const std::set<std::string>& sealed) {
  int64_t cells = 0;
  for (size_t i = 0; i < summary.steps.size(); ++i) {
    ordinals_[summary.steps[i].name] = static_cast<uint16_t>(i);
  }
  for (const RunShape::Step& step : shape.steps) {
    if (sealed.contains(step.name) || step.intervals.empty()) continue;
    Step mine{.name = step.name, .intervals = step.intervals};
    mine.rows = summary.steps[ordinals_.at(step.name)].counts.in;
    SIKU_TRY(Sample(store, summary.run, mine));
    if (mine.statistics.empty()) continue;
    cells += mine.rows * static_cast<int64_t>(mine.statistics.size());
    steps_.push_back(std::move(mine));
  }
  one_in_ = static_cast<uint64_t>((cells + kMostCells - 1) / kMostCells);
  one_in_ = std::max<uint64_t>(one_in_, 1);
  for (Step& step : steps_) SIKU_TRY(Count(store, summary.run, step));
  for (Step& step : steps_) {
    for (auto& codes : step.codes) codes.resize(rows_.size(), Bins::kNotReached);
  }
  gone_.assign(rows_.size(), kNotGone);
  return {};
}

// The first pass: where to cut.
Result<void> Numbers::Sample(Store& store, const std::string& run, Step& step) {
  const auto one_in = static_cast<uint64_t>(std::max<int64_t>(1, step.rows / kMostSampled));
  std::vector<std::vector<double>> samples;
  SIKU_TRY(ForEachNumbers(store, run, step.name, [&](const NumbersView& row) {
    if (step.statistics.empty()) {
      step.statistics.assign(row.statistics.begin(), row.statistics.end());
      samples.resize(step.statistics.size());
    }
    if (HashOf(row.key) % one_in != 0) return true;
    for (size_t i = 0; i < samples.size(); ++i) {
      if (!std::isnan(row.values[i])) samples[i].push_back(row.values[i]);
    }
    return true;
  }));
  for (size_t i = 0; i < samples.size(); ++i) {
    std::vector<KeptInterval> own;
    for (const KeptInterval& kept : step.intervals) {
      if (kept.statistic == step.statistics[i]) own.push_back(kept);
    }
    step.bins.emplace_back(std::move(samples[i]), own);
  }
  step.codes.resize(step.statistics.size());
  AddBorders(step);
  return {};
}

void Numbers::AddBorders(Step& step) const {
  for (size_t i = 0; i < step.intervals.size(); ++i) {
    const KeptInterval& kept = step.intervals[i];
    const auto at = std::find(step.statistics.begin(), step.statistics.end(), kept.statistic);
    if (at == step.statistics.end()) continue;
    for (const bool low : {true, false}) {
      const double value = low ? kept.low : kept.high;
      if (!std::isfinite(value)) continue;
      step.borders.push_back({.interval = i,
                              .statistic = static_cast<size_t>(at - step.statistics.begin()),
                              .low = low,
                              .value = value});
    }
  }
}

// The second pass: into which bin each row falls.
Result<void> Numbers::Count(Store& store, const std::string& run, Step& step) {
  return ForEachNumbers(store, run, step.name, [&](const NumbersView& row) {
    const bool sampled = IsSampled(row.key);
    const size_t index = sampled ? RowOf(row.key) : 0;
    for (size_t i = 0; i < step.bins.size(); ++i) {
      const uint16_t code = step.bins[i].Add(row.values[i]);
      if (!sampled) continue;
      auto& codes = step.codes[i];
      if (codes.size() <= index) codes.resize(index + 1, Bins::kNotReached);
      codes[index] = code;
    }
    SeeBorders(step, row);
    return true;
  });
}

void Numbers::SeeBorders(Step& step, const NumbersView& row) {
  const auto value_of = [&](const KeptInterval& kept) {
    const auto at = std::find(step.statistics.begin(), step.statistics.end(), kept.statistic);
    return row.values[static_cast<size_t>(at - step.statistics.begin())];
  };
  const bool kept = std::all_of(step.intervals.begin(), step.intervals.end(),
                                [&](const KeptInterval& one) { return one.Keeps(value_of(one)); });
  for (Border& border : step.borders) {
    const double value = row.values[border.statistic];
    if (std::isnan(value)) continue;
    const KeptInterval& interval = step.intervals[border.interval];
    const bool passes = interval.Keeps(value);
    // What lies beyond the other border says nothing about this one.
    const bool beyond = border.low ? value <= border.value : value >= border.value;
    if (passes ? !kept : !interval.reversed && !beyond) continue;
    Nearest& nearest = passes ? border.kept : border.dropped;
    nearest.emplace(std::abs(value - border.value), row.key, value);
    if (nearest.size() > kNextToBorder) nearest.erase(std::prev(nearest.end()));
  }
}

bool Numbers::IsSampled(const RowKey& key) const { return HashOf(key) % one_in_ == 0; }

size_t Numbers::RowOf(const RowKey& key) { return rows_.emplace(key, rows_.size()).first->second; }

void Numbers::SeeDropped(std::string_view step, const RowKey& key) {
  const auto row = rows_.find(key);
  const auto ordinal = ordinals_.find(step);
  if (row != rows_.end() && ordinal != ordinals_.end()) gone_[row->second] = ordinal->second;
}

void Numbers::Want(RowTexts& texts) const {
  for (const Step& step : steps_) {
    for (const Border& border : step.borders) {
      for (const auto& [distance, key, value] : border.kept) texts.WantKept(step.name, key);
      for (const auto& [distance, key, value] : border.dropped) texts.WantDropped(step.name, key);
    }
  }
}

Json Numbers::BorderJson(const Step& step, const Border& border, const RowTexts& texts) {
  const auto rows = [&](const Nearest& nearest, bool kept) {
    Json list = Json::array();
    for (const auto& [distance, key, value] : nearest) {
      const auto* found = kept ? texts.Kept(step.name, key) : texts.Dropped(step.name, key);
      if (found == nullptr || !found->text.has_value()) continue;
      const std::string text = Prefix(*found->text, kTextBytes);
      list.push_back({{"place", found->place},
                      {"value", value},
                      {"text", text},
                      {"more", found->bytes - static_cast<int64_t>(text.size())}});
    }
    return list;
  };
  return {{"interval", border.interval},
          {"low", border.low},
          {"kept", rows(border.kept, true)},
          {"dropped", rows(border.dropped, false)}};
}

Json Numbers::ToJson(const RowTexts& texts) const {
  if (steps_.empty()) return {};
  Json steps = Json::array();
  for (const Step& step : steps_) {
    Json statistics = Json::array();
    for (size_t i = 0; i < step.statistics.size(); ++i) {
      auto json = step.bins[i].ToJson();
      const auto compacted = step.bins[i].Compacted();
      std::vector<uint16_t> codes = step.codes[i];
      for (uint16_t& code : codes) {
        if (code < Bins::kNoNumber) code = compacted[code];
      }
      json["name"] = step.statistics[i];
      json["codes"] = Base64Of(codes);
      statistics.push_back(std::move(json));
    }
    Json intervals = Json::array();
    for (const KeptInterval& kept : step.intervals) {
      intervals.push_back(IntervalJson(kept, step.statistics));
    }
    Json borders = Json::array();
    for (const Border& border : step.borders) borders.push_back(BorderJson(step, border, texts));
    steps.push_back({{"step", step.name},
                     {"intervals", intervals},
                     {"statistics", statistics},
                     {"borders", borders}});
  }
  return {{"rows", rows_.size()}, {"one_in", one_in_}, {"gone", Base64Of(gone_)}, {"steps", steps}};
}

}  // namespace siku::report
