// refine.duplicates.lines: lines or paragraphs that stand in an earlier text are taken out.
#include <arrow/api.h>

#include <algorithm>

#include "duplicates/first_seen.h"
#include "duplicates/units.h"
#include "operators/duplicates/all_texts.h"
#include "operators/duplicates/removal.h"
#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

struct LineRule {
  bool paragraphs;
  int shortest;
};

std::string_view Part(std::string_view text, const duplicates::Span& span) {
  return text.substr(static_cast<size_t>(span.begin), static_cast<size_t>(span.end - span.begin));
}

// The lines of all texts.
class AllLines final : public duplicates::Units {
 public:
  AllLines(const AllTexts& texts, LineRule rule) : texts_(texts), chunks_(texts), rule_(rule) {}
  int chunks() const override { return chunks_.count(); }
  int first_chunk(int piece) const { return chunks_.first(piece); }

  void Hashes(int index, std::vector<duplicates::UnitHash>& hashes) const override {
    hashes.clear();
    const TextChunks::Chunk& own = chunks_[index];
    const duplicates::TextPiece all = texts_.Piece(own.piece);
    std::vector<duplicates::Unit> units;
    for (size_t row = own.begin; row < own.end; ++row) {
      Find(all.row(row), units);
      for (const duplicates::Unit& unit : units) {
        hashes.push_back(duplicates::HashUnit(Part(all.row(row), unit.core)));
      }
    }
    texts_.Touched(all.offsets[own.end] - all.offsets[own.begin]);
  }

  void Find(std::string_view text, std::vector<duplicates::Unit>& units) const {
    if (rule_.paragraphs) {
      duplicates::Paragraphs(text, rule_.shortest, units);
    } else {
      duplicates::Lines(text, rule_.shortest, units);
    }
  }

 private:
  const AllTexts& texts_;
  TextChunks chunks_;
  LineRule rule_;
};

std::vector<std::vector<duplicates::Span>> SeenSpans(const AllTexts& texts, const AllLines& lines,
                                                     const duplicates::SeenUnits& seen, int piece) {
  const duplicates::TextPiece all = texts.Piece(piece);
  std::vector<std::vector<duplicates::Span>> spans(all.rows());
  std::vector<duplicates::Unit> units;
  int64_t number = all.rows() == 0 ? 0 : seen.first(lines.first_chunk(piece));
  for (size_t row = 0; row < all.rows(); ++row) {
    lines.Find(all.row(row), units);
    for (const duplicates::Unit& unit : units) {
      if (!seen.Before(number++)) continue;
      if (!spans[row].empty() && spans[row].back().end == unit.whole.begin) {
        spans[row].back().end = unit.whole.end;
      } else {
        spans[row].push_back(unit.whole);
      }
    }
  }
  texts.Touched(static_cast<int64_t>(all.bytes.size()));
  return spans;
}

class BoundLines final : public GlobalBound {
 public:
  BoundLines(const Schema& input, int column, LineRule rule)
      : name_(input->field(column)->name()), index_(column), rule_(rule), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Batch> Sketch(const Batch& batch) const override { return TextSketch(batch, index_); }

  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    SIKU_TRY(const auto texts, AllTexts::Open(rows));
    const AllLines lines(*texts, rule_);
    const duplicates::SeenUnits seen(lines, {.threads = rows.threads(),
                                             .memory = rows.memory() / 2,
                                             .stopping = [&] { return rows.stopping(); }});
    const auto spans = [&](int piece) { return SeenSpans(*texts, lines, seen, piece); };
    return RemoveSpans(rows, *texts, spans, verdicts);
  }

 private:
  std::string name_;
  int index_;
  LineRule rule_;
  std::vector<Schema> outputs_;
};

class LinesOperatorImpl final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.duplicates.lines",
        .version = 1,
        .summary = "Take out lines or paragraphs that stand in an earlier text, or earlier in it.",
        .summary_zh = "删除此前已出现过的行或段落。",
        .source = "Exact deduplication by 128-bit hashes (XXH3) of lines without outer blanks.",
        .example = "fresh: {use: refine.duplicates.lines, from: pages, with: {unit: paragraph}}",
        .parameters = {TextColumn(),
                       {.name = "unit",
                        .type = ParameterType::kText,
                        .summary = "Single lines, or paragraphs, which blank lines part.",
                        .summary_zh = "单行，或由空行分隔的段落。",
                        .default_value = "line",
                        .choices = {"line", "paragraph"}},
                       {.name = "min_length",
                        .type = ParameterType::kInt,
                        .summary = "Shorter ones stay, however often they come.",
                        .summary_zh = "短于此者无论重复几次都保留。",
                        .unit = "characters",
                        .default_value = int64_t{10},
                        .minimum = 1,
                        .maximum = 1000000}},
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {{"duplicate_unit", "The line or paragraph came before.",
                   "该行或段落此前出现过。"}},
        .reasons = {{"nothing_left", "All of the text came before.", "文本全部此前出现过。"}},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    const LineRule rule{parameters.text("unit") == "paragraph",
                        static_cast<int>(parameters.integer("min_length"))};
    return std::make_unique<BoundLines>(input, column, rule);
  }
};

}  // namespace

const Operator& DuplicateLinesOperator() {
  static const LinesOperatorImpl instance;
  return instance;
}

}  // namespace siku::refine
