#include "operators/filter/preset_filter.h"

#include <algorithm>

#include "operators/filter/parameters.h"
#include "operators/filter/splitters.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using statistics::Kind;
using statistics::Statistic;

enum Reason : uint16_t { kEmpty, kNullText, kFirstRule };

// A limit of a rule that stands for the number of the preset.
constexpr double kOfPreset = -1;

// DataTrove's for English; those of FineWeb-2's configuration cmn_Hani.
const std::vector<std::string>& StopWords(bool chinese) {
  static const std::vector<std::string> kEnglish{"the", "be",   "to",   "of",
                                                 "and", "that", "have", "with"};
  static const std::vector<std::string> kChinese{"的", "年", "在", "月", "是", "和", "日", "了",
                                                 "於", "·",  "為", "有", "被", "人", "中", "为",
                                                 "他", "與", "後", "也", "而", "由"};
  return chinese ? kChinese : kEnglish;
}

bool HasWords(Kind kind) {
  return kind == Kind::kTopGram || kind == Kind::kDuplicatedGrams || kind == Kind::kGopherWords ||
         kind == Kind::kAvgWordLength || kind == Kind::kHashWordRatio ||
         kind == Kind::kEllipsisWordRatio || kind == Kind::kAlphaWordRatio ||
         kind == Kind::kStopWords || kind == Kind::kNewlineWordRatio;
}

bool HasRule(const RuleSet& set, Kind kind) {
  return std::any_of(set.rules.begin(), set.rules.end(),
                     [kind](const Rule& rule) { return rule.kind == kind; });
}

std::vector<ParameterSpec> SharedParameters(const RuleSet& set) {
  std::vector<ParameterSpec> parameters{TextColumn()};
  if (set.presets) {
    parameters.push_back(Text("preset", "english",
                              {"Whose numbers: DataTrove's for English, FineWeb-2's for Chinese.",
                               "采用哪套数值：DataTrove 的英文值，或 FineWeb-2 的中文值。"}));
    parameters.back().choices = {"english", "cmn_hani"};
  }
  parameters.push_back(Text("words", "preset",
                            {"How words are split; the preset for Chinese takes jieba.",
                             "分词方式；中文预设用 jieba。"}));
  parameters.back().choices = SplitterNames();
  parameters.back().choices.insert(parameters.back().choices.begin(), "preset");
  if (HasRule(set, Kind::kStopWords)) {
    parameters.push_back(
        Texts("stop_words", {},
              {"The stop words; none: those of the preset.", "停用词；留空则用预设的。"}));
  }
  if (HasRule(set, Kind::kShortLineRatio)) {
    parameters.push_back(Whole("short_line_length", 30,
                               {"A line of this length or less is short.", "不超过此长度为短行。"},
                               "characters", 1));
    parameters.back().maximum = 1000;
    parameters.push_back(YesNo("line_punct_exclude_zero", false,
                               {"Keep texts none of whose lines ends with a terminal mark.",
                                "没有任何行以句末标点结尾的文本仍保留。"}));
  }
  return parameters;
}

std::string LimitSummary(Side side) {
  return side == Side::kAbove   ? "The most that is kept"
         : side == Side::kBelow ? "The least that is kept"
                                : "What must be exceeded";
}

Record MakeRecord(const RuleSet& set) {
  Record record = {
      .name = std::string("refine.filter.") + set.name,
      .version = 1,
      .summary = set.summary,
      .summary_zh = set.summary_zh,
      .source = set.source,
      .example = std::string("kept: {use: refine.filter.") + set.name + ", from: pages" +
                 (set.presets ? ", with: {preset: cmn_hani}}" : "}"),
      .parameters = SharedParameters(set),
      .reads = {"$column"},
      .reasons = {{"empty", "There is nothing in the text.", "文本没有内容。"},
                  {"null_text", "There is no text to measure.", "没有可度量的文本。"}},
      .traits = {.cardinality = Cardinality::kFilter},
  };
  const char* last = "";
  for (const Rule& rule : set.rules) {
    record.reasons.push_back({rule.reason, rule.summary, rule.summary_zh});
    if (std::string_view(last) == rule.parameter) continue;
    last = rule.parameter;
    const std::string off = set.nought_is_off ? "; 0: off" : "";
    const std::string off_zh = set.nought_is_off ? "，0 为关闭" : "";
    record.parameters.push_back(Real(rule.parameter, kOfPreset,
                                     {LimitSummary(rule.side) + (off + "; -1: the preset's."),
                                      (rule.side == Side::kAbove   ? "保留的最大值"
                                       : rule.side == Side::kBelow ? "保留的最小值"
                                                                   : "须大于此值") +
                                          off_zh + "，-1 为预设值。"},
                                     rule.whole ? "" : "ratio"));
    record.parameters.back().minimum = kOfPreset;
  }
  return record;
}

void Complete(Statistic& statistic, const Parameters& parameters, bool chinese) {
  if (statistic.kind == Kind::kShortLineRatio) {
    statistic.number = parameters.integer("short_line_length");
  }
  if (statistic.kind != Kind::kStopWords) return;
  const auto& given = parameters.texts("stop_words");
  statistic.list = std::make_shared<const statistics::WordList>(
      "stop_words", given.empty() ? StopWords(chinese) : given);
}

Condition ConditionOf(const Rule& rule, std::string statistic, double limit, uint16_t reason) {
  Condition condition{
      .statistic = std::move(statistic), .low_reason = reason, .high_reason = reason};
  const bool above = rule.side == Side::kAbove;
  (above ? condition.high : condition.low) = limit;
  (above ? condition.high_parameter : condition.low_parameter) = rule.parameter;
  condition.low_closed = rule.side != Side::kUpTo;
  return condition;
}

}  // namespace

PresetFilter::PresetFilter(const RuleSet& set) : set_(set), record_(MakeRecord(set)) {}

std::vector<std::pair<std::string, std::string>> PresetFilter::TableHashes() const {
  return SplitterHashes();
}

Result<std::unique_ptr<Bound>> PresetFilter::Bind(const Schema& input,
                                                  const Parameters& parameters) const {
  SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
  const bool chinese = !set_.presets || parameters.text("preset") == "cmn_hani";
  std::string words = parameters.text("words");
  if (words == "preset") words = chinese ? "jieba" : "space";
  SIKU_TRY(const statistics::WordSplitter* const splitter, FindSplitter(words));
  std::vector<Statistic> measured;
  std::vector<Condition> conditions;
  if (set_.filled.has_value()) {
    measured.push_back({.kind = *set_.filled});
    conditions.push_back({.statistic = measured.back().Name(), .low = 1, .low_reason = kEmpty});
  }
  for (size_t i = 0; i < set_.rules.size(); ++i) {
    const Rule& rule = set_.rules[i];
    double limit = parameters.real(rule.parameter);
    if (limit == kOfPreset) limit = chinese ? rule.chinese : rule.english;
    if (set_.nought_is_off && limit == 0) continue;
    Statistic statistic{.kind = rule.kind, .number = rule.number};
    if (HasWords(rule.kind)) statistic.splitter = splitter;
    Complete(statistic, parameters, chinese);
    conditions.push_back(
        ConditionOf(rule, statistic.Name(), limit, static_cast<uint16_t>(kFirstRule + i)));
    conditions.back().zero_passes =
        rule.kind == Kind::kLinePunctRatio && parameters.boolean("line_punct_exclude_zero");
    measured.push_back(std::move(statistic));
  }
  return std::make_unique<StatisticFilter>(input, column, std::move(measured),
                                           std::move(conditions), kNullText);
}

}  // namespace siku::refine
