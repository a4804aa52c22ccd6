// refine.text.segment_words: the words of a text in a column of its own; the text stays.
#include <arrow/api.h>

#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"
#include "siku/refine/segmenter.h"
#include "siku/sha256.h"

namespace siku::refine {
namespace {

// Segmenter counts bytes in 32 bits.
constexpr size_t kLongestText = UINT32_MAX;

class BoundSegment final : public RowBound {
 public:
  BoundSegment(Schema output, int column, std::shared_ptr<const Segmenter> segmenter,
               const Parameters& parameters)
      : name_(output->field(column)->name()),
        index_(column),
        outputs_{std::move(output)},
        segmenter_(std::move(segmenter)),
        separator_(parameters.text("separator")),
        hmm_(parameters.boolean("hmm")),
        search_(parameters.text("mode") == "search") {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    std::vector<std::string_view> texts(static_cast<size_t>(batch->num_rows()));
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      texts[static_cast<size_t>(row)] = text;
    });
    arrow::LargeStringBuilder words;
    std::string joined;
    for (size_t row = 0; row < texts.size(); ++row) {
      if (context.stopping()) return Fail(Code::kInterrupted, "the run was stopped");
      if (texts[row].size() > kLongestText)
        return Fail(Code::kLimit, "a text of 4 GiB or more cannot be cut into words");
      Join(texts[row], joined);
      const bool null = batch->column(index_)->IsNull(static_cast<int64_t>(row));
      const auto status = null ? words.AppendNull() : words.Append(joined);
      if (!status.ok()) return Fail(Code::kLimit, "out of memory", status.message());
    }
    std::shared_ptr<arrow::Array> column;
    if (const auto status = words.Finish(&column); !status.ok()) {
      return Fail(Code::kLimit, "out of memory", status.message());
    }
    auto columns = batch->columns();
    columns.push_back(std::move(column));
    Outcome outcome;
    outcome.outputs.push_back(
        SameRows(arrow::RecordBatch::Make(outputs_[0], batch->num_rows(), std::move(columns))));
    return outcome;
  }

 private:
  void Join(std::string_view text, std::string& joined) const {
    joined.clear();
    if (search_) {
      std::vector<Segmenter::Span> spans;
      segmenter_->CutForSearch(text, hmm_, spans);
      for (const auto& span : spans) Append(text.substr(span.begin, span.end - span.begin), joined);
    } else {
      static thread_local std::vector<uint32_t> ends;
      segmenter_->Cut(text, hmm_, ends);
      joined.reserve(text.size() + ends.size() * separator_.size());
      uint32_t begin = 0;
      for (const uint32_t end : ends) {
        Append(text.substr(begin, end - begin), joined);
        begin = end;
      }
    }
    if (!joined.empty()) joined.resize(joined.size() - separator_.size());
  }
  void Append(std::string_view word, std::string& joined) const {
    joined += word;
    joined += separator_;
  }

  std::string name_;
  int index_;
  std::vector<Schema> outputs_;
  std::shared_ptr<const Segmenter> segmenter_;
  std::string separator_;
  bool hmm_;
  bool search_;
};

class SegmentWords final : public Operator {
 public:
  const Record& record() const override {
    static const Record kRecord = MakeRecord();
    return kRecord;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    const std::string& into = parameters.text("into");
    SIKU_TRY(CheckNewColumn(input, into));
    std::vector<std::string> dictionaries = parameters.texts("dictionaries");
    for (std::string& path : dictionaries) path = parameters.PathOf(path);
    SIKU_TRY(auto segmenter, Segmenter::Load(dictionaries));
    auto fields = input->fields();
    fields.push_back(arrow::field(into, arrow::large_utf8()));
    return std::make_unique<BoundSegment>(arrow::schema(std::move(fields)), column,
                                          std::move(segmenter), parameters);
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    const auto segmenter = Segmenter::Load();
    if (!segmenter.has_value()) return {};
    return (*segmenter)->hashes();
  }

  std::vector<std::pair<std::string, std::string>> FileHashes(
      const Parameters& parameters) const override {
    std::vector<std::pair<std::string, std::string>> hashes;
    for (const std::string& path : parameters.texts("dictionaries")) {
      // One that cannot be read stops Bind.
      if (auto hash = Sha256HexOfFile(parameters.PathOf(path)); hash.has_value())
        hashes.emplace_back(path, *hash);
    }
    return hashes;
  }

 private:
  static Record MakeRecord() {
    return {
        .name = "refine.text.segment_words",
        .version = 1,
        .summary = "Write the words of a text, joined by a separator, into a new column.",
        .summary_zh = "对文本分词，以分隔符连接后写入新列。",
        .source = "jieba 0.42.1: the same cuts (docs/words.md).",
        .example = "cut: {use: refine.text.segment_words, from: pages}",
        .parameters = {TextColumn(),
                       {.name = "into",
                        .type = ParameterType::kText,
                        .summary = "The column that is added.",
                        .summary_zh = "新增的列。",
                        .default_value = "words"},
                       {.name = "separator",
                        .type = ParameterType::kText,
                        .summary = "What stands between two words.",
                        .summary_zh = "词间分隔符。",
                        .default_value = " "},
                       {.name = "hmm",
                        .type = ParameterType::kBool,
                        .summary = "Find words that no dictionary lists by a hidden Markov model.",
                        .summary_zh = "用隐马尔可夫模型识别词典未收的词。",
                        .default_value = true},
                       {.name = "mode",
                        .type = ParameterType::kText,
                        .summary = "Each word once, or before a longer word the words inside it.",
                        .summary_zh = "default 为精确模式；search 另在长词前列出其中的短词。",
                        .default_value = "default",
                        .choices = {"default", "search"}},
                       {.name = "dictionaries",
                        .type = ParameterType::kTextList,
                        .summary = "User dictionaries: a word, its frequency and a tag a line.",
                        .summary_zh = "用户词典：每行一词，可附词频和词性。",
                        .default_value = std::vector<std::string>{},
                        .names_files = true}},
        .reads = {"$column"},
        .writes = {"$into"},
    };
  }
};

}  // namespace

const Operator& SegmentWordsOperator() {
  static const SegmentWords kInstance;
  return kInstance;
}

}  // namespace siku::refine
