// refine.text.collapse_space: runs of white space become one space, or one line end.
#include <arrow/api.h>

#include "operators/operators.h"
#include "siku/columns.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

constexpr uint16_t kRun = 0;
constexpr uint16_t kTrailing = 1;

// Horizontal white space of Unicode 15.1: Zs and TAB. U+3000 indents Chinese paragraphs and stays.
bool IsBlank(char32_t c) {
  return c == 0x09 || c == 0x20 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x202F || c == 0x205F;
}

void FindRuns(std::string_view text, int32_t row, std::vector<Edit>& edits) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    size_t end = at;
    while (end < text.size()) {
      size_t next = end;
      if (!IsBlank(utf8::Next(text, next))) break;
      end = next;
    }
    if (end == begin) {
      (void)utf8::Next(text, at);
      continue;
    }
    at = end;
    const bool trailing = end == text.size() || text[end] == '\n' || text[end] == '\r';
    const bool single = end - begin == 1 && text[begin] == ' ';
    if (trailing || !single) {
      edits.push_back({.row = row,
                       .begin = static_cast<int64_t>(begin),
                       .end = static_cast<int64_t>(end),
                       .after = trailing ? "" : " ",
                       .rule = trailing ? kTrailing : kRun});
    }
  }
}

class BoundCollapse final : public RowBound {
 public:
  BoundCollapse(const Schema& input, int column)
      : name_(input->field(column)->name()), index_(column), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  Result<Outcome> Apply(const Batch& batch, const RowContext&) const override {
    Outcome outcome;
    ForEachText(batch, index_,
                [&](int32_t row, std::string_view text) { FindRuns(text, row, outcome.edits); });
    SIKU_TRY(auto edited, EditedBatch(batch, index_, outcome.edits));
    outcome.outputs.push_back(SameRows(std::move(edited)));
    return outcome;
  }

 private:
  std::string name_;
  int index_;
  std::vector<Schema> outputs_;
};

class CollapseSpace final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.text.collapse_space",
        .version = 1,
        .summary = "Make each run of blanks one space, and drop blanks before a line end.",
        .summary_zh = "将连续空白合并为一个空格，并删除行尾空白。",
        .example = "tidy: {use: refine.text.collapse_space, from: pages}",
        .parameters = {{.name = "column",
                        .type = ParameterType::kText,
                        .summary = "The text column.",
                        .summary_zh = "文本列。",
                        .default_value = "text"}},
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {{"blank_run", "Several blanks, or one that is not a plain space.",
                   "多个空白，或非普通空格的空白。"},
                  {"trailing_blank", "Blanks before a line end or the end of the text.",
                   "行尾或文末的空白。"}},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    return std::make_unique<BoundCollapse>(input, column);
  }
};

}  // namespace

const Operator& CollapseSpaceOperator() {
  static const CollapseSpace instance;
  return instance;
}

}  // namespace siku::refine
