// refine.select.random: rows drawn as Data-Juicer draws them.
#include <arrow/api.h>

#include "operators/filter/parameters.h"
#include "operators/operators.h"
#include "operators/select/selection.h"
#include "selection/numpy_shuffle.h"

namespace siku::refine {
namespace {

class BoundRandom final : public GlobalBound {
 public:
  BoundRandom(const Schema& input, double share, int64_t number, uint64_t seed)
      : share_(share), number_(number), seed_(seed), outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return no_column_; }

  // Rows are drawn by their place alone.
  Result<Batch> Sketch(const Batch& batch) const override {
    return arrow::RecordBatch::Make(arrow::schema({}), batch->num_rows(), arrow::ArrayVector());
  }
  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    const int64_t count = rows.size();
    const auto wanted = HowMany(share_, number_, count);
    if (count <= 1 || !wanted || *wanted >= count) return {};
    constexpr int64_t kBytesOfRow = 9;  // a number, and whether it was drawn
    if (count * kBytesOfRow > rows.memory()) {
      return Fail(Code::kLimit, "so many rows cannot be shuffled in the memory that a run may use",
                  std::to_string(count), {}, "give the run more with --memory");
    }
    std::vector<bool> drawn(static_cast<size_t>(count));
    const auto shuffled = selection::NumpyPermutation(seed_, count);
    for (int64_t i = 0; i < *wanted; ++i) {
      drawn[static_cast<size_t>(shuffled[static_cast<size_t>(i)])] = true;
    }
    const auto stays = [&](int64_t row) { return drawn[static_cast<size_t>(row)]; };
    return DropOthers(rows, stays, verdicts);
  }

 private:
  double share_;
  int64_t number_;
  uint64_t seed_;
  std::string no_column_{};
  std::vector<Schema> outputs_;
};

class RandomSelector final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = [] {
      Record made = {
          .name = "refine.select.random",
          .version = 1,
          .summary = "Keep rows drawn at random: a share of all, or so many.",
          .summary_zh = "随机抽取保留的行：按比例或按行数。",
          .source = "Data-Juicer 1.6.1, random_selector; numpy's Generator.permutation (PCG64).",
          .example = "some: {use: refine.select.random, from: pages, with: {select_num: 1000}}",
          .parameters = {Real("select_ratio", 0,
                              {"The share of rows that stay; 0: by number alone.",
                               "保留行的比例；0 表示仅按行数。"}),
                         Whole("select_num", 0,
                               {"How many rows stay; 0: by share alone. Of both the lesser.",
                                "保留的行数；0 表示仅按比例。两者都给出时取较小者。"},
                               "rows"),
                         Whole("seed", 42,
                               {"Another seed draws other rows.", "不同的种子抽取不同的行。"})},
          .reasons = {{"not_drawn", "Other rows were drawn.", "抽中的是其他行。"}},
          .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
      };
      made.parameters[0].minimum = 0;
      made.parameters[0].maximum = 1;
      return made;
    }();
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    return std::make_unique<BoundRandom>(input, parameters.real("select_ratio"),
                                         parameters.integer("select_num"),
                                         static_cast<uint64_t>(parameters.integer("seed")));
  }
};

}  // namespace

const Operator& RandomSelectorOperator() {
  static const RandomSelector instance;
  return instance;
}

}  // namespace siku::refine
