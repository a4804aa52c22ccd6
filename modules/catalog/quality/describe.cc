#include "quality/describe.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "siku/catalog/rows.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr std::array kCycleDays = {std::pair{"realtime", 1},   std::pair{"daily", 1},
                                   std::pair{"weekly", 7},     std::pair{"monthly", 31},
                                   std::pair{"quarterly", 92}, std::pair{"yearly", 366}};
constexpr std::array<std::string_view, 15> kOpenFormats = {
    "csv",     "tsv", "json", "jsonl", "json lines", "ndjson", "xml", "parquet",
    "geojson", "txt", "rdf",  "ttl",   "xlsx",       "ods",    "html"};
constexpr std::array<std::string_view, 13> kMachineFormats = {
    "csv",     "tsv",     "json", "jsonl", "json lines", "ndjson", "xml",
    "parquet", "geojson", "rdf",  "ttl",   "xlsx",       "ods"};
constexpr std::array<std::string_view, 7> kLicences = {
    "cc0", "cc-by", "cc by", "odbl", "pddl", "odc-", "creativecommons.org"};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

template <size_t N>
int64_t CountIn(const std::vector<std::string>& formats,
                const std::array<std::string_view, N>& known) {
  return std::count_if(formats.begin(), formats.end(), [&](const std::string& format) {
    return std::find(known.begin(), known.end(), Lower(format)) != known.end();
  });
}

/// Days since 1970 of 2026-12-01.
int64_t DayNumber(const std::string& day) {
  const auto range = PeriodOf(day, {});
  return range ? static_cast<int64_t>(range->first / 86'400'000.0) : 0;
}

Metric Currency(const QualityQuestion& question) {
  Metric metric{.name = "currency"};
  const Version* const newest = question.listed.Newest();
  const auto* const cycle = std::find_if(
      kCycleDays.begin(), kCycleDays.end(),
      [&](const auto& one) { return question.listed.dataset.update_cycle == one.first; });
  if (cycle == kCycleDays.end() || newest == nullptr) {
    metric.reason = "no_cycle";
    return metric;
  }
  const int64_t age = DayNumber(question.day) - newest->created / 86'400'000;
  metric.part = cycle->second;
  metric.whole = std::max<int64_t>(age, cycle->second);
  return metric;
}

Metric Of(const char* name, int64_t part, int64_t whole) {
  return {.name = name, .part = part, .whole = whole};
}

bool HasContact(const Dataset& dataset) {
  return std::any_of(dataset.contacts.begin(), dataset.contacts.end(), [](const Contact& one) {
    return !one.name.empty() || !one.email.empty() || !one.phone.empty();
  });
}

Metric Description(const Dataset& dataset) {
  const std::array filled = {!dataset.title.empty(),
                             !dataset.summary.empty(),
                             !dataset.code.empty(),
                             !dataset.organisation.empty(),
                             !dataset.themes.empty(),
                             !dataset.keywords.empty(),
                             !dataset.update_cycle.empty(),
                             !dataset.licence.empty(),
                             !dataset.spatial.empty(),
                             !dataset.temporal_start.empty() || !dataset.temporal_end.empty(),
                             HasContact(dataset)};
  return Of("description", std::count(filled.begin(), filled.end(), true),
            static_cast<int64_t>(filled.size()));
}

/// Points of one item: those it has, or none.
struct Item {
  const char* name;
  int points;
  const char* zh;
  const char* en;
  bool met;
  const char* why = "";  // it cannot be had here
};
struct Group {
  const char* name;
  const char* zh;
  const char* en;
  std::vector<Item> items{};
};

