// refine.document.split_paragraphs: one row per paragraph, and one outline row per document.
#include <arrow/api.h>

#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

struct Paragraph {
  int64_t begin, end;  // bytes, line ends outside
};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

// U+3000, the space that indents Chinese paragraphs.
constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";

// Bytes of the blank that a line begins with, or ends with.
size_t BlankBefore(std::string_view line) {
  if (line.starts_with(kIdeographicSpace)) return kIdeographicSpace.size();
  return !line.empty() && IsSpace(line.front()) ? 1 : 0;
}
size_t BlankBehind(std::string_view line) {
  if (line.ends_with(kIdeographicSpace)) return kIdeographicSpace.size();
  return !line.empty() && IsSpace(line.back()) ? 1 : 0;
}

// Paragraphs are runs of lines without a blank one between, or single lines.
std::vector<Paragraph> FindParagraphs(std::string_view text, bool single_lines) {
  std::vector<Paragraph> paragraphs;
  bool open = false;
  for (size_t at = 0; at < text.size();) {
    size_t end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    size_t first = at, last = end;
    while (const size_t blank = BlankBefore(text.substr(first, last - first))) first += blank;
    while (const size_t blank = BlankBehind(text.substr(first, last - first))) last -= blank;
    if (first == last) {
      open = false;
    } else if (open && !single_lines) {
      paragraphs.back().end = static_cast<int64_t>(last);
    } else {
      paragraphs.push_back({static_cast<int64_t>(first), static_cast<int64_t>(last)});
      open = true;
    }
    at = end + 1;
  }
  return paragraphs;
}

arrow::FieldVector Without(const Schema& schema, int column) {
  auto fields = schema->fields();
  fields.erase(fields.begin() + column);
  return fields;
}

class BoundSplit final : public RowBound {
 public:
  BoundSplit(const Schema& input, int column, bool single_lines)
      : name_(input->field(column)->name()), index_(column), single_lines_(single_lines) {
    auto paragraph = input->fields();
    paragraph.push_back(arrow::field("paragraph", arrow::int32(), false));
    auto outline = Without(input, column);
    outline.push_back(arrow::field("paragraphs", arrow::int32(), false));
    outline.push_back(arrow::field("bytes", arrow::int64(), false));
    outputs_ = {arrow::schema(paragraph), arrow::schema(outline)};
  }
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext&) const override {
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(index_));
    Rows paragraphs, outlines;
    arrow::LargeStringBuilder text;
    arrow::Int32Builder ordinal, count;
    arrow::Int64Builder bytes;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      const std::string_view whole = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
      const auto found = FindParagraphs(whole, single_lines_);
      int32_t next = 0;
      for (const Paragraph& p : found) {
        const auto part =
            whole.substr(static_cast<size_t>(p.begin), static_cast<size_t>(p.end - p.begin));
        if (!text.Append(part).ok() || !ordinal.Append(next++).ok()) return OutOfMemory();
        paragraphs.parent.push_back(row);
        paragraphs.origin.emplace_back(p.begin, p.end);
      }
      if (!count.Append(next).ok() || !bytes.Append(static_cast<int64_t>(whole.size())).ok()) {
        return OutOfMemory();
      }
      outlines.parent.push_back(row);
    }
    SIKU_TRY(paragraphs.batch, TakeAround(batch, paragraphs.parent, text, ordinal));
    auto rest = batch->RemoveColumn(index_);
    auto counts = count.Finish();
    auto sizes = bytes.Finish();
    if (!rest.ok() || !counts.ok() || !sizes.ok()) return OutOfMemory();
    auto columns = (*rest)->columns();
    columns.push_back(*counts);
    columns.push_back(*sizes);
    outlines.batch = arrow::RecordBatch::Make(outputs_[1], batch->num_rows(), columns);
    Outcome outcome;
    outcome.outputs = {std::move(paragraphs), std::move(outlines)};
    return outcome;
  }

 private:
  static tl::unexpected<Error> OutOfMemory() {
    return Fail(Code::kLimit, "not enough memory for a batch of paragraphs");
  }
  Result<Batch> TakeAround(const Batch& batch, const std::vector<int32_t>& parent,
                           arrow::LargeStringBuilder& text, arrow::Int32Builder& ordinal) const {
    SIKU_TRY(auto taken, SelectRows(batch, parent));
    auto texts = text.Finish();
    auto ordinals = ordinal.Finish();
    if (!texts.ok() || !ordinals.ok()) return OutOfMemory();
    auto columns = taken->columns();
    columns[static_cast<size_t>(index_)] = *texts;
    columns.push_back(*ordinals);
    return arrow::RecordBatch::Make(outputs_[0], static_cast<int64_t>(parent.size()), columns);
  }

  std::string name_;
  int index_;
  bool single_lines_;
  std::vector<Schema> outputs_;
};

class SplitParagraphs final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.document.split_paragraphs",
        .version = 1,
        .summary =
            "Split each document into its paragraphs, and keep one outline row per document.",
        .summary_zh = "将每篇文档拆分为段落，并为每篇文档保留一行概要。",
        .example = "parts: {use: refine.document.split_paragraphs, from: pages}",
        .parameters = {TextColumn(),
                       {.name = "border",
                        .type = ParameterType::kText,
                        .summary = "What ends a paragraph: each line, or a blank line.",
                        .summary_zh = "段落的边界：每一行，或空行。",
                        .default_value = "line",
                        .choices = {"line", "blank_line"}}},
        .reads = {"$column"},
        .writes = {"$column", "paragraph", "paragraphs", "bytes"},
        .outputs = {"paragraphs", "outline"},
        .traits = {.cardinality = Cardinality::kExpand},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    for (const char* added : {"paragraph", "paragraphs", "bytes"}) {
      SIKU_TRY(CheckNewColumn(input, added));
    }
    return std::make_unique<BoundSplit>(input, column, parameters.text("border") == "line");
  }
};

}  // namespace

const Operator& SplitParagraphsOperator() {
  static const SplitParagraphs instance;
  return instance;
}

}  // namespace siku::refine
