// refine.filter.c4_quality: keep the lines of a page that look like prose, and pages with enough of
// them.
#include <arrow/api.h>

#include "mappers/c4.h"
#include "operators/filter/measured_filter.h"
#include "operators/filter/parameters.h"
#include "operators/filter/splitters.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using mappers::C4Options;
using mappers::C4Reason;

constexpr uint16_t kNullText = 3;  // behind the reasons of C4Reason

class BoundC4 final : public RowBound {
 public:
  BoundC4(const Schema& input, int column, C4Options options)
      : name_(input->field(column)->name()), index_(column), options_(options), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    std::vector<Reject> rejects;
    std::vector<Edit> edits;
    int32_t next = 0;
    const auto reject_nulls = [&](int32_t end) {
      for (; next < end; ++next) rejects.push_back({.row = next, .reason = kNullText});
    };
    mappers::Changes changes;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (context.stopping()) return;
      reject_nulls(row);
      next = row + 1;
      changes.clear();
      if (const auto reason = KeepC4Lines(text, options_, changes)) {
        rejects.push_back({.row = row, .reason = static_cast<uint16_t>(*reason)});
        return;
      }
      for (mappers::Change& change : changes) {
        edits.push_back({.row = row,
                         .begin = static_cast<int64_t>(change.begin),
                         .end = static_cast<int64_t>(change.end),
                         .after = std::move(change.after),
                         .rule = change.rule});
      }
    });
    if (context.stopping()) return Fail(Code::kInterrupted, "the run was stopped");
    reject_nulls(static_cast<int32_t>(batch->num_rows()));
    SIKU_TRY(const auto edited, EditedBatch(batch, index_, edits));
    SIKU_TRY(Outcome outcome, Without(edited, std::move(rejects)));
    outcome.edits = std::move(edits);
    return outcome;
  }

 private:
  std::string name_;
  int index_;
  C4Options options_;
  std::vector<Schema> outputs_;
};

Result<const statistics::SentenceSplitter*> SentencesOf(const std::string& language) {
  if (language == "english") return &statistics::EnglishSentences();
  SIKU_TRY(const auto* jieba, FindSplitter("jieba"));
  static const statistics::WordSentences chinese(*jieba);
  return &chinese;
}

std::vector<ParameterSpec> C4Parameters() {
  ParameterSpec language = Text("language", "english", {"Whose sentences.", "按哪种语言断句。"});
  language.choices = {"english", "chinese"};
  return {
      TextColumn(),
      YesNo("split_paragraph", true, {"By lines, not by sentences.", "按行而非按句子处理。"}),
      YesNo("remove_citations", true,
            {"Remove [1], [edit] and [citation needed].", "删除 [1]、[edit]、[citation needed]。"}),
      YesNo("filter_no_terminal_punct", true,
            {"Drop lines that end without . ? ! \" or '.", "删除不以 . ? ! \" ' 结尾的行。"}),
      Whole("min_num_sentences", 5, {"Fewest sentences of a page; -1: any.", "最少句数；-1 不限。"},
            "", -1),
      Whole(
          "min_words_per_line", 3,
          {"Fewest words between blanks of a line; -1: any.", "每行最少词数（按空白）；-1 不限。"},
          "", -1),
      Whole("max_word_length", 1000,
            {"Longest word of a line; -1: any.", "行内最长的词；-1 不限。"}, "characters", -1),
      YesNo("filter_lorem_ipsum", true,
            {"Drop pages with \"lorem ipsum\".", "舍弃含 lorem ipsum 的文本。"}),
      YesNo("filter_javascript", true,
            {"Drop lines with \"javascript\".", "删除含 javascript 的行。"}),
      YesNo("filter_curly_bracket", true, {"Drop pages with {.", "舍弃含 { 的文本。"}),
      YesNo("filter_policy", true,
            {"Drop lines about cookies and terms of use.", "删除关于 cookie 与使用条款的行。"}),
      std::move(language),
  };
}

class C4Quality final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.filter.c4_quality",
        .version = 1,
        .summary = "Keep C4's good lines, and texts with enough sentences in them.",
        .summary_zh = "按 C4 规则保留合格的行，并舍弃句数过少的文本。",
        .source = "DataTrove 0.10.1, C4QualityFilter; Raffel et al. 2020.",
        .example = "kept: {use: refine.filter.c4_quality, from: pages}",
        .parameters = C4Parameters(),
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {{"line", "Lines that were dropped, and what stood between lines.",
                   "删除的行，以及行间的分隔。"},
                  {"citation", "A citation.", "引用标记。"}},
        .reasons = {{"too_few_sentences", "Too few sentences are left.", "剩余句数过少。"},
                    {"lorem_ipsum", "It holds \"lorem ipsum\".", "含 lorem ipsum。"},
                    {"curly_bracket", "It holds a curly bracket.", "含花括号。"},
                    {"null_text", "The text is null.", "文本为空值。"}},
        .traits = {.cardinality = Cardinality::kFilter},
    };
    return record;
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return SplitterHashes();
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    C4Options options = {
        .by_lines = parameters.boolean("split_paragraph"),
        .remove_citations = parameters.boolean("remove_citations"),
        .terminal_marks = parameters.boolean("filter_no_terminal_punct"),
        .min_sentences = parameters.integer("min_num_sentences"),
        .min_words = parameters.integer("min_words_per_line"),
        .max_word_length = parameters.integer("max_word_length"),
        .lorem_ipsum = parameters.boolean("filter_lorem_ipsum"),
        .javascript = parameters.boolean("filter_javascript"),
        .curly_bracket = parameters.boolean("filter_curly_bracket"),
        .policy = parameters.boolean("filter_policy"),
    };
    SIKU_TRY(options.sentences, SentencesOf(parameters.text("language")));
    return std::make_unique<BoundC4>(input, column, options);
  }
};

}  // namespace

const Operator& C4QualityFilter() {
  static const C4Quality instance;
  return instance;
}

}  // namespace siku::refine
