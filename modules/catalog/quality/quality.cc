#include "siku/catalog/quality.h"

#include <arrow/api.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "durable.h"
#include "quality/describe.h"
#include "quality/found_rows.h"
#include "quality/metric.h"
#include "quality/reference.h"
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

/// From where they are kept, or made.
Result<std::vector<Metric>> Kept(const std::string& path,
                                 const std::function<Result<std::vector<Metric>>()>& make) {
  const auto text = ReadWhole(path, kLongestFile);
  const json known = json::parse(text.value_or(""), nullptr, false);
  std::vector<Metric> metrics;
  if (known.is_array()) {
    for (const json& one : known) metrics.push_back(MetricOf(one));
    return metrics;
  }
  SIKU_TRY(metrics, make());
  json kept = json::array();
  for (const Metric& metric : metrics) kept.push_back(MetricJson(metric));
  SIKU_TRY(ReplaceDurably(path, kept.dump()));
  return metrics;
}

/// Beside the export, whose name says what is withheld.
std::string PathBeside(const std::string& file, const json& by) {
  return file + ".quality-" + Sha256Hex(by.dump()).substr(0, 16) + ".json";
}

Result<std::vector<Metric>> KeptMetrics(const Measured& measured, const Dataset& dataset) {
  const json by = {dataset.quality, dataset.temporal_start, dataset.temporal_end};
  return Kept(PathBeside(measured.file, by), [&]() -> Result<std::vector<Metric>> {
    SIKU_TRY(const auto counts,
             CountParquet(measured.file, measured.plan.pass, kThreads, kSeconds));
    return RowMetrics(measured.rules, measured.table, measured.plan, counts);
  });
}

Result<std::optional<Comparison>> ComparisonOf(const Store& store, const Measured& measured,
                                               const QualityQuestion& question) {
  if (!question.reference) return std::optional<Comparison>();
  const QualityReference& reference = *question.reference;
  SIKU_TRY(const auto columns, ReadableColumns(store, reference.readable));
  if (columns.empty()) return std::optional<Comparison>();
  Comparison comparison{.parquet = measured.file, .key = reference.key};
  SIKU_TRY(comparison.reference, ExportFile(store, reference.readable, "parquet"));
  return std::optional<Comparison>(std::move(comparison));
}

Result<std::vector<Metric>> AccuracyMetrics(const Store& store, const Measured& measured,
                                            const QualityQuestion& question) {
  SIKU_TRY(const auto comparison, ComparisonOf(store, measured, question));
  if (!comparison) {
    const char* const reason = question.unreadable ? "reference_unreadable" : "no_reference";
    return std::vector<Metric>{{.name = "reference", .reason = reason}};
  }
  const json by = {comparison->reference, comparison->key};
  return Kept(PathBeside(measured.file, by), [&] { return ReferenceMetrics(*comparison); });
}

Result<void> Find(const Store& store, const Measured& measured, const QualityQuestion& question,
                  const std::string& id, FoundRows& found) {
  SIKU_TRY(const auto comparison, ComparisonOf(store, measured, question));
  constexpr std::string_view kReference = "reference/";
  if (comparison && id.starts_with(kReference)) {
    return FindDifferent(*comparison, id.substr(kReference.size()), found);
  }
  SIKU_TRY(const auto metrics, KeptMetrics(measured, question.listed.dataset));
  const auto metric = std::find_if(metrics.begin(), metrics.end(),
                                   [&](const Metric& one) { return one.id == id && one.rows; });
  if (metric == metrics.end()) {
    return Fail(Code::kNotFound, "this measure has no rows to show", id);
  }
  return FindRows(measured.file, measured.table, measured.rules, measured.plan, *metric, found);
}

}  // namespace

Result<json> VersionQuality(const Store& store, const QualityQuestion& question) {
  SIKU_TRY(const auto measured, Prepare(store, question));
  SIKU_TRY(auto metrics, KeptMetrics(measured, question.listed.dataset));
  int64_t rows = 0;  // that may be read
  for (const Metric& metric : metrics) {
    if (metric.name == "records") rows = metric.whole.value_or(0);
  }
  if (question.record) {
    for (Metric& metric : RecordMetrics(question)) metrics.push_back(std::move(metric));
  }
  SIKU_TRY(auto accuracy, AccuracyMetrics(store, measured, question));
  for (Metric& metric : accuracy) metrics.push_back(std::move(metric));
  return json{{"standard", kStandard},
              {"rows", rows},
              {"day", question.day},
              {"dimensions", DimensionsJson(metrics)},
              {"metadata", question.record ? MetadataScore(question) : json()}};
}

Result<json> QualityRows(const Store& store, const QualityQuestion& question, const std::string& id,
                         int64_t offset, int64_t limit) {
  SIKU_TRY(const auto measured, Prepare(store, question));
  FoundRows found{.offset = offset, .limit = limit};
  SIKU_TRY(Find(store, measured, question, id, found));
  SIKU_TRY(auto rows, ReadRows(measured.file, found.numbers));
  return json{{"total", found.total},
              {"columns", ColumnsJson(measured.columns)},
              {"rows", std::move(rows)},
              {"numbers", found.numbers}};
}

}  // namespace siku::catalog
