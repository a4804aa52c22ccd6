// DataTrove's filters, with its numbers for English and those of FineWeb-2 for Chinese: the rules
// in the order they are tried, under the reasons that its users know.
#include <algorithm>
#include <array>

#include "operators/filter/measured_filter.h"
#include "operators/filter/parameters.h"
#include "operators/filter/splitters.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using statistics::Kind;
using statistics::Statistic;

enum class Side { kBelow, kAbove };

struct Rule {
  const char* parameter;
  const char* reason;
  Kind kind;
  Side side;
  double english, chinese;
  bool whole = false;  // a whole number, not a ratio
  int64_t number = 0;  // of the statistic
  const char* summary = "";
  const char* summary_zh = "";
};

// A limit of a rule that stands for the number of the preset.
constexpr double kOfPreset = -1;

struct Filter {
  const char* name;
  const char* peer;
  const char* summary;
  const char* summary_zh;
  std::span<const Rule> rules;
  bool nought_is_off;  // a limit of 0 switches its rule off
};

constexpr std::array kRepetition = {
    Rule{"dup_para_frac", "dup_para_frac", Kind::kDupParaFrac, Side::kAbove, .3, 0, false, 0,
         "Too many paragraphs stood in the text before.", "重复段落过多。"},
    Rule{"dup_para_char_frac", "dup_para_char_frac", Kind::kDupParaCharFrac, Side::kAbove, .2, 0,
         false, 0, "Repeated paragraphs hold too many characters.", "重复段落所含字符过多。"},
    Rule{"dup_line_frac", "dup_line_frac", Kind::kDupLineFrac, Side::kAbove, .3, .287, false, 0,
         "Too many lines stood in the text before.", "重复行过多。"},
    Rule{"dup_line_char_frac", "dup_line_char_frac", Kind::kDupLineCharFrac, Side::kAbove, .2, 0,
         false, 0, "Repeated lines hold too many characters.", "重复行所含字符过多。"},
    Rule{"top_2_gram", "top_2_gram", Kind::kTopGram, Side::kAbove, .2, .256, false, 2,
         "The most frequent pair of words holds too many characters.",
         "最常见的 2 词组合字符过多。"},
    Rule{"top_3_gram", "top_3_gram", Kind::kTopGram, Side::kAbove, .18, .201, false, 3,
         "The most frequent three words hold too many characters.", "最常见的 3 词组合字符过多。"},
    Rule{"top_4_gram", "top_4_gram", Kind::kTopGram, Side::kAbove, .16, .171, false, 4,
         "The most frequent four words hold too many characters.", "最常见的 4 词组合字符过多。"},
    Rule{"dup_5_n_grams", "duplicated_5_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .15, .198,
         false, 5, "Repeated runs of five words hold too many characters.",
         "重复的 5 词组合字符过多。"},
    Rule{"dup_6_n_grams", "duplicated_6_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .14, .182,
         false, 6, "Repeated runs of six words hold too many characters.",
         "重复的 6 词组合字符过多。"},
    Rule{"dup_7_n_grams", "duplicated_7_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .13, .167,
         false, 7, "Repeated runs of seven words hold too many characters.",
         "重复的 7 词组合字符过多。"},
    Rule{"dup_8_n_grams", "duplicated_8_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .12, .154,
         false, 8, "Repeated runs of eight words hold too many characters.",
         "重复的 8 词组合字符过多。"},
    Rule{"dup_9_n_grams", "duplicated_9_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .11, .14,
         false, 9, "Repeated runs of nine words hold too many characters.",
         "重复的 9 词组合字符过多。"},
    Rule{"dup_10_n_grams", "duplicated_10_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .1, .127,
         false, 10, "Repeated runs of ten words hold too many characters.",
         "重复的 10 词组合字符过多。"},
};

