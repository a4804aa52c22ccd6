// refine.text.match_words: the entries of word lists in text, flagged and counted, masked, or the
// row dropped.
#include <arrow/api.h>

#include <array>

#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"
#include "siku/refine/segmenter.h"
#include "siku/sha256.h"
#include "siku/utf8.h"
#include "word_lists/word_list.h"
#include "word_lists/word_matcher.h"

namespace siku::refine {
namespace {

constexpr const char* kUsualReplacement = "*";

enum class Mode { kFlag, kMask, kDrop };

struct Settings {
  Mode mode = Mode::kFlag;
  std::string replacement{};  // of each character
  std::string count_column{};
  std::string ratio_column{};
};

// What was found in the rows of a batch.
struct Findings {
  std::vector<std::vector<WordMatch>> matches;  // per row
  std::vector<size_t> characters;               // of each text
};

class BoundMatch final : public RowBound {
 public:
  BoundMatch(const Schema& input, int column, const std::vector<WordList>& lists,
             const std::vector<WordList>& allowed, const WordOptions& options,
             std::shared_ptr<const Segmenter> segmenter, Settings settings)
      : name_(input->field(column)->name()),
        index_(column),
        entries_(EntriesOf(lists)),
        matcher_(entries_, EntriesOf(allowed), options),
        segmenter_(std::move(segmenter)),
        settings_(std::move(settings)) {
    auto fields = input->fields();
    fields.push_back(arrow::field(settings_.count_column, arrow::int64()));
    fields.push_back(arrow::field(settings_.ratio_column, arrow::float64()));
    outputs_ = {arrow::schema(std::move(fields))};
  }
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    Findings findings{std::vector<std::vector<WordMatch>>(static_cast<size_t>(batch->num_rows())),
                      std::vector<size_t>(static_cast<size_t>(batch->num_rows()))};
    Outcome outcome;
    bool stopped = false;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (stopped || (stopped = context.stopping())) return;
      const auto at = static_cast<size_t>(row);
      findings.characters[at] = Find(text, findings.matches[at]);
      Tell(row, text, findings.matches[at], outcome);
    });
    if (stopped) return Fail(Code::kInterrupted, "the run was asked to stop");
    SIKU_TRY(const auto edited, EditedBatch(batch, index_, outcome.edits));
    SIKU_TRY(auto counted, Counted(edited, findings));
    if (settings_.mode != Mode::kDrop) {
      outcome.outputs.push_back(SameRows(std::move(counted)));
      return outcome;
    }
    std::vector<int32_t> kept;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      if (findings.matches[static_cast<size_t>(row)].empty()) kept.push_back(row);
    }
    SIKU_TRY(auto rows, SelectRows(counted, kept));
    outcome.outputs.push_back({std::move(rows), std::move(kept)});
    return outcome;
  }

 private:
  static std::vector<std::string> EntriesOf(const std::vector<WordList>& lists) {
    std::vector<std::string> all;
    for (const WordList& list : lists) {
      all.insert(all.end(), list.entries.begin(), list.entries.end());
    }
    return all;
  }

  // A text is cut into words only where something stands in it at all.
  size_t Find(std::string_view text, std::vector<WordMatch>& found) const {
    const size_t characters = matcher_.Find(text, found);
    if (segmenter_ == nullptr || found.empty()) return characters;
    found.clear();
    std::vector<uint32_t> ends;
    segmenter_->Cut(text, true, ends);
    return matcher_.Find(text, found, ends);
  }

  void Tell(int32_t row, std::string_view text, const std::vector<WordMatch>& found,
            Outcome& outcome) const {
    for (const WordMatch& match : found) {
      const auto begin = static_cast<int64_t>(match.begin), end = static_cast<int64_t>(match.end);
      if (settings_.mode == Mode::kFlag) {
        outcome.flags.push_back(
            {.row = row, .begin = begin, .end = end, .detail = entries_[match.entry]});
      } else if (settings_.mode == Mode::kMask) {
        std::string after;
        for (uint32_t i = 0; i < match.characters; ++i) after += settings_.replacement;
        if (after == text.substr(match.begin, match.end - match.begin)) continue;
        outcome.edits.push_back(
            {.row = row, .begin = begin, .end = end, .after = std::move(after)});
      }
    }
    if (settings_.mode == Mode::kDrop && !found.empty()) {
      outcome.rejects.push_back({.row = row, .detail = entries_[found.front().entry]});
    }
  }

  Result<Batch> Counted(const Batch& batch, const Findings& findings) const {
    arrow::Int64Builder counts;
    arrow::DoubleBuilder ratios;
    arrow::Status status;
    for (int64_t row = 0; row < batch->num_rows() && status.ok(); ++row) {
      if (batch->column(index_)->IsNull(row)) {
        status = counts.AppendNull() & ratios.AppendNull();
        continue;
      }
      const auto at = static_cast<size_t>(row);
      size_t matched = 0;
      for (const WordMatch& match : findings.matches[at]) matched += match.characters;
      const size_t all = findings.characters[at];
      status =
          counts.Append(static_cast<int64_t>(findings.matches[at].size())) &
          ratios.Append(all == 0 ? 0 : static_cast<double>(matched) / static_cast<double>(all));
    }
    auto columns = batch->columns();
    columns.resize(columns.size() + 2);
    if (status.ok()) status = counts.Finish(&columns[columns.size() - 2]);
    if (status.ok()) status = ratios.Finish(&columns[columns.size() - 1]);
    if (!status.ok()) return Fail(Code::kLimit, "out of memory", status.message());
    return arrow::RecordBatch::Make(outputs_[0], batch->num_rows(), std::move(columns));
  }

  std::string name_;
  int index_;
  std::vector<Schema> outputs_{};
  std::vector<std::string> entries_;
  WordMatcher matcher_;
  std::shared_ptr<const Segmenter> segmenter_;
  Settings settings_;
};

