// refine.document.chunk_text: one row per piece of a long text.
#include <arrow/api.h>

#include "mappers/chunks.h"
#include "operators/filter/parameters.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using mappers::Pattern;

enum Reason : uint16_t { kBlank, kMatchLimit };

class BoundChunks final : public RowBound {
 public:
  BoundChunks(const Schema& input, int column, mappers::Chunking how)
      : name_(input->field(column)->name()),
        index_(column),
        how_(std::move(how)),
        outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(index_));
    Outcome outcome;
    Rows made;
    arrow::LargeStringBuilder pieces;
    std::vector<Pattern::Span> chunks;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      if (context.stopping()) return Fail(Code::kInterrupted, "the run was stopped");
      chunks.clear();
      const std::string_view text = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
      const auto done =
          texts.IsNull(row) ? Pattern::Done::kAll : mappers::FindChunks(text, how_, chunks);
      if (done == Pattern::Done::kTooLong || chunks.empty()) {
        outcome.rejects.push_back({row, done == Pattern::Done::kTooLong ? kMatchLimit : kBlank});
        continue;
      }
      for (const auto& [begin, end] : chunks) {
        if (!pieces.Append(text.substr(begin, end - begin)).ok()) return OutOfMemory();
        made.parent.push_back(row);
        made.origin.emplace_back(static_cast<int64_t>(begin), static_cast<int64_t>(end));
      }
    }
    SIKU_TRY(auto taken, SelectRows(batch, made.parent));
    auto finished = pieces.Finish();
    if (!finished.ok()) return OutOfMemory();
    auto columns = taken->columns();
    columns[static_cast<size_t>(index_)] = *finished;
    made.batch = arrow::RecordBatch::Make(outputs_[0], taken->num_rows(), std::move(columns));
    outcome.outputs.push_back(std::move(made));
    return outcome;
  }

 private:
  static tl::unexpected<Error> OutOfMemory() {
    return Fail(Code::kLimit, "not enough memory for the pieces of a batch");
  }

  std::string name_;
  int index_;
  mappers::Chunking how_;
  std::vector<Schema> outputs_;
};

class ChunkText final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.document.chunk_text",
        .version = 1,
        .summary = "Cut each text into pieces at a pattern, at a length, or at both.",
        .summary_zh = "按正则表达式、按长度或同时按两者将文本切分为多段。",
        .source = "Data-Juicer 1.6.1, text_chunk_mapper without a tokenizer.",
        .example = "parts: {use: refine.document.chunk_text, from: pages, with: {max_len: 2000}}",
        .parameters =
            {TextColumn(),
             Whole(
                 "max_len", 0,
                 {"The longest piece; 0: any length, cut at the pattern alone. A piece ends at "
                  "the last match that fits.",
                  "每段的最大长度；0 表示不限，仅按正则表达式切分。每段止于范围内的最后一处匹配。"},
                 "characters"),
             Text("split_pattern", "\\n\\n",
                  {"The regular expression to cut at, which is left out; empty: cut by length "
                   "alone.",
                   "切分处的正则表达式，匹配内容不保留；为空则仅按长度切分。"}),
             Whole("overlap_len", 0,
                   {"What two pieces share where length alone cuts.",
                    "仅按长度切分时相邻两段重叠的长度。"},
                   "characters")},
        .reads = {"$column"},
        .writes = {"$column"},
        .reasons = {{"blank", "There is no text, or nothing in it but borders and blanks.",
                     "没有文本，或文本中只有分隔内容和空白。"},
                    TooLong()},
        .traits = {.cardinality = Cardinality::kExpand},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    mappers::Chunking how{.longest = parameters.integer("max_len"),
                          .overlap = parameters.integer("overlap_len")};
    const std::string& border = parameters.text("split_pattern");
    if (how.longest == 0 && border.empty()) {
      return Fail(Code::kInvalid, "pieces need a length, a pattern, or both", {}, "max_len");
    }
    if (how.longest > 0 && how.overlap >= how.longest) {
      return Fail(Code::kInvalid, "what pieces share must be shorter than they are", {},
                  "overlap_len");
    }
    if (!border.empty()) {
      SIKU_TRY(how.border, Pattern::Compile(border, Pattern::Reading::kPython));
    }
    return std::make_unique<BoundChunks>(input, column, std::move(how));
  }
};

}  // namespace

const Operator& ChunkTextOperator() {
  static const ChunkText instance;
  return instance;
}

}  // namespace siku::refine
