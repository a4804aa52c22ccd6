// Data-Juicer's filters by one number: each keeps the rows whose number lies in an interval.
#include <map>

#include "operators/filter/measured_filter.h"
#include "operators/filter/parameters.h"
#include "operators/filter/word_lists.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using statistics::Kind;
using statistics::Statistic;

enum Reason : uint16_t { kTooLow, kTooHigh, kInRange, kNullText };

// A model that splits words is none of what a recipe can bring along.
Result<void> RefuseTokenizer(const Parameters& parameters) {
  if (!parameters.boolean("tokenization")) return {};
  return Fail(Code::kUnsupported, "`tokenization: true` needs a tokenizer model; set it to false",
              "tokenization");
}

// What tells one of these filters from the others.
struct Filter {
  const char* name;  // behind refine.filter.
  Kind kind;
  const char* peer;  // the operator of Data-Juicer
  const char *low, *high;
  bool real;
  ParameterValue low_default, high_default;
  Summaries summaries;
};

bool HasGrams(Kind kind) { return kind == Kind::kCharRepRatio || kind == Kind::kWordRepRatio; }
bool HasWords(Kind kind) {
  return kind == Kind::kNumWords || kind == Kind::kWordRepRatio || kind == Kind::kListedWordsRatio;
}
bool HasTokenization(Kind kind) { return HasWords(kind) || kind == Kind::kAlnumRatio; }

std::vector<ParameterSpec> Limits(const Filter& filter) {
  const auto limit = [&](const char* name, const ParameterValue& value, Summaries summaries) {
    return ParameterSpec{.name = name,
                         .type = filter.real ? ParameterType::kReal : ParameterType::kInt,
                         .summary = std::move(summaries.english),
                         .summary_zh = std::move(summaries.chinese),
                         .default_value = value};
  };
  return {limit(filter.low, filter.low_default, {"The least that is kept.", "保留的最小值。"}),
          limit(filter.high, filter.high_default, {"The most that is kept.", "保留的最大值。"}),
          YesNo("min_closed_interval", true, {"The least itself is kept.", "下限值本身也保留。"}),
          YesNo("max_closed_interval", true, {"The most itself is kept.", "上限值本身也保留。"}),
          YesNo("reversed_range", false,
                {"Keep what lies outside of the range instead.", "改为保留范围之外的行。"})};
}

Record MakeRecord(const Filter& filter) {
  Record record = {
      .name = std::string("refine.filter.") + filter.name,
      .version = 1,
      .summary = filter.summaries.english,
      .summary_zh = filter.summaries.chinese,
      .source = std::string("Data-Juicer 1.6.1, ") + filter.peer + "; formula in docs/filters.md.",
      .example = std::string("kept: {use: refine.filter.") + filter.name + ", from: pages}",
      .parameters = {TextColumn()},
      .reads = {"$column"},
      .reasons = {{"too_low", "The number lies below the range.", "数值低于范围。"},
                  {"too_high", "The number lies above the range.", "数值高于范围。"},
                  {"in_range", "The number lies in the range that is not kept.",
                   "数值在不保留的范围内。"},
                  {"null_text", "There is no text to measure.", "没有可度量的文本。"}},
      .traits = {.cardinality = Cardinality::kFilter},
  };
  auto& parameters = record.parameters;
  if (HasWords(filter.kind)) {
    parameters.push_back(
        Text("lang", "en", {"The language, a key of the word lists.", "语言，即词表中的键。"}));
  }
  if (HasTokenization(filter.kind)) {
    parameters.push_back(YesNo("tokenization", false,
                               {"Not supported: it needs a model of Data-Juicer's.",
                                "不支持：需要 Data-Juicer 的模型。"}));
  }
  if (HasGrams(filter.kind)) {
    parameters.push_back(Whole(
        "rep_len", 10, {"Characters or words of a gram.", "每个片段的字符数或词数。"}, "", 1));
    parameters.back().maximum = 1000;
  }
  for (ParameterSpec& one : Limits(filter)) parameters.push_back(std::move(one));
  if (filter.kind == Kind::kListedWordsRatio) {
    for (ParameterSpec& one : WordListParameters(filter.name)) parameters.push_back(std::move(one));
  }
  return record;
}