Result<std::vector<WordList>> ReadLists(const Parameters& parameters, const char* name) {
  std::vector<WordList> lists;
  for (const std::string& file : parameters.texts(name)) {
    SIKU_TRY(auto list, ReadWordList(parameters.PathOf(file)));
    lists.push_back(std::move(list));
  }
  return lists;
}

Result<std::vector<WordList>> ListsOf(const Parameters& parameters) {
  SIKU_TRY(auto lists, ReadLists(parameters, "lists"));
  WordList own{"words", {}, parameters.texts("words")};
  for (const std::string& word : own.entries) {
    if (word.empty() || utf8::Length(word) > kMostCharacters) {
      return Fail(Code::kInvalid, "a word is empty or has more than 256 characters", word, "words");
    }
  }
  if (!own.entries.empty()) lists.push_back(std::move(own));
  if (!lists.empty()) return lists;
  return Fail(Code::kInvalid, "no words are given to look for", {}, "lists", "give lists or words");
}

class MatchWords final : public Operator {
 public:
  const Record& record() const override {
    static const Record kRecord = MakeRecord();
    return kRecord;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(const auto lists, ListsOf(parameters));
    SIKU_TRY(const auto allowed, ReadLists(parameters, "allow"));
    const std::string& mode = parameters.text("mode");
    const std::string& name = parameters.text("name");
    Settings settings{.mode = mode == "flag"   ? Mode::kFlag
                              : mode == "mask" ? Mode::kMask
                                               : Mode::kDrop,
                      .replacement = parameters.text("replacement"),
                      .count_column = name + "_count",
                      .ratio_column = name + "_ratio"};
    for (const std::string& added : {settings.count_column, settings.ratio_column}) {
      SIKU_TRY(CheckNewColumn(input, added));
    }
    if (settings.mode != Mode::kMask && settings.replacement != kUsualReplacement) {
      return Fail(Code::kInvalid, "a replacement has no effect in this mode", mode, "replacement");
    }
    const std::string& borders = parameters.text("borders");
    std::shared_ptr<const Segmenter> segmenter;
    if (borders == "words") {
      SIKU_TRY(segmenter, Segmenter::Load());
    }
    const WordOptions options{.ignore_case = parameters.boolean("ignore_case"),
                              .ignore_width = parameters.boolean("ignore_width"),
                              .latin_borders = borders != "none"};
    return std::make_unique<BoundMatch>(input, column, lists, allowed, options,
                                        std::move(segmenter), std::move(settings));
  }
  std::vector<std::pair<std::string, std::string>> FileHashes(
      const Parameters& parameters) const override {
    std::vector<std::pair<std::string, std::string>> hashes;
    for (const char* name : {"lists", "allow"}) {
      for (const std::string& file : parameters.texts(name)) {
        const auto hash = Sha256HexOfFile(parameters.PathOf(file));
        if (hash.has_value()) hashes.emplace_back(file, *hash);
      }
    }
    if (parameters.text("borders") != "words") return hashes;
    const auto segmenter = Segmenter::Load();
    if (!segmenter.has_value()) return hashes;
    const auto& tables = (*segmenter)->hashes();
    hashes.insert(hashes.end(), tables.begin(), tables.end());
    return hashes;
  }

