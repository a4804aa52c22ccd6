#include "test_operators.h"

#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstring>
#include <functional>
#include <map>

#include "siku/columns.h"
#include "siku/kept_interval.h"
#include "siku/sha256.h"

namespace siku::run {
namespace {

using Script = std::function<Result<Outcome>(const Batch&, int column, const RowContext&)>;

class ScriptedBound final : public RowBound {
 public:
  ScriptedBound(std::vector<Schema> outputs, int column, Script script)
      : outputs_(std::move(outputs)), column_(column), script_(std::move(script)) {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    return script_(batch, column_, context);
  }

 private:
  std::vector<Schema> outputs_;
  int column_;
  Script script_;
  std::string name_ = "text";
};

// Each letter a to z at the beginning of a word becomes upper case.
Result<Outcome> Shout(const Batch& batch, int column, const RowContext&) {
  Outcome outcome;
  ForEachText(batch, column, [&](int32_t row, std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      const bool begins = i == 0 || text[i - 1] == ' ';
      if (!begins || text[i] < 'a' || text[i] > 'z') continue;
      const auto at = static_cast<int64_t>(i);
      outcome.edits.push_back({.row = row,
                               .begin = at,
                               .end = at + 1,
                               .after = std::string(1, static_cast<char>(text[i] - 32)) + "!"});
    }
  });
  SIKU_TRY(auto edited, EditedBatch(batch, column, outcome.edits));
  outcome.outputs.push_back(SameRows(std::move(edited)));
  return outcome;
}

Result<Outcome> DropShort(const Batch& batch, int column, const RowContext&) {
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(column));
  Outcome outcome;
  Rows kept;
  for (int32_t row = 0; row < batch->num_rows(); ++row) {
    if (texts.IsNull(row) || texts.value_length(row) < 4) {
      outcome.rejects.push_back({.row = row, .detail = "short"});
    } else {
      kept.parent.push_back(row);
    }
  }
  SIKU_TRY(kept.batch, SelectRows(batch, kept.parent));
  outcome.outputs.push_back(std::move(kept));
  return outcome;
}

Result<Outcome> SplitWords(const Batch& batch, int column, const RowContext&) {
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(column));
  Rows words, counts;
  arrow::LargeStringBuilder word;
  arrow::Int64Builder count;
  for (int32_t row = 0; row < batch->num_rows(); ++row) {
    const std::string_view text = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
    int64_t found = 0;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find(' ', begin), text.size());
      if (end > begin) {
        (void)word.Append(text.substr(begin, end - begin));
        words.parent.push_back(row);
        words.origin.emplace_back(begin, end);
        ++found;
      }
      begin = end + 1;
    }
    (void)count.Append(found);
    counts.parent.push_back(row);
  }
  SIKU_TRY(auto rest, SelectRows(batch, words.parent));
  words.batch =
      rest->SetColumn(column, batch->schema()->field(column), *word.Finish()).ValueOrDie();
  counts.batch = arrow::RecordBatch::Make(arrow::schema({arrow::field("words", arrow::int64())}),
                                          batch->num_rows(), {*count.Finish()});
  Outcome outcome;
  outcome.outputs = {std::move(words), std::move(counts)};
  return outcome;
}

Result<Outcome> Wait(const Batch& batch, int, const RowContext& context) {
  while (!context.stopping()) {
  }
  (void)batch;
  return Fail(Code::kInterrupted, "the run was asked to stop");
}

