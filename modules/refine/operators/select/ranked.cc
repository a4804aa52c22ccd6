// refine.select.topk_specified_field and refine.select.range_specified_field: rows by the place of
// a number among those of all rows.
#include <arrow/api.h>

#include <algorithm>
#include <limits>

#include "operators/filter/parameters.h"
#include "operators/operators.h"
#include "operators/select/selection.h"

namespace siku::refine {
namespace {

// Of rows with one key, the first so many.
class Among {
 public:
  Among(uint64_t key, int64_t first) : key_(key), left_(first) {}
  bool Take(uint64_t key) { return key < key_ || (key == key_ && left_-- > 0); }

 private:
  uint64_t key_;
  int64_t left_;
};

// The `count` least keys, of equal ones the first.
Among Least(int64_t count, const selection::ForEachKey& keys) {
  const auto [key, before, equal] = selection::KeyAt(count - 1, keys);
  return {key, count - before};
}

class BoundRanked : public GlobalBound {
 public:
  BoundRanked(const Schema& input, DeepField field) : field_(std::move(field)), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return no_column_; }
  Result<Batch> Sketch(const Batch& batch) const override {
    const bool whole = !field_.json && arrow::is_integer(field_.field.type->id());
    return KeySketch(batch, field_, [&](const conditions::Value& value) {
      const auto key = NumberKey(value, whole);
      return key ? *key : NoNumber();
    });
  }

 protected:
  /// The key of a value that is no number.
  virtual uint64_t NoNumber() const = 0;

 private:
  DeepField field_;
  std::string no_column_{};
  std::vector<Schema> outputs_;
};

class BoundTop final : public BoundRanked {
 public:
  BoundTop(const Schema& input, DeepField field, double share, int64_t number, bool descending)
      : BoundRanked(input, std::move(field)),
        share_(share),
        number_(number),
        descending_(descending) {}
  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    const auto wanted = HowMany(share_, number_, rows.size());
    if (rows.size() <= 1 || !wanted || *wanted >= rows.size()) return {};
    SIKU_TRY(auto all, AllKeys::Open(rows));
    const auto ranked = [&](uint64_t key) { return descending_ ? ~key : key; };
    const auto keys = [&](const std::function<void(uint64_t)>& visit) {
      all.ForEach([&](uint64_t key) { visit(ranked(key)); });
    };
    if (*wanted == 0)
      return DropOthers(
          rows, [](int64_t) { return false; }, verdicts);
    Among top = Least(*wanted, keys);
    return DropOthers(
        rows, [&](int64_t row) { return top.Take(ranked(all.At(row))); }, verdicts);
  }

 private:
  // Last in either order.
  uint64_t NoNumber() const override { return descending_ ? 0 : UINT64_MAX; }

  double share_;
  int64_t number_;
  bool descending_;
};

struct Bounds {
  double lower_share, upper_share;  // below 0: none
  int64_t lower_rank, upper_rank;   // 0: none
};

class BoundRange final : public BoundRanked {
 public:
  BoundRange(const Schema& input, DeepField field, const Bounds& bounds)
      : BoundRanked(input, std::move(field)), bounds_(bounds) {}
  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    const int64_t count = rows.size();
    const bool low = bounds_.lower_share >= 0 || bounds_.lower_rank > 0;
    const bool high = bounds_.upper_share >= 0 || bounds_.upper_rank > 0;
    if (count <= 1 || !low || !high) return {};  // as Data-Juicer has it
    const auto [lower, upper] = Ranks(count);
    if (lower >= upper)
      return DropOthers(
          rows, [](int64_t) { return false; }, verdicts);
    SIKU_TRY(auto all, AllKeys::Open(rows));
    const auto keys = [&](const std::function<void(uint64_t)>& visit) { all.ForEach(visit); };
    Among below = Least(upper, keys);
    // Of the rows that share the least key of the range, too, the first stay.
    const selection::Place least = selection::KeyAt(lower, keys);
    int64_t left = std::min(least.before + least.equal, upper) - lower;
    const auto stays = [&](int64_t row) {
      const uint64_t key = all.At(row);
      if (!below.Take(key)) return false;
      return key > least.key || (key == least.key && left-- > 0);
    };
    return DropOthers(rows, stays, verdicts);
  }

 private:
  uint64_t NoNumber() const override {
    return selection::OrderOf(static_cast<double>(-std::numeric_limits<int64_t>::max()));
  }
  std::pair<int64_t, int64_t> Ranks(int64_t count) const {
    const auto part = [&](double share) {
      return static_cast<int64_t>(share * static_cast<double>(count));
    };
    int64_t lower = 0, upper = count;
    if (bounds_.lower_share >= 0) lower = part(bounds_.lower_share);
    if (bounds_.lower_rank > 0) lower = std::max(lower, bounds_.lower_rank);
    if (bounds_.upper_share >= 0) upper = part(bounds_.upper_share);
    if (bounds_.upper_rank > 0) upper = std::min(upper, bounds_.upper_rank);
    return {lower, upper};
  }
  Bounds bounds_;
};

