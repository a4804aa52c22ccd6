// refine.document.drop_duplicates: of the rows whose normalised text is equal, one stays.
#include <arrow/api.h>

#include <algorithm>
#include <cstring>

#include "operators/duplicates/survivors.h"
#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"
#include "siku/sha256.h"
#include "siku/utf8.h"
#include "statistics/compared_text.h"

namespace siku::refine {
namespace {

// White_Space of Unicode 15.1, PropList.txt, with U+200B and U+FEFF, which pages use as such.
bool IsSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000 || c == 0xFEFF;
}

// Full-width forms U+FF01..FF5E are ASCII moved by 0xFEE0.
char32_t Fold(char32_t c, bool width, bool letters) {
  if (width && c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
  if (letters && c >= U'A' && c <= U'Z') c += 32;
  return c;
}

struct Normalisation {
  bool space, width, letters;
  bool data_juicer, characters_only;
};

std::string Normalised(std::string_view text, const Normalisation& how) {
  if (how.data_juicer) return statistics::ComparedText(text, {how.letters, how.characters_only});
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char32_t c = utf8::Next(text, at);
    if (how.space && IsSpace(c)) continue;
    utf8::Append(Fold(c, how.width, how.letters), out);
  }
  return out;
}

class BoundDrop final : public KeyedBound {
 public:
  BoundDrop(const Schema& input, int column, Normalisation how, const SurvivorRule& rule)
      : name_(input->field(column)->name()),
        index_(column),
        how_(how),
        rule_(rule),
        outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Batch> Sketch(const Batch& batch) const override {
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(index_));
    arrow::Int64Builder high, low, rank;
    for (int64_t row = 0; row < texts.length(); ++row) {
      const std::string_view text = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
      const std::string normalised = Normalised(text, how_);
      // A text of nothing is a duplicate of nothing: its key is unique to it by a null below.
      const auto digest = Sha256Of(normalised);
      int64_t halves[2];
      std::memcpy(halves, digest.data(), sizeof(halves));
      // Data-Juicer keeps one of them.
      const bool empty = normalised.empty() && !how_.data_juicer;
      if (!high.Append(halves[0]).ok() ||
          !(empty ? low.AppendNull() : low.Append(halves[1])).ok() ||
          !rank.AppendOrNull(SurvivorRank(rule_, batch, row, text)).ok()) {
        return Fail(Code::kLimit, "not enough memory for the sketch of a batch");
      }
    }
    auto a = high.Finish();
    auto b = low.Finish();
    auto c = rank.Finish();
    if (!a.ok() || !b.ok() || !c.ok()) {
      return Fail(Code::kLimit, "not enough memory for the sketch of a batch");
    }
    return arrow::RecordBatch::Make(
        arrow::schema({arrow::field("exchange_high", arrow::int64(), false),
                       arrow::field("exchange_low", arrow::int64()),
                       arrow::field("rank", arrow::int64())}),
        batch->num_rows(), {*a, *b, *c});
  }