class IntervalFilter final : public Operator {
 public:
  explicit IntervalFilter(Filter filter)
      : filter_(std::move(filter)), record_(MakeRecord(filter_)) {}
  const Record& record() const override { return record_; }

  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    if (HasTokenization(filter_.kind)) SIKU_TRY(RefuseTokenizer(parameters));
    Statistic statistic{.kind = filter_.kind};
    if (HasGrams(filter_.kind)) statistic.number = parameters.integer("rep_len");
    if (filter_.kind == Kind::kListedWordsRatio) {
      SIKU_TRY(statistic.list, ReadWordList(filter_.name, parameters));
      SIKU_TRY(statistic.augmentation, ReadAugmentation(parameters));
    }
    Condition condition{.statistic = statistic.Name(),
                        .low = Limit(parameters, filter_.low),
                        .high = Limit(parameters, filter_.high),
                        .low_closed = parameters.boolean("min_closed_interval"),
                        .high_closed = parameters.boolean("max_closed_interval"),
                        .reversed = parameters.boolean("reversed_range"),
                        .low_reason = kTooLow,
                        .high_reason = kTooHigh,
                        .low_parameter = filter_.low,
                        .high_parameter = filter_.high};
    if (!condition.reversed && condition.low > condition.high) {
      return Fail(Code::kInvalid, "the least is more than the most: no text would stay",
                  std::to_string(condition.low) + " > " + std::to_string(condition.high),
                  std::string(filter_.low));
    }
    if (condition.reversed) {
      // As Data-Juicer has it: the border goes to the part that is kept.
      condition.low_closed = !condition.low_closed;
      condition.high_closed = !condition.high_closed;
      condition.low_reason = kInRange;
    }
    return std::make_unique<StatisticFilter>(input, column, std::vector{std::move(statistic)},
                                             std::vector{std::move(condition)}, kNullText);
  }

 private:
  double Limit(const Parameters& parameters, const char* name) const {
    return filter_.real ? parameters.real(name) : static_cast<double>(parameters.integer(name));
  }

  Filter filter_;
  Record record_;
};

constexpr double kNoLimit = static_cast<double>(kMaxSize);

}  // namespace

const Operator& AlphanumericFilter() {
  static const IntervalFilter instance(
      {"alphanumeric",
       Kind::kAlnumRatio,
       "alphanumeric_filter",
       "min_ratio",
       "max_ratio",
       true,
       0.25,
       kNoLimit,
       {"Keep texts by their share of letters and digits.", "按字母与数字所占比例保留文本。"}});
  return instance;
}

const Operator& SpecialCharactersFilter() {
  static const IntervalFilter instance(
      {"special_characters",
       Kind::kSpecialCharRatio,
       "special_characters_filter",
       "min_ratio",
       "max_ratio",
       true,
       0.0,
       0.25,
       {"Keep texts by their share of special characters.", "按特殊字符所占比例保留文本。"}});
  return instance;
}

const Operator& CharacterRepetitionFilter() {
  static const IntervalFilter instance(
      {"character_repetition",
       Kind::kCharRepRatio,
       "character_repetition_filter",
       "min_ratio",
       "max_ratio",
       true,
       0.0,
       0.5,
       {"Keep texts by the share of their most frequent character grams.",
        "按最常见字符片段所占比例保留文本。"}});
  return instance;
}

const Operator& WordRepetitionFilter() {
  static const IntervalFilter instance(
      {"word_repetition",
       Kind::kWordRepRatio,
       "word_repetition_filter",
       "min_ratio",
       "max_ratio",
       true,
       0.0,
       0.5,
       {"Keep texts by the share of repeated word grams.", "按重复词片段所占比例保留文本。"}});
  return instance;
}

const Operator& WordsNumFilter() {
  static const IntervalFilter instance(
      {"words_num",
       Kind::kNumWords,
       "words_num_filter",
       "min_num",
       "max_num",
       false,
       int64_t{10},
       kMaxSize,
       {"Keep texts by their number of words between blanks.", "按空白分隔的词数保留文本。"}});
  return instance;
}

const Operator& TextLengthFilter() {
  static const IntervalFilter instance(
      {"text_length",
       Kind::kTextLen,
       "text_length_filter",
       "min_len",
       "max_len",
       false,
       int64_t{10},
       kMaxSize,
       {"Keep texts by their number of characters.", "按字符数保留文本。"}});
  return instance;
}

const Operator& AverageLineLengthFilter() {
  static const IntervalFilter instance(
      {"average_line_length",
       Kind::kAvgLineLength,
       "average_line_length_filter",
       "min_len",
       "max_len",
       false,
       int64_t{10},
       kMaxSize,
       {"Keep texts by the average length of their lines.", "按平均行长保留文本。"}});
  return instance;
}

const Operator& MaximumLineLengthFilter() {
  static const IntervalFilter instance(
      {"maximum_line_length",
       Kind::kMaxLineLength,
       "maximum_line_length_filter",
       "min_len",
       "max_len",
       false,
       int64_t{10},
       kMaxSize,
       {"Keep texts by the length of their longest line.", "按最长行的长度保留文本。"}});
  return instance;
}

const Operator& FlaggedWordsFilter() {
  static const IntervalFilter instance(
      {"flagged_words",
       Kind::kListedWordsRatio,
       "flagged_words_filter",
       "min_ratio",
       "max_ratio",
       true,
       0.0,
       0.045,
       {"Keep texts by their share of flagged words.", "按敏感标记词所占比例保留文本。"}});
  return instance;
}

const Operator& StopwordsFilter() {
  static const IntervalFilter instance(
      {"stopwords",
       Kind::kListedWordsRatio,
       "stopwords_filter",
       "min_ratio",
       "max_ratio",
       true,
       0.3,
       1.0,
       {"Keep texts by their share of stop words.", "按停用词所占比例保留文本。"}});
  return instance;
}

}  // namespace siku::refine
