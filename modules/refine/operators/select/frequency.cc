// refine.select.frequency_specified_field: rows whose value is among the most or least frequent.
#include <arrow/api.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

#include "duplicates/first_seen.h"
#include "operators/filter/parameters.h"
#include "operators/operators.h"
#include "operators/select/selection.h"

namespace siku::refine {
namespace {

// What equals in Python gives one key: 1, 1.0 and True are one value.
Result<std::string> ValueKey(const conditions::Value& value) {
  if (value.IsNone()) return std::string("0");
  if (const auto* text = std::get_if<std::string>(&value.of)) return "t" + *text;
  if (const auto* truth = std::get_if<bool>(&value.of)) return std::string(*truth ? "n1" : "n0");
  if (const auto* whole = std::get_if<int64_t>(&value.of)) return "n" + std::to_string(*whole);
  const auto* real = std::get_if<double>(&value.of);
  if (real == nullptr) {
    return Fail(Code::kData, "a field that is counted by holds a list or an object");
  }
  constexpr double kWholeBelow = 9223372036854775808.0;
  if (*real == std::floor(*real) && std::abs(*real) < kWholeBelow) {
    return "n" + std::to_string(static_cast<int64_t>(*real));
  }
  return "r" + std::to_string(std::isnan(*real) ? 0 : std::bit_cast<uint64_t>(*real));
}

struct Group {
  int64_t count = 0;
  int64_t first = 0;  // row
};
// By the halves of a hash of the value; two of 128 bits never meet by chance.
struct HashOfHash {
  size_t operator()(const duplicates::UnitHash& hash) const { return hash.low; }
};
using Groups = std::unordered_map<duplicates::UnitHash, Group, HashOfHash>;

class BoundFrequency final : public GlobalBound {
 public:
  BoundFrequency(const Schema& input, DeepField field, double share, int64_t number,
                 bool descending)
      : field_(std::move(field)),
        share_(share),
        number_(number),
        descending_(descending),
        outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return no_column_; }

  Result<Batch> Sketch(const Batch& batch) const override {
    SIKU_TRY(const auto values, RowValues::Open(batch, field_));
    arrow::UInt64Builder high, low;
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      SIKU_TRY(const auto key, ValueKey(values.At(row)));
      const auto hash = duplicates::HashUnit(key);
      if (!high.Append(hash.high).ok() || !low.Append(hash.low).ok()) return OutOfMemory();
    }
    auto highs = high.Finish();
    auto lows = low.Finish();
    if (!highs.ok() || !lows.ok()) return OutOfMemory();
    return arrow::RecordBatch::Make(arrow::schema({arrow::field("high", arrow::uint64(), false),
                                                   arrow::field("low", arrow::uint64(), false)}),
                                    batch->num_rows(), {*highs, *lows});
  }

  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    if (rows.size() <= 1) return {};
    Groups groups;
    SIKU_TRY(Count(rows, groups));
    const auto wanted = HowMany(share_, number_, static_cast<int64_t>(groups.size()));
    if (!wanted || *wanted >= static_cast<int64_t>(groups.size())) return {};
    Choose(groups, static_cast<size_t>(*wanted));
    return Walk(rows, [&](int64_t row, const duplicates::UnitHash& hash) -> Result<void> {
      return groups.contains(hash) ? Result<void>() : verdicts.Drop(row, 0, -1, {});
    });
  }

 private:
  static tl::unexpected<Error> OutOfMemory() {
    return Fail(Code::kLimit, "not enough memory for the sketch of a batch");
  }
  template <class Visit>
  static Result<void> Walk(const AllRows& rows, const Visit& visit) {
    for (int i = 0; i < rows.pieces(); ++i) {
      SIKU_TRY(const auto piece, rows.piece(i));
      const auto& high = static_cast<const arrow::UInt64Array&>(*piece->column(0));
      const auto& low = static_cast<const arrow::UInt64Array&>(*piece->column(1));
      for (int64_t row = 0; row < piece->num_rows(); ++row) {
        SIKU_TRY(visit(rows.first(i) + row, {high.Value(row), low.Value(row)}));
      }
      if (rows.stopping()) return Fail(Code::kInterrupted, "the run was asked to stop");
    }
    return {};
  }
  static Result<void> Count(const AllRows& rows, Groups& groups) {
    // A node of the table and its share of the buckets.
    const auto most = static_cast<size_t>(rows.memory() / 72);
    return Walk(rows, [&](int64_t row, const duplicates::UnitHash& hash) -> Result<void> {
      const auto [at, fresh] = groups.try_emplace(hash, Group{0, row});
      ++at->second.count;
      if (groups.size() <= most) return {};
      return Fail(Code::kLimit, "so many values cannot be counted in the memory a run may use",
                  std::to_string(most), {}, "give the run more with --memory");
    });
  }
  // Leaves the groups that stay; of equally frequent ones the first to come.
  void Choose(Groups& groups, size_t wanted) const {
    std::vector<std::pair<duplicates::UnitHash, Group>> sorted(groups.begin(), groups.end());
    std::sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
      if (a.second.count != b.second.count) {
        return (a.second.count > b.second.count) == descending_;
      }
      return a.second.first < b.second.first;
    });
    for (size_t i = wanted; i < sorted.size(); ++i) groups.erase(sorted[i].first);
  }

  DeepField field_;
  double share_;
  int64_t number_;
  bool descending_;
  std::string no_column_{};
  std::vector<Schema> outputs_;
};

class FrequencySelector final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.select.frequency_specified_field",
        .version = 1,
        .summary = "Keep the rows whose field has one of the most or least frequent values.",
        .summary_zh = "保留字段取值出现最多或最少的行。",
        .source = "Data-Juicer 1.6.1, frequency_specified_field_selector; rows keep their order.",
        .example =
            "common: {use: refine.select.frequency_specified_field, from: pages, "
            "with: {field_key: site, topk: 100}}",
        .parameters = {SelectedField(), TopShare("values", "取值"), TopNumber("values", "取值"),
                       YesNo("reverse", true,
                             {"The most frequent; otherwise the least frequent.",
                              "取最常见者；否则取最少见者。"})},
        .reasons = {NotSelected()},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(auto field, FindDeepField(input, SplitPath(parameters.text("field_key"))));
    return std::make_unique<BoundFrequency>(input, std::move(field), parameters.real("top_ratio"),
                                            parameters.integer("topk"),
                                            parameters.boolean("reverse"));
  }
};

}  // namespace

const Operator& FrequencySelectorOperator() {
  static const FrequencySelector instance;
  return instance;
}

}  // namespace siku::refine
