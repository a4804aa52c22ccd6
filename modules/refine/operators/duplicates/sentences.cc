// refine.duplicates.sentences: spans of sentences that stand in an earlier text are taken out.
#include "duplicates/sentences.h"

#include <arrow/api.h>

#include <cstring>

#include "arrow_internal.h"
#include "operators/duplicates/all_texts.h"
#include "operators/duplicates/removal.h"
#include "operators/filter/splitters.h"
#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using duplicates::Span;
using duplicates::UnitHash;

constexpr const char* kHashes = "hashes";
enum Reason { kNothingLeft, kFewWords, kFewSentences };

struct SentenceRule {
  const statistics::WordSplitter* words;
  bool from_words;  // sentences are made of words, as DataTrove does for Chinese
  int span;
  int64_t least_words;
  int64_t least_sentences;
};

void FindSentences(const SentenceRule& rule, std::string_view text, std::vector<Span>& sentences) {
  if (!rule.from_words) return duplicates::PlainSentences(text, sentences);
  std::vector<std::string_view> words;
  rule.words->Split(text, words);
  duplicates::WordSentences(text, words, sentences);
}

// The hashes of all rows' spans, as the sketches hold them: a binary value a row.
class SketchedSpans final : public duplicates::Units {
 public:
  struct Chunk {
    int piece;
    int64_t begin, end;  // rows of the piece
  };

  explicit SketchedSpans(const AllTexts& sketches) : sketches_(sketches) {
    for (int piece = 0; piece < sketches.pieces(); ++piece) CutPiece(piece);
  }
  int chunks() const override { return static_cast<int>(chunks_.size()); }
  void Hashes(int index, std::vector<UnitHash>& hashes) const override {
    const Chunk& chunk = chunks_[static_cast<size_t>(index)];
    const auto& column = Column(chunk.piece);
    hashes.clear();
    for (int64_t row = chunk.begin; row < chunk.end; ++row) {
      const std::string_view packed = column.GetView(row);
      const size_t before = hashes.size();
      hashes.resize(before + packed.size() / sizeof(UnitHash));
      if (!packed.empty()) std::memcpy(&hashes[before], packed.data(), packed.size());
    }
    sketches_.Touched(static_cast<int64_t>(hashes.size() * sizeof(UnitHash)));
  }
  int first_chunk(int piece) const { return first_chunk_[static_cast<size_t>(piece)]; }
  const arrow::LargeBinaryArray& Column(int piece) const {
    return static_cast<const arrow::LargeBinaryArray&>(
        *sketches_.batch(piece)->GetColumnByName(kHashes));
  }

 private:
  static constexpr int64_t kChunkBytes = 1 << 20;

  void CutPiece(int piece) {
    first_chunk_.push_back(chunks());
    const auto& column = Column(piece);
    int64_t begin = 0;
    for (int64_t row = 0; row < column.length(); ++row) {
      const int64_t bytes = column.value_offset(row + 1) - column.value_offset(begin);
      if (bytes < kChunkBytes && row + 1 < column.length()) continue;
      chunks_.push_back({piece, begin, row + 1});
      begin = row + 1;
    }
  }

  const AllTexts& sketches_;
  std::vector<Chunk> chunks_;
  std::vector<int> first_chunk_;
};

bool IsBlank(std::string_view packed, int span) {
  UnitHash hash;
  std::memcpy(&hash, packed.data() + static_cast<size_t>(span) * sizeof(hash), sizeof(hash));
  return hash == UnitHash{};
}

std::vector<std::vector<Span>> SeenSpans(const SentenceRule& rule, const AllTexts& texts,
                                         const SketchedSpans& sketched,
                                         const duplicates::SeenUnits& seen, int piece) {
  const duplicates::TextPiece all = texts.Piece(piece);
  const auto& hashes = sketched.Column(piece);
  std::vector<std::vector<Span>> gone(all.rows());
  std::vector<Span> sentences;
  int64_t number = all.rows() == 0 ? 0 : seen.first(sketched.first_chunk(piece));
  for (size_t row = 0; row < all.rows(); ++row) {
    const std::string_view packed = hashes.GetView(static_cast<int64_t>(row));
    std::vector<int> begins;
    for (int span = 0; span < static_cast<int>(packed.size() / sizeof(UnitHash)); ++span) {
      if (seen.Before(number++) && !IsBlank(packed, span)) begins.push_back(span);
    }
    if (begins.empty()) continue;
    FindSentences(rule, all.row(row), sentences);
    gone[row] = duplicates::SentencesToRemove(all.row(row), sentences, begins, rule.span);
    texts.Touched(static_cast<int64_t>(all.row(row).size()));
  }
  return gone;
}

