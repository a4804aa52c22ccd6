#include "siku/catalog/quality.h"

#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "durable.h"
#include "quality/describe.h"
#include "quality/found_rows.h"
#include "quality/metric.h"
#include "siku/catalog/rows.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int kThreads = 2;
constexpr int kSeconds = 60;
constexpr int64_t kLongestFile = int64_t{64} << 20;
constexpr const char* kStandard = "GB/T 36344-2018";

/// The version as it may be read, with what is to be measured of it.
struct Measured {
  std::string file{};  // Parquet
  std::vector<ColumnInfo> columns{};
  Table table{};
  QualityRules rules{};
  RulePlan plan{};
};

Result<Measured> Prepare(const Store& store, const QualityQuestion& question) {
  Measured measured;
  const Dataset& dataset = question.listed.dataset;
  SIKU_TRY(measured.columns, ReadableColumns(store, question.readable));
  if (measured.columns.empty()) {
    return Fail(Code::kDenied, "no column of this version may be read");
  }
  SIKU_TRY(measured.file, ExportFile(store, question.readable, "parquet"));
  for (const ColumnInfo& column : measured.columns) {
    measured.table.names.push_back(column.name);
    measured.table.texts.push_back(column.type == "text");
  }
  SIKU_TRY(measured.rules, ParseQualityRules(json::parse(dataset.quality)));
  measured.plan = PlanOf(measured.rules, measured.table);
  const int column = measured.table.Find(measured.rules.time);
  if (column >= 0) {
    measured.plan.pass.period = PeriodOf(dataset.temporal_start, dataset.temporal_end);
    measured.plan.pass.period_column = column;
  }
  return measured;
}

/// Of rows, from where they are kept, or by a pass over them.
Result<std::vector<Metric>> KeptMetrics(const Measured& measured, const Dataset& dataset) {
  // What is withheld is part of the export's name.
  const json by = {dataset.quality, dataset.temporal_start, dataset.temporal_end};
  const std::string path =
      measured.file + ".quality-" + Sha256Hex(by.dump()).substr(0, 16) + ".json";
  const auto text = ReadWhole(path, kLongestFile);
  const json known = json::parse(text.value_or(""), nullptr, false);
  std::vector<Metric> metrics;
  if (known.is_array()) {
    for (const json& one : known) metrics.push_back(MetricOf(one));
    return metrics;
  }
  SIKU_TRY(const auto counts, CountParquet(measured.file, measured.plan.pass, kThreads, kSeconds));
  metrics = RowMetrics(measured.rules, measured.table, measured.plan, counts);
  json kept = json::array();
  for (const Metric& metric : metrics) kept.push_back(MetricJson(metric));
  SIKU_TRY(ReplaceDurably(path, kept.dump()));
  return metrics;
}

}  // namespace

Result<json> VersionQuality(const Store& store, const QualityQuestion& question) {
  SIKU_TRY(const auto measured, Prepare(store, question));
  SIKU_TRY(auto metrics, KeptMetrics(measured, question.listed.dataset));
  int64_t rows = 0;  // that may be read
  for (const Metric& metric : metrics) {
    if (metric.name == "records") rows = metric.whole.value_or(0);
  }
  for (Metric& metric : RecordMetrics(question)) metrics.push_back(std::move(metric));
  metrics.push_back({.name = "reference", .reason = "no_reference"});
  return json{{"standard", kStandard},
              {"rows", rows},
              {"day", question.day},
              {"dimensions", DimensionsJson(metrics)},
              {"metadata", MetadataScore(question)}};
}

Result<json> QualityRows(const Store& store, const QualityQuestion& question, const std::string& id,
                         int64_t offset, int64_t limit) {
  SIKU_TRY(const auto measured, Prepare(store, question));
  SIKU_TRY(const auto metrics, KeptMetrics(measured, question.listed.dataset));
  const auto metric = std::find_if(metrics.begin(), metrics.end(),
                                   [&](const Metric& one) { return one.id == id && one.rows; });
  if (metric == metrics.end()) {
    return Fail(Code::kNotFound, "this measure has no rows to show", id);
  }
  FoundRows found{.offset = offset, .limit = limit};
  SIKU_TRY(FindRows(measured.file, measured.table, measured.rules, measured.plan, *metric, found));
  SIKU_TRY(auto rows, ReadRows(measured.file, found.numbers));
  json columns = json::array();
  for (const ColumnInfo& column : measured.columns) {
    columns.push_back({{"name", column.name}, {"type", column.type}});
  }
  return json{{"total", found.total},
              {"columns", std::move(columns)},
              {"rows", std::move(rows)},
              {"numbers", found.numbers}};
}

}  // namespace siku::catalog