constexpr std::array kGopherQuality = {
    Rule{"min_doc_words", "gopher_short_doc", Kind::kGopherWords, Side::kBelow, 50, 50, true, 0,
         "The text has too few words.", "词数过少。"},
    Rule{"max_doc_words", "gopher_long_doc", Kind::kGopherWords, Side::kAbove, 100000, 100000, true,
         0, "The text has too many words.", "词数过多。"},
    Rule{"min_avg_word_length", "gopher_below_avg_threshold", Kind::kAvgWordLength, Side::kBelow, 3,
         1, false, 0, "Words are too short on average.", "平均词长过短。"},
    Rule{"max_avg_word_length", "gopher_above_avg_threshold", Kind::kAvgWordLength, Side::kAbove,
         10, 5, false, 0, "Words are too long on average.", "平均词长过长。"},
    Rule{"max_symbol_word_ratio", "gopher_too_many_hashes", Kind::kHashWordRatio, Side::kAbove, .1,
         .1, false, 0, "There are too many # for the words.", "# 相对词数过多。"},
    Rule{"max_symbol_word_ratio", "gopher_too_many_ellipsis", Kind::kEllipsisWordRatio,
         Side::kAbove, .1, .1, false, 0, "There are too many ellipses for the words.",
         "省略号相对词数过多。"},
    Rule{"max_bullet_lines_ratio", "gopher_too_many_bullets", Kind::kBulletLineRatio, Side::kAbove,
         .9, .9, false, 0, "Too many lines begin with a bullet.", "以项目符号开头的行过多。"},
    Rule{"max_ellipsis_lines_ratio", "gopher_too_many_end_ellipsis", Kind::kEllipsisLineRatio,
         Side::kAbove, .3, .3, false, 0, "Too many lines end with an ellipsis.",
         "以省略号结尾的行过多。"},
    Rule{"max_non_alpha_words_ratio", "gopher_below_alpha_threshold", Kind::kAlphaWordRatio,
         Side::kBelow, .8, .735, false, 0, "Too few words hold a letter; the name is DataTrove's.",
         "含字母的词过少；参数名沿用 DataTrove。"},
    Rule{"min_stop_words", "gopher_enough_stop_words", Kind::kStopWords, Side::kBelow, 2, 2, true,
         0, "Too few different stop words occur; the name is DataTrove's.",
         "出现的停用词种类过少；原因名沿用 DataTrove。"},
};

constexpr std::array kFineWeb = {
    Rule{"line_punct_thr", "line_punct_ratio", Kind::kLinePunctRatio, Side::kBelow, .12, .106,
         false, 0, "Too few lines end with a terminal mark.", "以句末标点结尾的行过少。"},
    Rule{"short_line_thr", "short_line_ratio", Kind::kShortLineRatio, Side::kAbove, .67, 999, false,
         0, "Too many lines are short.", "短行过多。"},
    Rule{"char_duplicates_ratio", "char_dup_ratio", Kind::kCharDupRatio, Side::kAbove, .01, .1,
         false, 0, "Repeated lines hold too many characters.", "重复行所含字符过多。"},
    Rule{"new_line_ratio", "list_ratio", Kind::kNewlineWordRatio, Side::kAbove, .3, .178, false, 0,
         "There are too many line ends for the words.", "换行相对词数过多。"},
};

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

bool HasRule(const Filter& filter, Kind kind) {
  return std::any_of(filter.rules.begin(), filter.rules.end(),
                     [kind](const Rule& rule) { return rule.kind == kind; });
}

