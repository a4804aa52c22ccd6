// refine.duplicates.frequent_lines: lines that stand in many texts are taken out of all of them.
#include <arrow/api.h>

#include <algorithm>

#include "duplicates/frequent.h"
#include "operators/duplicates/all_texts.h"
#include "operators/duplicates/removal.h"
#include "operators/filter/parameters.h"
#include "operators/operators.h"
#include "siku/columns.h"
#include "siku/utf8.h"
#include "statistics/compared_text.h"
#include "statistics/line_stream.h"

namespace siku::refine {
namespace {

struct Sparing {
  int64_t shorter_than;
  bool brackets, headings, environments, tags;
};

// One of the letters that [a-z] without regard to case matches in Python: K and ſ too, İ and ı.
bool BeginsWithLetter(std::string_view text) {
  if (text.empty()) return false;
  const char c = text[0];
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return text.starts_with("\u0130") || text.starts_with("\u0131") || text.starts_with("\u017F") ||
         text.starts_with("\u212A");
}

bool IsTag(std::string_view line) {
  if (!line.starts_with('<')) return false;
  line.remove_prefix(line.starts_with("</") ? 2 : 1);
  if (!BeginsWithLetter(line)) return false;
  return line.find('>') >= line.size() - 1;  // at the end, or nowhere
}

// `line`: without blanks around it.
bool IsSpared(std::string_view line, const Sparing& spare) {
  if (static_cast<int64_t>(utf8::Length(line)) < spare.shorter_than) return true;
  if (spare.brackets && line.find_first_not_of("{}[]();") == std::string_view::npos) return true;
  if (spare.headings && line.starts_with('#')) return true;
  const bool environment = line.starts_with("\\begin{") || line.starts_with("\\end{");
  return (spare.environments && environment) || (spare.tags && IsTag(line));
}

struct Rule {
  int64_t more_than;
  Sparing spare;
  statistics::Comparing compare;
};

// Calls `visit(begin, end, spared)` for each line, its line feed outside.
template <class Visit>
void ForEachLine(std::string_view text, const Sparing& spare, const Visit& visit) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    visit(begin, end, IsSpared(statistics::Stripped(text.substr(begin, end - begin)), spare));
    begin = end + 1;
  }
}

class AllLines final : public duplicates::DocumentUnits {
 public:
  AllLines(const AllTexts& texts, const Rule& rule) : texts_(texts), chunks_(texts), rule_(rule) {}
  int chunks() const override { return chunks_.count(); }
  int first_chunk(int piece) const { return chunks_.first(piece); }

  void Units(int index, std::vector<duplicates::DocumentUnit>& units) const override {
    units.clear();
    const TextChunks::Chunk& own = chunks_[index];
    const duplicates::TextPiece all = texts_.Piece(own.piece);
    for (size_t row = own.begin; row < own.end; ++row) {
      const std::string_view text = all.row(row);
      const int64_t document = texts_.first(own.piece) + static_cast<int64_t>(row);
      ForEachLine(text, rule_.spare, [&](size_t begin, size_t end, bool spared) {
        if (spared) return;
        const auto line = statistics::ComparedText(text.substr(begin, end - begin), rule_.compare);
        units.push_back({duplicates::HashUnit(line), document});
      });
    }
    texts_.Touched(all.offsets[own.end] - all.offsets[own.begin]);
  }

 private:
  const AllTexts& texts_;
  TextChunks chunks_;
  const Rule& rule_;
};

// What is to go so that the lines that stay are joined by one line feed each.
class LinesToTakeOut {
 public:
  void See(size_t begin, size_t end, bool goes) {
    const size_t feed = begin - (begin > 0 ? 1 : 0);  // the line feed before the line
    if (goes) {
      Add(feed, end);
    } else if (!kept_before_) {
      Add(feed, begin);
    }
    kept_before_ = kept_before_ || !goes;
  }
  std::vector<duplicates::Span> Take() { return std::move(spans_); }

 private:
  void Add(size_t begin, size_t end) {
    const auto from = static_cast<int64_t>(begin), to = static_cast<int64_t>(end);
    if (!spans_.empty() && spans_.back().end == from) {
      spans_.back().end = to;
    } else if (from < to) {
      spans_.push_back({from, to});
    }
  }
  std::vector<duplicates::Span> spans_{};
  bool kept_before_ = false;
};

