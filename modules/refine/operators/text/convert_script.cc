// refine.text.convert_script: between simplified and traditional Chinese and their regional forms.
#include <arrow/api.h>

#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"
#include "siku/refine/script_converter.h"

namespace siku::refine {
namespace {

class BoundConversion final : public RowBound {
 public:
  BoundConversion(const Schema& input, int column, std::shared_ptr<const ScriptConverter> converter)
      : name_(input->field(column)->name()),
        index_(column),
        outputs_{input},
        converter_(std::move(converter)) {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    Outcome outcome;
    std::vector<ScriptConverter::Change> changes;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (context.stopping()) return;
      converter_->Convert(text, changes);
      for (ScriptConverter::Change& change : changes) {
        outcome.edits.push_back({.row = row,
                                 .begin = static_cast<int64_t>(change.begin),
                                 .end = static_cast<int64_t>(change.end),
                                 .after = std::move(change.after)});
      }
    });
    if (context.stopping()) return Fail(Code::kInterrupted, "the run was stopped");
    SIKU_TRY(auto edited, EditedBatch(batch, index_, outcome.edits));
    outcome.outputs.push_back(SameRows(std::move(edited)));
    return outcome;
  }

 private:
  std::string name_;
  int index_;
  std::vector<Schema> outputs_;
  std::shared_ptr<const ScriptConverter> converter_;
};

class ConvertScript final : public Operator {
 public:
  const Record& record() const override {
    static const Record kRecord = MakeRecord();
    return kRecord;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(auto converter, ScriptConverter::Load(parameters.text("configuration")));
    return std::make_unique<BoundConversion>(input, column, std::move(converter));
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    const auto converter = ScriptConverter::Load("t2s");
    if (!converter.has_value()) return {};
    return {{"siku-scripts.tables", (*converter)->hash()}};
  }

 private:
  static Record MakeRecord() {
    return {
        .name = "refine.text.convert_script",
        .version = 1,
        .summary = "Convert between simplified and traditional Chinese and their regional forms.",
        .summary_zh = "在简体、繁体及各地区用字之间转换。",
        .source = "OpenCC 1.4.2: the same conversions (docs/words.md).",
        .example = "simple: {use: refine.text.convert_script, from: pages}",
        .parameters = {TextColumn(),
                       {.name = "configuration",
                        .type = ParameterType::kText,
                        .summary = "From what to what, as OpenCC names it: s simplified, t "
                                   "traditional, tw Taiwan, hk Hong Kong, p with its terms, jp "
                                   "Japan.",
                        .summary_zh = "转换方案，名称同 OpenCC：s 简体，t 繁体，tw 台湾，hk 香港，"
                                      "p 含地区用词，jp 日本。",
                        .default_value = "t2s",
                        .choices = {"hk2s", "hk2sp", "hk2t", "jp2t", "s2hk", "s2hkp", "s2t", "s2tw",
                                    "s2twp", "t2hk", "t2jp", "t2s", "t2tw", "tw2s", "tw2sp",
                                    "tw2t"}}},
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = {{"convert", "What is written otherwise in the other script.",
                   "在另一种字形或地区用字中写法不同之处。"}},
    };
  }
};

}  // namespace

const Operator& ConvertScriptOperator() {
  static const ConvertScript kInstance;
  return kInstance;
}

}  // namespace siku::refine
