// refine.duplicates.substrings: what stands word for word in an earlier text is taken out.
#include <arrow/api.h>

#include "duplicates/units.h"
#include "duplicates/windows.h"
#include "operators/duplicates/all_texts.h"
#include "operators/duplicates/removal.h"
#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

class BoundSubstrings final : public GlobalBound {
 public:
  BoundSubstrings(const Schema& input, int column, int length, bool sentences)
      : name_(input->field(column)->name()),
        index_(column),
        length_(length),
        sentences_(sentences),
        outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Batch> Sketch(const Batch& batch) const override { return TextSketch(batch, index_); }

  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    SIKU_TRY(const auto texts, AllTexts::Open(rows));
    const duplicates::SeenWindows seen(*texts, {.length = length_,
                                                .threads = rows.threads(),
                                                .memory = rows.memory() / 2,
                                                .stopping = [&] { return rows.stopping(); }});
    const auto spans = [&](int piece) {
      auto found = seen.SpansOf(piece);
      if (!sentences_) return found;
      const duplicates::TextPiece all = texts->Piece(piece);
      for (size_t row = 0; row < found.size(); ++row) {
        found[row] = duplicates::WholeSentences(all.row(row), found[row]);
      }
      return found;
    };
    return RemoveSpans(rows, *texts, spans, verdicts);
  }

 private:
  std::string name_;
  int index_;
  int length_;
  bool sentences_;
  std::vector<Schema> outputs_;
};

class Substrings final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.duplicates.substrings",
        .version = 1,
        .summary = "Take out what stands, character for character, in an earlier text already.",
        .summary_zh = "删除前文中已逐字出现过的片段。",
        .source =
            "Exact substrings (Lee et al., ACL 2022) over code points: a code point goes if "
            "it lies in a window of `length` seen before in row order.",
        .example = "fresh: {use: refine.duplicates.substrings, from: pages, with: {length: 100}}",
        .parameters = {TextColumn(),
                       {.name = "length",
                        .type = ParameterType::kInt,
                        .summary = "How long a repeated piece is at least.",
                        .summary_zh = "重复片段的最短长度。",
                        .unit = "characters",
                        .default_value = int64_t{50},
                        .minimum = 2,
                        .maximum = 100000},
                       {.name = "border",
                        .type = ParameterType::kText,
                        .summary = "Where pieces are cut: at any character, or so that whole "
                                   "sentences go and parts of sentences stay.",
                        .summary_zh = "在何处切断：任意字符处；或只删整句，保留残句。",
                        .default_value = "character",
                        .choices = {"character", "sentence"}}},
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {{"duplicate_span", "It stands in an earlier text already.", "前文中已出现过。"}},
        .reasons = {{"nothing_left", "All of the text stands in earlier texts already.",
                     "文本全部在前文中出现过。"}},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    return std::make_unique<BoundSubstrings>(input, column,
                                             static_cast<int>(parameters.integer("length")),
                                             parameters.text("border") == "sentence");
  }
};

}  // namespace

const Operator& SubstringsOperator() {
  static const Substrings instance;
  return instance;
}

}  // namespace siku::refine