int WhyDropped(const SentenceRule& rule, std::string_view text, const std::vector<Span>& gone) {
  const std::string left = duplicates::Without(text, gone);
  if (NothingLeft(text, gone) != kStays) return kNothingLeft;
  std::vector<std::string_view> words;
  rule.words->Split(left, words);
  if (static_cast<int64_t>(words.size()) < rule.least_words) return kFewWords;
  std::vector<Span> sentences;
  FindSentences(rule, left, sentences);
  // As DataTrove counts here: white space at the end may be a sentence.
  const bool few = static_cast<int64_t>(sentences.size()) < rule.least_sentences;
  return few ? kFewSentences : kStays;
}

class BoundSentences final : public GlobalBound {
 public:
  BoundSentences(const Schema& input, int column, const SentenceRule& rule)
      : name_(input->field(column)->name()), index_(column), rule_(rule), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Batch> Sketch(const Batch& batch) const override {
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(index_));
    arrow::LargeBinaryBuilder builder;
    std::vector<Span> sentences;
    std::vector<UnitHash> hashes;
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      const std::string_view text = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
      FindSentences(rule_, text, sentences);
      duplicates::SentenceSpanHashes(text, sentences, rule_.span, hashes);
      SIKU_TRY(FromArrow(builder.Append(reinterpret_cast<const uint8_t*>(hashes.data()),
                                        static_cast<int64_t>(hashes.size() * sizeof(UnitHash)))));
    }
    SIKU_TRY(auto packed, FromArrow(builder.Finish()));
    return arrow::RecordBatch::Make(
        arrow::schema({arrow::field(kHashes, arrow::large_binary(), false),
                       arrow::field(kSketchText, batch->column(index_)->type())}),
        batch->num_rows(), {std::move(packed), batch->column(index_)});
  }

  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    SIKU_TRY(const auto texts, AllTexts::Open(rows));
    const SketchedSpans sketched(*texts);
    const duplicates::SeenUnits seen(sketched, {.threads = rows.threads(),
                                                .memory = rows.memory() / 2,
                                                .stopping = [&] { return rows.stopping(); }});
    return RemoveSpans(
        rows, *texts, [&](int piece) { return SeenSpans(rule_, *texts, sketched, seen, piece); },
        verdicts,
        [&](std::string_view text, const std::vector<Span>& gone) {
          return WhyDropped(rule_, text, gone);
        });
  }

 private:
  std::string name_;
  int index_;
  SentenceRule rule_;
  std::vector<Schema> outputs_;
};

std::vector<ParameterSpec> SentenceParameters() {
  return {TextColumn(),
          {.name = "words",
           .type = ParameterType::kText,
           .summary = "How words are split: by jieba for Chinese, of whose words sentences are "
                      "made as DataTrove does, or by white space.",
           .summary_zh = "分词方式：中文用 jieba，并如 DataTrove 那样由词组成句子；或按空白。",
           .default_value = "jieba",
           .choices = SplitterNames()},
          {.name = "n_sentences",
           .type = ParameterType::kInt,
           .summary = "How many sentences in a row are compared.",
           .summary_zh = "连续多少句作为一个比较单位。",
           .default_value = int64_t{3},
           .minimum = 1,
           .maximum = 1000},
          {.name = "min_doc_words",
           .type = ParameterType::kInt,
           .summary = "Texts that something was taken out of and that have fewer words left go.",
           .summary_zh = "被删过句子的文本，剩余词数少于此值则拒绝。",
           .default_value = int64_t{50},
           .minimum = 0,
           .maximum = 1000000000},
          {.name = "min_num_sentences",
           .type = ParameterType::kInt,
           .summary = "Likewise those that have fewer sentences left.",
           .summary_zh = "同上，剩余句数少于此值则拒绝。",
           .default_value = int64_t{3},
           .minimum = 0,
           .maximum = 1000000000}};
}

class SentencesOperatorImpl final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.duplicates.sentences",
        .version = 1,
        .summary = "Take out spans of sentences that stand in an earlier text, or earlier in it.",
        .summary_zh = "删除此前已出现过的连续若干句。",
        .source =
            "C4's spans of three sentences (Raffel et al., JMLR 2020), as DataTrove 0.10.1 "
            "finds and removes them.",
        .example = "fresh: {use: refine.duplicates.sentences, from: pages}",
        .parameters = SentenceParameters(),
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {{"duplicate_sentences", "The span came before.", "这几句此前出现过。"}},
        .reasons = {{"nothing_left", "All of the text came before.", "文本全部此前出现过。"},
                    {"too_few_words", "Too few words were left.", "剩余的词太少。"},
                    {"too_few_sentences", "Too few sentences were left.", "剩余的句子太少。"}},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    const std::string& words = parameters.text("words");
    SIKU_TRY(const auto* splitter, FindSplitter(words));
    const SentenceRule rule{
        splitter, words == "jieba", static_cast<int>(parameters.integer("n_sentences")),
        parameters.integer("min_doc_words"), parameters.integer("min_num_sentences")};
    return std::make_unique<BoundSentences>(input, column, rule);
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return SplitterHashes();
  }
};

}  // namespace

const Operator& DuplicateSentencesOperator() {
  static const SentencesOperatorImpl instance;
  return instance;
}

}  // namespace siku::refine
