// refine.text.measure: statistics of the text as columns; what is kept is decided later.
#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <span>

#include "arrow_internal.h"
#include "operators/filter/measured_filter.h"
#include "operators/filter/parameters.h"
#include "operators/filter/splitters.h"
#include "operators/operators.h"
#include "siku/columns.h"
#include "siku/utf8.h"
#include "statistics/redpajama.h"

namespace siku::refine {
namespace {

using statistics::Kind;
using statistics::Statistic;
using statistics::WordSplitter;

constexpr const char* kStatsColumn = "__dj__stats__";
constexpr const char* kAttributesColumn = "attributes";    // Dolma's
constexpr const char* kSignalsColumn = "quality_signals";  // RedPajama-V2's

// Statistics that a project measures, by the kinds they begin and end with in docs/filters.md.
const std::map<std::string, std::pair<Kind, Kind>, std::less<>>& Groups() {
  static const std::map<std::string, std::pair<Kind, Kind>, std::less<>> groups{
      {"data_juicer", {Kind::kTextLen, Kind::kWordRepRatio}},
      {"datatrove", {Kind::kDupParaFrac, Kind::kNewlineWordRatio}},
      {"evalweb", {Kind::kMeanLineLength, Kind::kRepeatedGramRatio}},
      {"ct_llm", {Kind::kDistinctCharRatio, Kind::kDuplicatedCharGrams}},
      {"redpajama_v2", {Kind::kRedPajama, Kind::kRedPajama}}};
  return groups;
}

// What was read as a statistic, and may have been meant for a group.
tl::unexpected<Error> Unknown(Error error) {
  std::string groups;
  for (const auto& [name, kinds] : Groups()) groups += (groups.empty() ? "" : ", ") + name;
  error.message = "there is no statistic or group '{}'; statistics: {}; groups: {}";
  error.value += '\x1F' + groups;
  error.place = "statistics";
  return tl::unexpected<Error>(std::move(error));
}

Result<std::vector<Statistic>> StatisticsOf(const Parameters& parameters) {
  if (parameters.texts("statistics").empty()) {
    return Fail(Code::kInvalid, "no statistic is named: nothing would be measured", {},
                "statistics");
  }
  std::vector<const WordSplitter*> splitters;
  for (const std::string& name : SplitterNames()) {
    SIKU_TRY(splitters.emplace_back(), FindSplitter(name));
  }
  std::vector<Statistic> found;
  const auto add = [&](Statistic one) {
    const auto same = [&](const Statistic& other) { return other.Name() == one.Name(); };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(std::move(one));
  };
  const auto chosen = std::find_if(splitters.begin(), splitters.end(), [&](const auto* splitter) {
    return splitter->name() == parameters.text("words");
  });
  for (const std::string& name : parameters.texts("statistics")) {
    const auto group = Groups().find(name);
    if (group == Groups().end()) {
      auto one = statistics::ParseStatistic(name, splitters);
      if (!one.has_value()) return Unknown(std::move(one).error());
      add(*std::move(one));
      continue;
    }
    const std::array one_splitter{*chosen};
    for (const std::string& usual : statistics::UsualStatistics(one_splitter)) {
      SIKU_TRY(Statistic one, statistics::ParseStatistic(usual, splitters));
      if (one.kind >= group->second.first && one.kind <= group->second.second) add(std::move(one));
    }
  }
  return found;
}

// Data-Juicer's key of a statistic: its name without the parameters.
std::string KeyOf(const std::string& name) { return name.substr(0, name.find('(')); }

// {"tag": [[begin, end, score]]}, the span in characters of the whole text.
nlohmann::ordered_json Attributes(std::string_view text, const arrow::RecordBatch& measured,
                                  int64_t row) {
  nlohmann::ordered_json attributes = nlohmann::ordered_json::object();
  const size_t length = utf8::Length(text);
  for (int i = 0; i < measured.num_columns(); ++i) {
    const auto& numbers = static_cast<const arrow::DoubleArray&>(*measured.column(i));
    nlohmann::ordered_json score = nullptr;
    if (numbers.IsValid(row)) score = numbers.Value(row);
    attributes[measured.column_name(i)] = {{0, length, std::move(score)}};
  }
  return attributes;
}

// RedPajama-V2's: the same, and its signals of lines. Counts of words are whole numbers there.
nlohmann::ordered_json Signals(std::string_view text, const arrow::RecordBatch& measured,
                               int64_t row) {
  nlohmann::ordered_json signals = Attributes(text, measured, row);
  if (const auto words = signals.find("rps_doc_word_count"); words != signals.end()) {
    auto& score = (*words)[0][2];
    score = static_cast<int64_t>(score.get<double>());
  }
  const auto lines = statistics::RedPajamaLines(text);
  const auto add = [&](const char* name, const auto& score) {
    auto& all = signals[name] = nlohmann::ordered_json::array();
    for (const auto& line : lines) all.push_back({line.begin, line.end, score(line)});
  };
  using Line = statistics::RedPajamaLine;
  add("rps_lines_ending_with_terminal_punctution_mark",
      [](const Line& line) { return line.terminal_mark ? 1.0 : 0.0; });
  add("rps_lines_javascript_counts",
      [](const Line& line) { return static_cast<double>(line.javascript); });
  add("rps_lines_num_words", [](const Line& line) { return line.words; });
  add("rps_lines_numerical_chars_fraction", [](const Line& line) { return line.numerical; });
  add("rps_lines_start_with_bulletpoint", [](const Line& line) { return line.bullet ? 1.0 : 0.0; });
  add("rps_lines_uppercase_letter_fraction", [](const Line& line) { return line.uppercase; });
  if (lines.empty()) {
    signals["rps_lines_start_with_bulletpoint"] = {{0, utf8::Length(text), nullptr}};
  }
  return signals;
}

// A text that writers of JSON lines write as what it holds.
std::shared_ptr<arrow::Field> JsonField(const char* name) {
  return arrow::field(name, arrow::large_utf8(), true,
                      arrow::key_value_metadata({{"siku.json", "1"}}));
}

template <class Write>
Result<std::shared_ptr<arrow::Array>> JsonColumn(const arrow::Array& texts,
                                                 const arrow::RecordBatch& measured,
                                                 const Write& write) {
  const auto& array = static_cast<const arrow::LargeStringArray&>(texts);
  arrow::LargeStringBuilder builder;
  for (int64_t row = 0; row < array.length(); ++row) {
    SIKU_TRY(FromArrow(array.IsNull(row)
                           ? builder.AppendNull()
                           : builder.Append(write(array.GetView(row), measured, row).dump())));
  }
  return FromArrow(builder.Finish());
}

class BoundMeasure final : public RowBound {
 public:
  BoundMeasure(const Schema& input, int column, std::span<const Statistic> statistics,
               std::string layout)
      : name_(input->field(column)->name()),
        index_(column),
        measurement_(MeasurementOf(statistics)),
        layout_(std::move(layout)) {
    auto fields = input->fields();
    for (const auto& field : Added()) fields.push_back(field);
    outputs_ = {arrow::schema(std::move(fields))};
  }
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  arrow::FieldVector Added() const {
    const auto& fields = measurement_->schema()->fields();
    if (layout_ == "columns") return fields;
    if (layout_ == "dolma") return {JsonField(kAttributesColumn)};
    if (layout_ == "redpajama_v2") return {JsonField(kSignalsColumn)};
    arrow::FieldVector keys;
    for (const auto& field : fields) keys.push_back(field->WithName(KeyOf(field->name())));
    return {arrow::field(kStatsColumn, arrow::struct_(keys))};
  }