class UniqueBound final : public KeyedBound {
 public:
  UniqueBound(const Schema& input, int column) : outputs_{input}, column_(column) {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  Result<Batch> Sketch(const Batch& batch) const override {
    arrow::Int64Builder high, low;
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(column_));
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      const Digest digest = Sha256Of(texts.IsNull(row) ? "" : texts.GetView(row));
      int64_t halves[2];
      std::memcpy(halves, digest.data(), sizeof halves);
      (void)high.Append(halves[0]);
      (void)low.Append(halves[1]);
    }
    return arrow::RecordBatch::Make(
        arrow::schema({arrow::field("exchange_high", arrow::int64(), false),
                       arrow::field("exchange_low", arrow::int64(), false)}),
        batch->num_rows(), {*high.Finish(), *low.Finish()});
  }
  Result<std::vector<Verdict>> Reduce(const Batch& partition) const override {
    const auto& high =
        static_cast<const arrow::Int64Array&>(*partition->GetColumnByName("exchange_high"));
    const auto& low =
        static_cast<const arrow::Int64Array&>(*partition->GetColumnByName("exchange_low"));
    std::map<std::pair<int64_t, int64_t>, int64_t> first;
    std::vector<Verdict> verdicts;
    for (int64_t row = 0; row < partition->num_rows(); ++row) {
      const auto [at, fresh] = first.emplace(std::pair{high.Value(row), low.Value(row)}, row);
      if (!fresh) verdicts.push_back({row, 0, at->second});
    }
    return verdicts;
  }

 private:
  std::vector<Schema> outputs_;
  int column_;
  std::string name_ = "text";
};

// Bytes and spaces of each text, in one walk.
class ByteMeasurement final : public Measurement {
 public:
  const Schema& schema() const override { return schema_; }
  Result<Batch> Measure(const std::shared_ptr<arrow::Array>& texts) const override {
    arrow::DoubleBuilder bytes, spaces;
    for (int64_t row = 0; row < texts->length(); ++row) {
      const auto text = static_cast<const arrow::LargeStringArray&>(*texts).GetView(row);
      (void)bytes.Append(static_cast<double>(text.size()));
      (void)spaces.Append(static_cast<double>(std::count(text.begin(), text.end(), ' ')));
    }
    ++measured;
    return arrow::RecordBatch::Make(schema_, texts->length(), {*bytes.Finish(), *spaces.Finish()});
  }
  static inline std::atomic<int> measured{0};

 private:
  Schema schema_ = arrow::schema(
      {arrow::field("bytes", arrow::float64()), arrow::field("spaces", arrow::float64())});
};

// Drops rows whose number is below two.
class AtLeastTwo final : public MeasuredBound, public KeepsIntervals {
 public:
  AtLeastTwo(const Schema& input, std::string statistic)
      : outputs_{input}, statistics_{std::move(statistic)} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  std::unique_ptr<Measurement> Join(std::span<const MeasuredBound* const>) const override {
    return std::make_unique<ByteMeasurement>();
  }
  const std::vector<std::string>& statistics() const override { return statistics_; }
  std::vector<KeptInterval> intervals() const override {
    return {{.statistic = statistics_.front(), .low = 2}};
  }
  Result<Outcome> Decide(const Batch& batch, const Batch& measured,
                         const RowContext&) const override {
    const auto& numbers =
        static_cast<const arrow::DoubleArray&>(*measured->GetColumnByName(statistics_.front()));
    Outcome outcome;
    Rows kept;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      if (numbers.Value(row) >= 2) {
        kept.parent.push_back(row);
      } else {
        outcome.rejects.push_back({.row = row, .detail = statistics_.front()});
      }
    }
    SIKU_TRY(kept.batch, SelectRows(batch, kept.parent));
    outcome.outputs.push_back(std::move(kept));
    return outcome;
  }

 private:
  std::vector<Schema> outputs_;
  std::vector<std::string> statistics_;
  std::string name_ = "text";
};