Result<DeepField> NumberField(const Schema& input, const Parameters& parameters) {
  const std::string& key = parameters.text("field_key");
  SIKU_TRY(auto field, FindDeepField(input, SplitPath(key)));
  if (field.field.type->id() == arrow::Type::LIST ||
      field.field.type->id() == arrow::Type::LARGE_LIST) {
    return Fail(Code::kUnsupported, "lists have no order to select by",
                field.field.type->ToString(), key);
  }
  return field;
}

class TopSelector final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.select.topk_specified_field",
        .version = 1,
        .summary = "Keep the rows whose field has the greatest or the least numbers.",
        .summary_zh = "保留字段数值最大或最小的若干行。",
        .source = "Data-Juicer 1.6.1, topk_specified_field_selector; rows keep their order.",
        .example =
            "best: {use: refine.select.topk_specified_field, from: pages, "
            "with: {field_key: score, topk: 1000}}",
        .parameters = {SelectedField(), TopShare("rows", "行"), TopNumber("rows", "行"),
                       YesNo("reverse", true,
                             {"The greatest; otherwise the least.", "取最大者；否则取最小者。"})},
        .reasons = {NotSelected()},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(auto field, NumberField(input, parameters));
    return std::make_unique<BoundTop>(input, std::move(field), parameters.real("top_ratio"),
                                      parameters.integer("topk"), parameters.boolean("reverse"));
  }
};

ParameterSpec BoundShare(const char* name, Summaries summaries) {
  auto spec = Real(name, -1, std::move(summaries));
  spec.minimum = -1;
  spec.maximum = 1;
  return spec;
}

class RangeSelector final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.select.range_specified_field",
        .version = 1,
        .summary = "Keep the rows whose number has a place in a range, where all are sorted.",
        .summary_zh = "将所有行按字段数值排序，保留名次在给定范围内的行。",
        .source = "Data-Juicer 1.6.1, range_specified_field_selector; rows keep their order.",
        .example =
            "middle: {use: refine.select.range_specified_field, from: pages, "
            "with: {field_key: score, lower_percentile: 0.1, upper_percentile: 0.9}}",
        .parameters =
            {SelectedField(),
             BoundShare("lower_percentile", {"The share of rows below the range; −1: none given.",
                                             "范围以下的行所占比例；−1 表示不给出。"}),
             BoundShare("upper_percentile",
                        {"The share of rows up to the range's end; −1: none given.",
                         "至范围上端为止的行所占比例；−1 表示不给出。"}),
             Whole("lower_rank", 0,
                   {"The number of rows below the range; 0: none given. Of both the greater.",
                    "范围以下的行数；0 表示不给出。两者都给出时取较大者。"},
                   "rows"),
             Whole("upper_rank", 0,
                   {"The number of rows up to the range's end; 0: none given. Of both the lesser.",
                    "至范围上端为止的行数；0 表示不给出。两者都给出时取较小者。"},
                   "rows")},
        .reasons = {NotSelected()},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(auto field, NumberField(input, parameters));
    const Bounds bounds{.lower_share = parameters.real("lower_percentile"),
                        .upper_share = parameters.real("upper_percentile"),
                        .lower_rank = parameters.integer("lower_rank"),
                        .upper_rank = parameters.integer("upper_rank")};
    return std::make_unique<BoundRange>(input, std::move(field), bounds);
  }
};

}  // namespace

const Operator& TopkSelector() {
  static const TopSelector instance;
  return instance;
}

const Operator& RangeSelectorOperator() {
  static const RangeSelector instance;
  return instance;
}

}  // namespace siku::refine