  Result<Outcome> Apply(const Batch& batch, const RowContext&) const override {
    const auto& texts = batch->column(index_);
    SIKU_TRY(const Batch measured, measurement_->Measure(texts));
    auto columns = batch->columns();
    if (layout_ == "columns") {
      for (const auto& column : measured->columns()) columns.push_back(column);
    } else if (layout_ == "dolma") {
      SIKU_TRY(auto attributes, JsonColumn(*texts, *measured, Attributes));
      columns.push_back(std::move(attributes));
    } else if (layout_ == "redpajama_v2") {
      SIKU_TRY(auto signals, JsonColumn(*texts, *measured, Signals));
      columns.push_back(std::move(signals));
    } else {
      columns.push_back(std::make_shared<arrow::StructArray>(
          outputs_[0]->fields().back()->type(), batch->num_rows(), measured->columns()));
    }
    Outcome outcome;
    outcome.outputs.push_back(
        SameRows(arrow::RecordBatch::Make(outputs_[0], batch->num_rows(), std::move(columns))));
    return outcome;
  }

 private:
  std::string name_;
  int index_;
  std::unique_ptr<Measurement> measurement_;
  std::string layout_;
  std::vector<Schema> outputs_{};
};

class Measure final : public Operator {
 public:
  const Record& record() const override {
    static const Record kRecord = MakeRecord();
    return kRecord;
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return SplitterHashes();
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(const auto statistics, StatisticsOf(parameters));
    auto bound =
        std::make_unique<BoundMeasure>(input, column, statistics, parameters.text("layout"));
    for (const auto& field : bound->Added()) {
      SIKU_TRY(CheckNewColumn(input, field->name()));
    }
    return bound;
  }

 private:
  static Record MakeRecord() {
    Record record = {
        .name = "refine.text.measure",
        .version = 1,
        .summary = "Measure statistics of the text as columns; every row stays.",
        .summary_zh = "度量文本的统计量并写入各列；所有行都保留。",
        .source =
            "Data-Juicer 1.6.1, DataTrove 0.10.1, EvalWeb, CT-LLM, RedPajama-V2; docs/filters.md.",
        .example =
            "measured: {use: refine.text.measure, from: pages, "
            "with: {statistics: [data_juicer, han_ratio]}}",
        .parameters =
            {TextColumn(),
             Texts("statistics", {"data_juicer"},
                   {"Names, or groups: data_juicer, datatrove, evalweb, ct_llm, redpajama_v2.",
                    "统计量名，或组名：data_juicer、datatrove、evalweb、ct_llm、redpajama_v2。"}),
             Text("words", "space",
                  {"How the words of a group are split.", "组内统计量的分词方式。"}),
             Text("layout", "columns",
                  {"A column each, one struct as in Data-Juicer, JSON as in Dolma or RedPajama-V2.",
                   "每项一列、Data-Juicer 的结构列，或 Dolma、RedPajama-V2 的 JSON。"})},
        .reads = {"$column"},
    };
    record.parameters[2].choices = SplitterNames();
    record.parameters[3].choices = {"columns", "data_juicer", "dolma", "redpajama_v2"};
    return record;
  }
};

}  // namespace

const Operator& MeasureOperator() {
  static const Measure instance;
  return instance;
}

}  // namespace siku::refine