// Drops a row whose text was seen before, cuts the first byte of one that begins like the row
// before it, and reports the lengths of texts that repeat.
class EchoBound final : public GlobalBound {
 public:
  explicit EchoBound(const Schema& input)
      : outputs_{input, arrow::schema({arrow::field("length", arrow::int64())})} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  Result<Batch> Sketch(const Batch& batch) const override {
    return arrow::RecordBatch::Make(arrow::schema({arrow::field("text", arrow::large_utf8())}),
                                    batch->num_rows(), {batch->GetColumnByName("text")});
  }
  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    std::map<std::string, int64_t> first;
    std::string before;
    for (int piece = 0; piece < rows.pieces(); ++piece) {
      SIKU_TRY(const auto batch, rows.piece(piece));
      const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(0));
      for (int64_t row = 0; row < texts.length(); ++row) {
        const int64_t ordinal = rows.first(piece) + row;
        const std::string text = texts.GetString(row);
        const auto [at, fresh] = first.emplace(text, ordinal);
        if (!fresh) {
          SIKU_TRY(verdicts.Drop(ordinal, 0, at->second, "seen"));
          SIKU_TRY(Report(ordinal, text, verdicts));
        } else if (!text.empty() && !before.empty() && text[0] == before[0]) {
          SIKU_TRY(verdicts.Change(ordinal, {{.begin = 0, .end = 1}}));
        }
        before = text;
      }
      rows.Release();
    }
    return {};
  }

 private:
  Result<void> Report(int64_t ordinal, const std::string& text, VerdictSink& verdicts) const {
    arrow::Int64Builder length;
    (void)length.Append(static_cast<int64_t>(text.size()));
    const std::array<int64_t, 1> ordinals{ordinal};
    return verdicts.Report(ordinals, arrow::RecordBatch::Make(outputs_[1], 1, {*length.Finish()}));
  }
  std::vector<Schema> outputs_;
  std::string name_ = "text";
};

class TestOperator final : public Operator {
 public:
  using Binder = std::function<std::unique_ptr<Bound>(const Schema&, int column)>;
  TestOperator(Record record, Binder bind) : record_(std::move(record)), bind_(std::move(bind)) {}
  const Record& record() const override { return record_; }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input, const Parameters&) const override {
    SIKU_TRY(const int column, FindTextColumn(input, "text"));
    return bind_(input, column);
  }

 private:
  Record record_;
  Binder bind_;
};

Record Named(const char* name, Cardinality cardinality, Scope scope = Scope::kRow) {
  Record record;
  record.name = name;
  record.rules = {{"first_letter", "", ""}};
  record.reasons = {{"reason", "", ""}};
  record.traits.cardinality = cardinality;
  record.traits.scope = scope;
  return record;
}

TestOperator::Binder Same(Script script) {
  return [script](const Schema& input, int column) {
    return std::make_unique<ScriptedBound>(std::vector{input}, column, script);
  };
}

}  // namespace

int BatchesMeasured() { return ByteMeasurement::measured.exchange(0); }

const OperatorSet& TestOperators() {
  static const OperatorSet* const set = [] {
    static const TestOperator shout(Named("test.text.shout", Cardinality::kMap), Same(Shout));
    static const TestOperator drop(Named("test.rows.drop_short", Cardinality::kFilter),
                                   Same(DropShort));
    static const TestOperator wait(Named("test.text.wait", Cardinality::kMap), Same(Wait));
    Record words = Named("test.rows.split_words", Cardinality::kExpand);
    words.outputs = {"words", "counts"};
    static const TestOperator split(words, [](const Schema& input, int column) {
      return std::make_unique<ScriptedBound>(
          std::vector{input, arrow::schema({arrow::field("words", arrow::int64())})}, column,
          SplitWords);
    });
    static const TestOperator unique(Named("test.rows.unique", Cardinality::kFilter, Scope::kKeyed),
                                     [](const Schema& input, int column) {
                                       return std::make_unique<UniqueBound>(input, column);
                                     });
    static const TestOperator bytes(
        Named("test.rows.two_bytes", Cardinality::kFilter),
        [](const Schema& input, int) { return std::make_unique<AtLeastTwo>(input, "bytes"); });
    static const TestOperator spaces(
        Named("test.rows.two_spaces", Cardinality::kFilter),
        [](const Schema& input, int) { return std::make_unique<AtLeastTwo>(input, "spaces"); });
    Record echoes = Named("test.rows.echoes", Cardinality::kFilter, Scope::kAll);
    echoes.outputs = {"rows", "repeats"};
    static const TestOperator echo(
        echoes, [](const Schema& input, int) { return std::make_unique<EchoBound>(input); });
    auto* made = new OperatorSet();
    const std::array<const Operator*, 8> all = {&shout,  &drop,  &wait,   &split,
                                                &unique, &bytes, &spaces, &echo};
    made->Add(all);
    return made;
  }();
  return *set;
}

}  // namespace siku::run