  Result<std::vector<Verdict>> Reduce(const Batch& partition) const override {
    const auto& high =
        static_cast<const arrow::Int64Array&>(*partition->GetColumnByName("exchange_high"));
    const auto& low =
        static_cast<const arrow::Int64Array&>(*partition->GetColumnByName("exchange_low"));
    const auto& rank = static_cast<const arrow::Int64Array&>(*partition->GetColumnByName("rank"));
    std::vector<int64_t> order;
    order.reserve(static_cast<size_t>(partition->num_rows()));
    for (int64_t row = 0; row < partition->num_rows(); ++row) {
      if (!low.IsNull(row)) order.push_back(row);
    }
    // Rows come in key order, so the row index breaks ties by row key.
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      if (high.Value(a) != high.Value(b)) return high.Value(a) < high.Value(b);
      if (low.Value(a) != low.Value(b)) return low.Value(a) < low.Value(b);
      if (rank.IsNull(a) != rank.IsNull(b)) return rank.IsNull(b);
      if (!rank.IsNull(a) && rank.Value(a) != rank.Value(b)) {
        return (rank.Value(a) > rank.Value(b)) == (rule_.keep != Keep::kLowest);
      }
      return rule_.keep == Keep::kLast ? a > b : a < b;
    });
    std::vector<Verdict> verdicts;
    for (size_t i = 1, survivor = 0; i < order.size(); ++i) {
      if (high.Value(order[i]) != high.Value(order[survivor]) ||
          low.Value(order[i]) != low.Value(order[survivor])) {
        survivor = i;
      } else {
        verdicts.push_back({order[i], 0, order[survivor]});
      }
    }
    std::sort(verdicts.begin(), verdicts.end(),
              [](const Verdict& a, const Verdict& b) { return a.row < b.row; });
    return verdicts;
  }

 private:
  std::string name_;
  int index_;
  Normalisation how_;
  SurvivorRule rule_;
  std::vector<Schema> outputs_;
};

class DropDuplicates final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.document.drop_duplicates",
        .version = 1,
        .summary = "Keep one of the rows whose normalised text is equal.",
        .summary_zh = "在规范化后文本相同的各行中只保留一行。",
        .source = "Exact deduplication by SHA-256 (first 128 bits) of the normalised text.",
        .example =
            "unique: {use: refine.document.drop_duplicates, from: pages, with: {keep: longest}}",
        .parameters = {TextColumn(),
                       KeepParameter(),
                       ByParameter(),
                       {.name = "ignore_space",
                        .type = ParameterType::kBool,
                        .summary = "White space does not count when texts are compared.",
                        .summary_zh = "比较时忽略空白。",
                        .default_value = true},
                       {.name = "ignore_width",
                        .type = ParameterType::kBool,
                        .summary = "Full-width and half-width forms of ASCII are the same.",
                        .summary_zh = "比较时不区分 ASCII 字符的全角与半角。",
                        .default_value = true},
                       {.name = "ignore_case",
                        .type = ParameterType::kBool,
                        .summary = "A to Z are the same as a to z.",
                        .summary_zh = "比较时不区分英文字母大小写。",
                        .default_value = true},
                       {.name = "compare",
                        .type = ParameterType::kText,
                        .summary =
                            "`data_juicer`: as its document_deduplicator does; white space at "
                            "the ends does not count, `ignore_case` is of all letters, and "
                            "empty texts are equal; `ignore_space` and `ignore_width` are "
                            "not used.",
                        .summary_zh = "data_juicer：与其 document_deduplicator 相同，忽略首尾空白，"
                                      "ignore_case 适用于所有字母，空文本视为相同；不使用 "
                                      "ignore_space 和 ignore_width。",
                        .default_value = "siku",
                        .choices = {"siku", "data_juicer"}},
                       {.name = "ignore_non_character",
                        .type = ParameterType::kBool,
                        .summary = "With `compare: data_juicer`: white space, digits and ASCII "
                                   "punctuation do not count.",
                        .summary_zh = "compare 为 data_juicer 时忽略空白、数字和 ASCII 标点。",
                        .default_value = false}},
        .reads = {"$column", "$by"},
        .reasons = {{"duplicate", "The text equals that of the row it was merged into.",
                     "文本与所并入的行相同。"}},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kKeyed},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(const SurvivorRule rule, BindKeep(input, parameters));
    const Normalisation how{parameters.boolean("ignore_space"), parameters.boolean("ignore_width"),
                            parameters.boolean("ignore_case"),
                            parameters.text("compare") == "data_juicer",
                            parameters.boolean("ignore_non_character")};
    return std::make_unique<BoundDrop>(input, column, how, rule);
  }
};

}  // namespace

const Operator& DropDuplicatesOperator() {
  static const DropDuplicates instance;
  return instance;
}

}  // namespace siku::refine
