#include "operators/mappers/mapper_operator.h"

#include <arrow/api.h>

#include "mappers/pattern.h"
#include "mappers/rewriting.h"
#include "operators/text_column.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

class BoundMapper final : public RowBound {
 public:
  BoundMapper(const Schema& input, int column, TextMapper map)
      : name_(input->field(column)->name()),
        index_(column),
        map_(std::move(map)),
        outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    Outcome outcome;
    mappers::Changes changes;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (context.stopping()) return;
      changes.clear();
      if (!map_(text, changes)) {
        outcome.rejects.push_back({.row = row});
        return;
      }
      for (mappers::Change& change : changes) {
        outcome.edits.push_back({.row = row,
                                 .begin = static_cast<int64_t>(change.begin),
                                 .end = static_cast<int64_t>(change.end),
                                 .after = std::move(change.after),
                                 .rule = change.rule});
      }
    });
    if (context.stopping()) return Fail(Code::kInterrupted, "the run was stopped");
    SIKU_TRY(auto edited, EditedBatch(batch, index_, outcome.edits));
    if (outcome.rejects.empty()) {
      outcome.outputs.push_back(SameRows(std::move(edited)));
      return outcome;
    }
    std::vector<int32_t> kept;
    size_t next = 0;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      const bool rejected = next < outcome.rejects.size() && outcome.rejects[next].row == row;
      rejected ? void(++next) : kept.push_back(row);
    }
    SIKU_TRY(auto rows, SelectRows(edited, kept));
    outcome.outputs.push_back({std::move(rows), std::move(kept)});
    return outcome;
  }

 private:
  std::string name_;
  int index_;
  TextMapper map_;
  std::vector<Schema> outputs_;
};

struct Substitution {
  mappers::Pattern pattern;
  mappers::Replacement replacement;
};

Result<Substitution> Compile(const std::string& pattern, const std::string& replacement) {
  SIKU_TRY(auto compiled, mappers::Pattern::Compile(pattern));
  SIKU_TRY(auto filled, compiled.CompileReplacement(replacement));
  return Substitution{std::move(compiled), std::move(filled)};
}

}  // namespace

MapperOperator::MapperOperator(Record record, Make make)
    : record_(std::move(record)), make_(std::move(make)) {
  record_.parameters.insert(record_.parameters.begin(), TextColumn());
  record_.reads = {"$column"};
  record_.writes = {"$column"};
  if (!record_.reasons.empty()) record_.traits.cardinality = Cardinality::kFilter;
}

Result<std::unique_ptr<Bound>> MapperOperator::Bind(const Schema& input,
                                                    const Parameters& parameters) const {
  SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
  SIKU_TRY(auto map, make_(parameters));
  return std::make_unique<BoundMapper>(input, column, std::move(map));
}

MapperOperator::Make Always(void (*map)(std::string_view, mappers::Changes&)) {
  return [map](const Parameters&) -> Result<TextMapper> {
    return [map](std::string_view text, mappers::Changes& changes) {
      map(text, changes);
      return true;
    };
  };
}

std::vector<ParameterSpec> PatternParameters() {
  return {{.name = "pattern",
           .type = ParameterType::kText,
           .summary = "A regular expression for what is replaced; empty: as described above.",
           .summary_zh = "要替换内容的正则表达式；为空则按上述定义。",
           .default_value = ""},
          {.name = "repl",
           .type = ParameterType::kText,
           .summary = "What stands there instead; \\1 and \\g<name> are groups of the pattern.",
           .summary_zh = "替换成的文本；\\1 和 \\g<name> 表示正则表达式的分组。",
           .default_value = ""}};
}

Result<TextMapper> ReplaceFound(
    const Parameters& parameters,
    std::function<std::vector<std::pair<size_t, size_t>>(std::string_view)> find) {
  const std::string& pattern = parameters.text("pattern");
  const std::string& replacement = parameters.text("repl");
  if (!pattern.empty()) return ReplacePatterns({pattern}, {replacement});
  return [find = std::move(find), replacement](std::string_view text, mappers::Changes& changes) {
    for (const auto& [begin, end] : find(text)) {
      mappers::Add(changes, text, begin, end, replacement);
    }
    return true;
  };
}

Result<TextMapper> ReplacePatterns(const std::vector<std::string>& patterns,
                                   const std::vector<std::string>& replacements) {
  std::vector<Substitution> all;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const std::string& replacement =
        replacements.size() == 1 ? replacements.front() : replacements[i];
    SIKU_TRY(auto one, Compile(patterns[i], replacement));
    all.push_back(std::move(one));
  }
  return [all = std::move(all)](std::string_view text, mappers::Changes& changes) {
    mappers::Rewriting rewriting(text);
    for (const Substitution& one : all) {
      mappers::Changes found;
      const auto done = one.pattern.Replace(rewriting.text(), one.replacement, found);
      if (done == mappers::Pattern::Done::kTooLong) return false;
      rewriting.Apply(found);
    }
    changes = rewriting.Total();
    return true;
  };
}

Named TooLong() {
  return {"match_limit", "The pattern needs too much work on this text.",
          "正则表达式在这段文本上的计算量过大。"};
}

}  // namespace siku::refine
