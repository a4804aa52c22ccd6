// What each measure is called and how it is computed, for people.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "quality/metric.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

struct Words {
  const char* zh;
  const char* en;
};
struct MetricWords {
  const char* name;
  Dimension dimension;
  Words title;
  Words formula;
};

constexpr std::array kDimensions = {
    std::pair{"standardness", Words{"规范性", "Standardness"}},
    std::pair{"completeness", Words{"完整性", "Completeness"}},
    std::pair{"accuracy", Words{"准确性", "Accuracy"}},
    std::pair{"consistency", Words{"一致性", "Consistency"}},
    std::pair{"timeliness", Words{"时效性", "Timeliness"}},
    std::pair{"accessibility", Words{"可访问性", "Accessibility"}},
};

constexpr std::array kMetrics = {
    MetricWords{"format",
                Dimension::kStandardness,
                {"格式", "form of values"},
                {"符合其类型格式（含校验位）的单元格数 ÷ 有值的单元格数",
                 "cells that are a right value of the column's kind, check digits included ÷ cells "
                 "with a value"}},
    MetricWords{"characters",
                Dimension::kStandardness,
                {"字符", "characters"},
                {"没有控制字符、乱码、全角数字字母和首尾空白的单元格数 ÷ 有值的单元格数",
                 "cells without control characters, U+FFFD, full-width digits or letters and "
                 "blanks around ÷ cells with a value"}},
    MetricWords{"values",
                Dimension::kStandardness,
                {"代码表", "list of values"},
                {"取值在代码表内的单元格数 ÷ 有值的单元格数",
                 "cells whose value is in the list ÷ cells with a value"}},
    MetricWords{"description",
                Dimension::kStandardness,
                {"元数据", "metadata"},
                {"已填写的目录要素数 ÷ 目录要素数（GB/T 21063.3）",
                 "elements of the catalogue's record that are filled ÷ elements (GB/T 21063.3)"}},
    MetricWords{"elements",
                Dimension::kCompleteness,
                {"数据元素", "elements"},
                {"有值的单元格数 ÷ 行数；空白和“无”、“—”、NULL 等不算值",
                 "cells with a value ÷ rows; blanks and 无, —, NULL and the like are no value"}},
    MetricWords{"records",
                Dimension::kCompleteness,
                {"数据记录", "records"},
                {"必填列都有值的行数 ÷ 行数；未指定必填列时为所有列",
                 "rows with a value in each required column, or in all where none is ÷ rows"}},
    MetricWords{"reference",
                Dimension::kAccuracy,
                {"内容正确", "content"},
                {"与参照数据相同的单元格数 ÷ 按主键对上的单元格数",
                 "cells equal to the reference's ÷ cells of rows whose key the reference has"}},
    MetricWords{"rows_unique",
                Dimension::kConsistency,
                {"行不重复", "different rows"},
                {"互不相同的行数 ÷ 行数", "different rows ÷ rows"}},
    MetricWords{"keys_unique",
                Dimension::kConsistency,
                {"主键唯一", "unique keys"},
                {"互不相同且无空缺的主键数 ÷ 行数", "different keys without a gap ÷ rows"}},
    MetricWords{"form",
                Dimension::kConsistency,
                {"写法统一", "one form"},
                {"用最常见写法的单元格数 ÷ 有写法之分的单元格数",
                 "cells written in the commonest form ÷ cells that have a form"}},
    MetricWords{"equal",
                Dimension::kConsistency,
                {"相同数据", "equal columns"},
                {"两列内容相同的行数 ÷ 行数", "rows with the same content in both columns ÷ rows"}},
    MetricWords{"determines",
                Dimension::kConsistency,
                {"代码与名称", "codes and names"},
                {"名称为该代码最常见名称的行数 ÷ 两者都有值的行数",
                 "rows whose name is the commonest of their code ÷ rows that have both"}},
    MetricWords{"currency",
                Dimension::kTimeliness,
                {"更新及时", "updates"},
                {"更新周期天数 ÷ 最新版本至今天数（不少于周期）",
                 "days of the update cycle ÷ days since the newest version, at least the cycle"}},
    MetricWords{"ordered",
                Dimension::kTimeliness,
                {"先后顺序", "order in time"},
                {"前一列不晚于（不大于）后一列的行数 ÷ 两者都有值的行数",
                 "rows whose first column is no later (greater) than the second ÷ rows that have "
                 "both"}},
    MetricWords{"period",
                Dimension::kTimeliness,
                {"时间范围", "period"},
                {"时间在数据集时间范围内的行数 ÷ 有时间的行数",
                 "rows whose time lies in the dataset's period ÷ rows with a time"}},
    MetricWords{"published",
                Dimension::kAccessibility,
                {"可以获取", "published"},
                {"已发布未撤回为 1 ÷ 1", "1 where it is published and not withdrawn ÷ 1"}},
    MetricWords{"open_columns",
                Dimension::kAccessibility,
                {"开放的列", "open columns"},
                {"任何人可读的列数 ÷ 列数", "columns that everybody may read ÷ columns"}},
    MetricWords{"formats",
                Dimension::kAccessibility,
                {"可用格式", "formats"},
                {"开放且机器可读的格式数 ÷ 提供的格式数",
                 "open formats that machines read ÷ formats that are offered"}},
    MetricWords{"links",
                Dimension::kAccessibility,
                {"链接有效", "links"},
                {"能打开的链接数 ÷ 链接数；服务器不访问外部地址，故不评价",
                 "links that answer ÷ links; the server opens no address elsewhere, so this is not "
                 "assessed"}},
};