std::vector<Group> GroupsOf(const QualityQuestion& question) {
  const Dataset& dataset = question.listed.dataset;
  const Version* const newest = question.listed.Newest();
  const bool rows = newest != nullptr && newest->HasTable();
  const auto formats = FormatsOf(dataset, newest);
  const bool any = rows || !dataset.links.empty();
  const bool served = rows && question.everybody.has_value();
  const std::string licence = Lower(dataset.licence);
  const bool known_licence =
      std::any_of(kLicences.begin(), kLicences.end(),
                  [&](std::string_view one) { return licence.find(one) != std::string::npos; });
  const bool open = CountIn(formats, kOpenFormats) > 0;
  const bool machine = CountIn(formats, kMachineFormats) > 0;
  const bool period = !dataset.temporal_start.empty() || !dataset.temporal_end.empty();
  const char* const unopened = rows ? "" : "links_not_opened";
  return {
      {"findability",
       "可发现",
       "Findability",
       {{"keywords", 30, "关键词", "keywords", !dataset.keywords.empty()},
        {"themes", 30, "主题", "themes", !dataset.themes.empty()},
        {"spatial", 20, "空间范围", "spatial coverage", !dataset.spatial.empty()},
        {"temporal", 20, "时间范围", "temporal coverage", period}}},
      {"accessibility",
       "可访问",
       "Accessibility",
       {{"access_answers", 50, "访问地址可用", "access address answers", rows, unopened},
        {"download", 20, "有下载地址", "download address", any},
        {"download_answers", 30, "下载地址可用", "download address answers", served, unopened}}},
      {"interoperability",
       "可互操作",
       "Interoperability",
       {{"format", 20, "格式", "format", !formats.empty()},
        {"media_type", 10, "媒体类型", "media type", rows},
        {"vocabulary", 10, "格式在代码表内", "format of a vocabulary", open},
        {"open_format", 20, "开放格式", "non-proprietary format", open},
        {"machine_readable", 20, "机器可读", "machine-readable format", machine},
        {"dcat", 30, "符合 DCAT-AP", "conforms to DCAT-AP", false, "no_dcat"}}},
      {"reusability",
       "可重用",
       "Reusability",
       {{"licence", 20, "许可", "licence", !dataset.licence.empty()},
        {"licence_known", 10, "许可在代码表内", "licence of a vocabulary", known_licence},
        {"access_rights", 10, "开放属性", "access rights", true},
        {"access_known", 5, "开放属性在代码表内", "access rights of a vocabulary", true},
        {"contact", 20, "联系方式", "contact point", HasContact(dataset)},
        {"publisher", 10, "发布机构", "publisher", !dataset.organisation.empty()}}},
      {"contextuality",
       "背景",
       "Contextuality",
       {{"rights", 5, "使用条件", "rights", !dataset.conditions.empty()},
        {"size", 5, "文件大小", "size in bytes", rows},
        {"issued", 5, "发布日期", "issued", true},
        {"modified", 5, "更新日期", "modified", true}}},
  };
}

const char* RatingOf(int points) {
  if (points > 350) return "excellent";
  if (points > 220) return "good";
  return points > 120 ? "sufficient" : "bad";
}

json ItemJson(const Item& item) {
  const bool apart = !item.met && item.why[0] != '\0';
  return {{"name", item.name},
          {"title", {{"zh", item.zh}, {"en", item.en}}},
          {"points", item.met ? item.points : 0},
          {"most", item.points},
          {"state", item.met ? "met"
                    : apart  ? "not_assessed"
                             : "unmet"},
          {"reason", apart ? item.why : ""}};
}

}  // namespace

std::vector<Metric> RecordMetrics(const QualityQuestion& question) {
  const Dataset& dataset = question.listed.dataset;
  std::vector<Metric> metrics = {Description(dataset), Currency(question)};
  const bool published = dataset.state == "published" && !question.readable.version.withdrawn;
  metrics.push_back(Of("published", published ? 1 : 0, 1));
  const json schema = json::parse(question.readable.version.schema, nullptr, false);
  const auto columns = schema.is_array() ? static_cast<int64_t>(schema.size()) : 0;
  const bool closed = !question.everybody.has_value() || !published;
  const int64_t withheld =
      closed ? columns : static_cast<int64_t>(question.everybody->withheld.size());
  metrics.push_back(Of("open_columns", std::max<int64_t>(columns - withheld, 0), columns));
  const auto formats = FormatsOf(dataset, &question.readable.version);
  metrics.push_back(Of("formats",
                       std::min(CountIn(formats, kOpenFormats), CountIn(formats, kMachineFormats)),
                       static_cast<int64_t>(formats.size())));
  if (!dataset.links.empty()) {
    metrics.push_back({.name = "links", .reason = "links_not_opened"});
  }
  return metrics;
}

json MetadataScore(const QualityQuestion& question) {
  int points = 0, most = 0, apart = 0;
  json groups = json::array();
  for (const Group& group : GroupsOf(question)) {
    json items = json::array();
    int mine = 0, all = 0;
    for (const Item& item : group.items) {
      items.push_back(ItemJson(item));
      mine += item.met ? item.points : 0;
      all += item.points;
      apart += items.back()["state"] == "not_assessed" ? item.points : 0;
    }
    points += mine;
    most += all;
    groups.push_back({{"name", group.name},
                      {"title", {{"zh", group.zh}, {"en", group.en}}},
                      {"points", mine},
                      {"most", all},
                      {"items", std::move(items)}});
  }
  return {{"points", points},
          {"most", most},
          {"reachable", most - apart},
          {"rating", RatingOf(points)},
          {"dimensions", std::move(groups)}};
}

}  // namespace siku::catalog