std::vector<ParameterSpec> SharedParameters(const Filter& filter) {
  std::vector<ParameterSpec> parameters{TextColumn()};
  parameters.push_back(Text("preset", "english",
                            {"Whose numbers: DataTrove's for English, FineWeb-2's for Chinese.",
                             "采用哪套数值：DataTrove 的英文值，或 FineWeb-2 的中文值。"}));
  parameters.back().choices = {"english", "cmn_hani"};
  parameters.push_back(Text("words", "preset",
                            {"How words are split; the preset for Chinese takes jieba.",
                             "分词方式；中文预设用 jieba。"}));
  parameters.back().choices = SplitterNames();
  parameters.back().choices.insert(parameters.back().choices.begin(), "preset");
  if (HasRule(filter, Kind::kStopWords)) {
    parameters.push_back(
        Texts("stop_words", {},
              {"The stop words; none: those of the preset.", "停用词；留空则用预设的。"}));
  }
  if (HasRule(filter, Kind::kShortLineRatio)) {
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

Record MakeRecord(const Filter& filter) {
  Record record = {
      .name = std::string("refine.filter.") + filter.name,
      .version = 1,
      .summary = filter.summary,
      .summary_zh = filter.summary_zh,
      .source = std::string("DataTrove 0.10.1, ") + filter.peer +
                "; FineWeb-2, configs/cmn_Hani.yml; formulas in docs/filters.md.",
      .example = std::string("kept: {use: refine.filter.") + filter.name +
                 ", from: pages, with: {preset: cmn_hani}}",
      .parameters = SharedParameters(filter),
      .reads = {"$column"},
      .reasons = {{"empty", "There is nothing in the text.", "文本没有内容。"},
                  {"null_text", "There is no text to measure.", "没有可度量的文本。"}},
      .traits = {.cardinality = Cardinality::kFilter},
  };
  const char* last = "";
  for (const Rule& rule : filter.rules) {
    record.reasons.push_back({rule.reason, rule.summary, rule.summary_zh});
    if (std::string_view(last) == rule.parameter) continue;
    last = rule.parameter;
    const std::string off = filter.nought_is_off ? "; 0: off" : "";
    const std::string off_zh = filter.nought_is_off ? "，0 为关闭" : "";
    record.parameters.push_back(
        Real(rule.parameter, kOfPreset,
             {(rule.side == Side::kAbove ? "The most that is kept" : "The least that is kept") +
                  (off + "; -1: the preset's."),
              (rule.side == Side::kAbove ? "保留的最大值" : "保留的最小值") + off_zh +
                  "，-1 为预设值。"},
             rule.whole ? "" : "ratio"));
    record.parameters.back().minimum = kOfPreset;
  }
  return record;
}

class PresetFilter final : public Operator {
 public:
  explicit PresetFilter(const Filter& filter) : filter_(filter), record_(MakeRecord(filter)) {}
  const Record& record() const override { return record_; }

  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return SplitterHashes();
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    const bool chinese = parameters.text("preset") == "cmn_hani";
    std::string words = parameters.text("words");
    if (words == "preset") words = chinese ? "jieba" : "space";
    SIKU_TRY(const statistics::WordSplitter* const splitter, FindSplitter(words));
    std::vector<Statistic> measured;
    std::vector<Condition> conditions;
    if (!HasRule(filter_, Kind::kGopherWords)) {
      measured.push_back(
          {.kind = HasRule(filter_, Kind::kLinePunctRatio) ? Kind::kFilledLines : Kind::kTextLen});
      conditions.push_back({.statistic = measured.back().Name(), .low = 1, .low_reason = kEmpty});
    }
    for (size_t i = 0; i < filter_.rules.size(); ++i) {
      const Rule& rule = filter_.rules[i];
      double limit = parameters.real(rule.parameter);
      if (limit == kOfPreset) limit = chinese ? rule.chinese : rule.english;
      if (filter_.nought_is_off && limit == 0) continue;
      Statistic statistic{.kind = rule.kind, .number = rule.number};
      if (HasWords(rule.kind)) statistic.splitter = splitter;
      Complete(statistic, parameters, chinese);
      const auto reason = static_cast<uint16_t>(kFirstRule + i);
      Condition condition{
          .statistic = statistic.Name(), .low_reason = reason, .high_reason = reason};
      (rule.side == Side::kAbove ? condition.high : condition.low) = limit;
      condition.zero_passes =
          rule.kind == Kind::kLinePunctRatio && parameters.boolean("line_punct_exclude_zero");
      measured.push_back(std::move(statistic));
      conditions.push_back(std::move(condition));
    }
    return std::make_unique<StatisticFilter>(input, column, std::move(measured),
                                             std::move(conditions), kNullText);
  }

 private:
  enum Reason : uint16_t { kEmpty, kNullText, kFirstRule };

  static void Complete(Statistic& statistic, const Parameters& parameters, bool chinese) {
    if (statistic.kind == Kind::kShortLineRatio) {
      statistic.number = parameters.integer("short_line_length");
    }
    if (statistic.kind != Kind::kStopWords) return;
    const auto& given = parameters.texts("stop_words");
    statistic.list = std::make_shared<const statistics::WordList>(
        "stop_words", given.empty() ? StopWords(chinese) : given);
  }

  Filter filter_;
  Record record_;
};

}  // namespace

const Operator& GopherRepetitionFilter() {
  static const PresetFilter instance({"gopher_repetition", "GopherRepetitionFilter",
                                      "Drop texts that repeat lines, paragraphs or words.",
                                      "丢弃重复行、段落或词语过多的文本。", kRepetition, true});
  return instance;
}

const Operator& GopherQualityFilter() {
  static const PresetFilter instance(
      {"gopher_quality", "GopherQualityFilter",
       "Drop texts whose words and lines are not those of running text.",
       "丢弃词与行不像正常行文的文本。", kGopherQuality, true});
  return instance;
}

const Operator& FinewebQualityFilter() {
  static const PresetFilter instance(
      {"fineweb_quality", "FineWebQualityFilter",
       "Drop lists, menus and texts whose lines do not end as sentences do.",
       "丢弃列表、菜单以及行尾不成句的文本。", kFineWeb, false});
  return instance;
}

}  // namespace siku::refine