class BoundFrequent final : public GlobalBound {
 public:
  BoundFrequent(const Schema& input, int column, const Rule& rule)
      : name_(input->field(column)->name()), index_(column), rule_(rule), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Batch> Sketch(const Batch& batch) const override { return TextSketch(batch, index_); }

  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    if (rows.size() <= 1) return {};  // as Data-Juicer has it
    SIKU_TRY(const auto texts, AllTexts::Open(rows));
    const AllLines lines(*texts, rule_);
    const duplicates::FrequentUnits frequent(lines, rule_.more_than,
                                             {.threads = rows.threads(),
                                              .memory = rows.memory() / 2,
                                              .stopping = [&] { return rows.stopping(); }});
    const auto spans = [&](int piece) { return SpansOf(*texts, lines, frequent, piece); };
    const auto all_stay = [](std::string_view, const std::vector<duplicates::Span>&) {
      return kStays;
    };
    return RemoveSpans(rows, *texts, spans, verdicts, all_stay);
  }

 private:
  std::vector<std::vector<duplicates::Span>> SpansOf(const AllTexts& texts, const AllLines& lines,
                                                     const duplicates::FrequentUnits& frequent,
                                                     int piece) const {
    const duplicates::TextPiece all = texts.Piece(piece);
    std::vector<std::vector<duplicates::Span>> spans(all.rows());
    int64_t number = all.rows() == 0 ? 0 : frequent.first(lines.first_chunk(piece));
    for (size_t row = 0; row < all.rows(); ++row) {
      LinesToTakeOut found;
      ForEachLine(all.row(row), rule_.spare, [&](size_t begin, size_t end, bool spared) {
        found.See(begin, end, !spared && frequent.Frequent(number++));
      });
      spans[row] = found.Take();
    }
    texts.Touched(static_cast<int64_t>(all.bytes.size()));
    return spans;
  }

  std::string name_;
  int index_;
  Rule rule_;
  std::vector<Schema> outputs_;
};

std::vector<ParameterSpec> LineParameters() {
  return {
      TextColumn(),
      Whole("frequency_threshold", 6,
            {"Lines of more texts than this go.", "出现于多于此数的文本中的行被删除。"}, "texts"),
      YesNo("lowercase", false, {"Case does not count.", "比较时不区分大小写。"}),
      YesNo("ignore_special_character", false,
            {"White space, digits and ASCII punctuation do not count.",
             "比较时忽略空白、数字和 ASCII 标点。"}),
      Whole("min_line_length", 2, {"Shorter lines stay.", "更短的行保留。"}, "characters"),
      YesNo("skip_brackets", true,
            {"Lines of brackets and semicolons alone stay.", "只含括号和分号的行保留。"}),
      YesNo("skip_markdown_headers", true,
            {"Lines that begin with # stay.", "以 # 开头的行保留。"}),
      YesNo("skip_latex_env", true,
            {"Lines that begin or end an environment of LaTeX stay.", "LaTeX 环境的起止行保留。"}),
      YesNo("skip_html_tags", true,
            {"Lines that are one tag of HTML stay.", "仅为一个 HTML 标签的行保留。"}),
  };
}

class FrequentLines final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.duplicates.frequent_lines",
        .version = 1,
        .summary = "Take lines that stand in many texts out of all of them.",
        .summary_zh = "将出现于许多文本中的行从所有文本中删除。",
        .source =
            "Data-Juicer 1.6.1, document_line_deduplicator; lines are compared by 128-bit "
            "hashes (XXH3).",
        .example =
            "own: {use: refine.duplicates.frequent_lines, from: pages, "
            "with: {frequency_threshold: 20}}",
        .parameters = LineParameters(),
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {{"frequent_line", "The line stands in many texts.", "该行出现于许多文本中。"}},
        .traits = {.scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    const Rule rule{.more_than = parameters.integer("frequency_threshold"),
                    .spare = {.shorter_than = parameters.integer("min_line_length"),
                              .brackets = parameters.boolean("skip_brackets"),
                              .headings = parameters.boolean("skip_markdown_headers"),
                              .environments = parameters.boolean("skip_latex_env"),
                              .tags = parameters.boolean("skip_html_tags")},
                    .compare = {.lowered = parameters.boolean("lowercase"),
                                .characters_only = parameters.boolean("ignore_special_character"),
                                .separators_are_space = true}};
    return std::make_unique<BoundFrequent>(input, column, rule);
  }
};

}  // namespace

const Operator& FrequentLinesOperator() {
  static const FrequentLines instance;
  return instance;
}

}  // namespace siku::refine
