// refine.text.convert_script: between simplified and traditional Chinese and their regional forms.
#include <arrow/api.h>

#include "arrow_internal.h"
#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"
#include "siku/refine/script_converter.h"

namespace siku::refine {
namespace {

void AddEdits(int32_t row, const ConvertedText& converted, std::vector<Edit>& edits) {
  for (size_t i = 0; i < converted.changes(); ++i) {
    const ConvertedText::Change change = converted.change(i);
    edits.push_back({.row = row,
                     .begin = static_cast<int64_t>(change.begin.before),
                     .end = static_cast<int64_t>(change.end.before),
                     .after = std::string(converted.after(change))});
  }
}

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
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(index_));
    Outcome outcome;
    ConvertedText converted;
    arrow::LargeStringBuilder builder;
    SIKU_TRY(FromArrow(builder.Reserve(texts.length())));
    SIKU_TRY(FromArrow(builder.ReserveData(texts.total_values_length())));
    for (int64_t row = 0; row < texts.length(); ++row) {
      if (context.stopping()) return Fail(Code::kInterrupted, "the run was stopped");
      if (texts.IsNull(row)) {
        SIKU_TRY(FromArrow(builder.AppendNull()));
        continue;
      }
      converter_->Convert(texts.GetView(row), converted);
      AddEdits(static_cast<int32_t>(row), converted, outcome.edits);
      SIKU_TRY(FromArrow(builder.Append(converted.text())));
    }
    Batch edited = batch;
    if (!outcome.edits.empty()) {
      SIKU_TRY(auto array, FromArrow(builder.Finish()));
      SIKU_TRY(edited, FromArrow(batch->SetColumn(index_, batch->schema()->field(index_), array)));
    }
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