const MetricWords& WordsOf(const std::string& name) {
  const auto* const found = std::find_if(kMetrics.begin(), kMetrics.end() - 1,
                                         [&](const MetricWords& one) { return name == one.name; });
  return *found;
}

json Both(const Words& words) { return {{"zh", words.zh}, {"en", words.en}}; }

json ValueOf(const Metric& metric) {
  if (!metric.part || !metric.whole || *metric.whole == 0) return nullptr;
  return static_cast<double>(*metric.part) / static_cast<double>(*metric.whole);
}

}  // namespace

json MetricJson(const Metric& metric) {
  json out = {{"id", metric.id.empty() ? metric.name : metric.id},
              {"name", metric.name},
              {"columns", metric.columns},
              {"numerator", nullptr},
              {"denominator", nullptr},
              {"reason", metric.reason},
              {"kind", metric.kind},
              {"inferred", metric.inferred},
              {"form", metric.form},
              {"rows", metric.rows}};
  if (metric.part) out["numerator"] = *metric.part;
  if (metric.whole) out["denominator"] = *metric.whole;
  return out;
}

Metric MetricOf(const json& kept) {
  Metric metric{.name = kept.at("name"),
                .id = kept.at("id"),
                .columns = kept.at("columns"),
                .reason = kept.at("reason"),
                .kind = kept.at("kind"),
                .inferred = kept.at("inferred"),
                .form = kept.at("form"),
                .rows = kept.at("rows")};
  if (kept.at("numerator").is_number()) metric.part = kept.at("numerator").get<int64_t>();
  if (kept.at("denominator").is_number()) metric.whole = kept.at("denominator").get<int64_t>();
  return metric;
}

json ToldMetric(const Metric& metric) {
  const MetricWords& words = WordsOf(metric.name);
  json out = MetricJson(metric);
  out.erase("form");
  out["title"] = Both(words.title);
  out["formula"] = Both(words.formula);
  out["value"] = ValueOf(metric);
  const bool missing = metric.part && metric.whole && *metric.part < *metric.whole;
  out["rows"] = metric.rows && missing;
  if (metric.reason.empty() && out["value"].is_null()) out["reason"] = "nothing_to_measure";
  return out;
}

json DimensionsJson(const std::vector<Metric>& metrics) {
  json dimensions = json::array();
  for (size_t i = 0; i < kDimensions.size(); ++i) {
    json list = json::array();
    json least = nullptr, value = nullptr;
    for (const Metric& metric : metrics) {
      if (static_cast<size_t>(WordsOf(metric.name).dimension) != i) continue;
      json told = ToldMetric(metric);
      if (told["value"].is_number() && (value.is_null() || told["value"] < value)) {
        value = told["value"];
        least = told["id"];
      }
      list.push_back(std::move(told));
    }
    dimensions.push_back({{"name", kDimensions[i].first},
                          {"title", Both(kDimensions[i].second)},
                          {"value", std::move(value)},
                          {"least", std::move(least)},
                          {"metrics", std::move(list)}});
  }
  return dimensions;
}

}  // namespace siku::catalog