 private:
  static Record MakeRecord();
};

ParameterSpec Texts(const char* name, const char* summary, const char* summary_zh) {
  return {.name = name,
          .type = ParameterType::kTextList,
          .summary = summary,
          .summary_zh = summary_zh,
          .default_value = std::vector<std::string>()};
}
ParameterSpec Files(const char* name, const char* summary, const char* summary_zh) {
  ParameterSpec spec = Texts(name, summary, summary_zh);
  spec.names_files = true;
  return spec;
}
ParameterSpec Text(const char* name, const char* summary, const char* summary_zh,
                   const char* standard, std::vector<std::string> choices = {}) {
  return {.name = name,
          .type = ParameterType::kText,
          .summary = summary,
          .summary_zh = summary_zh,
          .default_value = std::string(standard),
          .choices = std::move(choices)};
}
ParameterSpec YesNo(const char* name, const char* summary, const char* summary_zh) {
  return {.name = name,
          .type = ParameterType::kBool,
          .summary = summary,
          .summary_zh = summary_zh,
          .default_value = true};
}

Record MatchWords::MakeRecord() {
  return {
      .name = "refine.text.match_words",
      .version = 1,
      .summary = "Find the entries of word lists, leftmost and longest, and flag, mask or drop.",
      .summary_zh = "按最左最长查找词表条目，并标记、遮盖或丢弃。",
      .source = "docs/word-lists.md",
      .example = "matched: {use: refine.text.match_words, from: pages, with: {words: [不良信息]}}",
      .parameters =
          {TextColumn(),
           Files("lists",
                 "Files of entries: UTF-8, one a line, # before a comment; paths from the "
                 "recipe's folder.",
                 "词表文件：UTF-8，每行一条，# 后为注释；路径相对于配方所在的目录。"),
           Texts("words", "Entries given here.", "直接给出的条目。"),
           Files("allow", "Files of phrases inside which an entry does not count.",
                 "白名单文件：其中短语内部的条目不计。"),
           Text("mode", "Whether matches are flagged, masked, or drop the row.",
                "对匹配的处理：标记、遮盖或丢弃整行。", "flag", {"flag", "mask", "drop"}),
           Text("replacement", "What stands for each character of a masked match.",
                "遮盖时替换每个字符的文本。", kUsualReplacement),
           Text("borders",
                "Where a match may begin and end: anywhere; not inside a Latin word; at words as "
                "jieba cuts them.",
                "匹配可在何处起止：任意处；不在拉丁单词内部；在 jieba 切分的词边界。", "latin",
                {"none", "latin", "words"}),
           YesNo("ignore_case", "Whether small and capital letters are the same.",
                 "是否忽略大小写。"),
           YesNo("ignore_width", "Whether full-width and half-width forms are the same.",
                 "是否忽略全角半角之分。"),
           Text("name", "What the added columns begin with: NAME_count and NAME_ratio.",
                "新增列名的前缀：NAME_count 与 NAME_ratio。", "words")},
      .reads = {"$column"},
      .writes = {"$column"},
      .rules = {{"word", "An entry of a word list.", "词表条目。"}},
      .reasons = {{"word", "The text holds an entry of a word list.", "文本中含有词表条目。"}},
      .flags = {{"word", "An entry of a word list.", "词表条目。"}},
  };
}

}  // namespace

const Operator& MatchWordsOperator() {
  static const MatchWords kInstance;
  return kInstance;
}

}  // namespace siku::refine
