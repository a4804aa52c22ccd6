// refine.duplicates.simhash: of the rows whose fingerprints differ in a few bits, one stays.
#include "duplicates/simhash.h"

#include <arrow/api.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <optional>

#include "arrow_internal.h"
#include "duplicates/links.h"
#include "duplicates/signer.h"
#include "duplicates/union_find.h"
#include "operators/duplicates/clusters.h"
#include "operators/duplicates/ignored.h"
#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using duplicates::FingerprintOptions;
using duplicates::ShingleKind;

struct Distance {
  int blocks;
  int bits;
};

// The rows that have a fingerprint, equal ones together.
struct Fingerprinted {
  std::vector<std::pair<uint64_t, uint32_t>> rows;  // sorted by fingerprint, then by survival
  std::vector<uint64_t> different;
  std::vector<uint32_t> first;  // of each different one, the row that survives the others
  std::vector<int64_t> too_short;
};

Fingerprinted Gather(const AllTexts& sketches, const SurvivalOrder& order) {
  Fingerprinted all;
  for (int piece = 0; piece < sketches.pieces(); ++piece) {
    const auto column = sketches.batch(piece)->GetColumnByName("fingerprint");
    const auto& prints = static_cast<const arrow::UInt64Array&>(*column);
    for (int64_t row = 0; row < prints.length(); ++row) {
      const int64_t ordinal = sketches.first(piece) + row;
      if (prints.IsNull(row)) {
        all.too_short.push_back(ordinal);
      } else {
        all.rows.emplace_back(prints.Value(row), static_cast<uint32_t>(ordinal));
      }
    }
  }
  std::sort(all.rows.begin(), all.rows.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : order.Before(a.second, b.second);
  });
  for (const auto& [print, row] : all.rows) {
    if (!all.different.empty() && all.different.back() == print) continue;
    all.different.push_back(print);
    all.first.push_back(row);
  }
  return all;
}

// As similarity a link carries the share of equal bits, which tells the distance again.
float Closeness(int distance) { return 1 - static_cast<float>(distance) / 64; }

std::vector<duplicates::Link> LinksOf(const Fingerprinted& all, Distance distance) {
  std::vector<duplicates::Link> links;
  uint32_t leader = 0;
  for (size_t i = 0; i < all.rows.size(); ++i) {
    if (i == 0 || all.rows[i].first != all.rows[i - 1].first) {
      leader = all.rows[i].second;
    } else {
      links.push_back({leader, all.rows[i].second, Closeness(0)});
    }
  }
  duplicates::UnionFind joined(static_cast<uint32_t>(all.different.size()));
  duplicates::ForEachNearPair(
      all.different, distance.blocks, distance.bits, [&](duplicates::NearPair pair) {
        if (joined.Find(pair.a) == joined.Find(pair.b)) return;
        joined.Join(pair.a, pair.b);
        const int bits = std::popcount(all.different[pair.a] ^ all.different[pair.b]);
        links.push_back({all.first[pair.a], all.first[pair.b], Closeness(bits)});
      });
  return links;
}

std::string Detail(const duplicates::Member& member) {
  return "distance " + std::to_string(std::lround((1 - member.similarity) * 64));
}

class BoundSimhash final : public GlobalBound {
 public:
  BoundSimhash(const Schema& input, int column, FingerprintOptions options, Distance distance,
               const SurvivorRule& survivors)
      : name_(input->field(column)->name()),
        index_(column),
        options_(std::move(options)),
        distance_(distance),
        survivors_(survivors),
        outputs_{input, ClusterSchema()} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Batch> Sketch(const Batch& batch) const override {
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(index_));
    arrow::UInt64Builder prints;
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      const std::string_view text = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
      SIKU_TRY(FromArrow(prints.AppendOrNull(duplicates::Fingerprint(text, options_))));
    }
    SIKU_TRY(auto array, FromArrow(prints.Finish()));
    arrow::FieldVector fields = {arrow::field("fingerprint", arrow::uint64())};
    arrow::ArrayVector columns = {std::move(array)};
    SIKU_TRY(AddOrderColumns(survivors_, batch, index_, fields, columns));
    return arrow::RecordBatch::Make(arrow::schema(fields), batch->num_rows(), columns);
  }

  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    SIKU_TRY(const uint32_t size, CountCompared(rows));
    SIKU_TRY(const auto sketches, AllTexts::Open(rows));
    const SurvivalOrder order(survivors_, rows, *sketches);
    const Fingerprinted all = Gather(*sketches, order);
    const auto links = LinksOf(all, distance_);
    SIKU_TRY(CheckStopping(rows));
    SIKU_TRY(CheckRoom(rows, links.size()));
    const auto members =
        duplicates::Settle(size, links,
                           {.before = [&](uint32_t a, uint32_t b) { return order.Before(a, b); },
                            .threads = rows.threads()});
    return DropAndReport(members, all.too_short, order, Detail, verdicts);
  }

 private:
  std::string name_;
  int index_;
  FingerprintOptions options_;
  Distance distance_;
  SurvivorRule survivors_;
  std::vector<Schema> outputs_;
};

std::vector<ParameterSpec> SimhashParameters() {
  return {TextColumn(),
          {.name = "shingle",
           .type = ParameterType::kText,
           .summary = "What a text is cut into: overlapping windows of characters, of what spaces "
                      "part, or of what punctuation parts.",
           .summary_zh = "文本切分的单位：字符、空格分隔的片段或标点分隔的片段的重叠窗口。",
           .default_value = "character",
           .choices = {"character", "word", "punctuation"}},
          {.name = "shingle_length",
           .type = ParameterType::kInt,
           .summary = "How many of them make a shingle.",
           .summary_zh = "每个片段包含几个单位。",
           .default_value = int64_t{6},
           .minimum = 1,
           .maximum = 1000},
          {.name = "lowercase",
           .type = ParameterType::kBool,
           .summary = "Letters are lower-cased first.",
           .summary_zh = "先转为小写。",
           .default_value = true},
          IgnoreParameter(),
          {.name = "hamming_distance",
           .type = ParameterType::kInt,
           .summary = "In how many of the 64 bits fingerprints of near-duplicates may differ.",
           .summary_zh = "近似重复的指纹在 64 位中最多可有几位不同。",
           .unit = "bits",
           .default_value = int64_t{4},
           .minimum = 0,
           .maximum = 15},
          {.name = "blocks",
           .type = ParameterType::kInt,
           .summary = "Into how many blocks the index cuts fingerprints; more than the distance. "
                      "It decides the speed, not what is found.",
           .summary_zh = "索引把指纹切成几块，须大于距离；只影响速度，不影响结果。",
           .default_value = int64_t{6},
           .minimum = 1,
           .maximum = 16},
          KeepParameter(),
          ByParameter(),
          IdParameter()};
}

class SimhashOperatorImpl final : public Operator {
 public:
  const Record& record() const override {
    static const Record record = {
        .name = "refine.duplicates.simhash",
        .version = 1,
        .summary = "Keep one of the rows whose simhash fingerprints differ in a few bits.",
        .summary_zh = "在 simhash 指纹仅差几位的各行中只保留一行。",
        .source = "Charikar 2002; fingerprints of Data-Juicer 1.6.1 (simhash-pybind 0.0.3).",
        .example = "unique: {use: refine.duplicates.simhash, from: pages}",
        .parameters = SimhashParameters(),
        .reads = {"$column", "$by", "$id"},
        .outputs = {"rows", "clusters"},
        .reasons = {NearDuplicate()},
        .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
    };
    return record;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    static const std::map<std::string, ShingleKind> kKinds = {
        {"character", ShingleKind::kCharacter},
        {"word", ShingleKind::kWord},
        {"punctuation", ShingleKind::kPunctuation}};
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(const SurvivorRule survivors, BindSurvivors(input, parameters));
    FingerprintOptions options{.shingle = kKinds.at(parameters.text("shingle")),
                               .length = static_cast<int>(parameters.integer("shingle_length")),
                               .lowercase = parameters.boolean("lowercase")};
    SIKU_TRY(options.ignore, BindIgnore(parameters));
    const Distance distance{static_cast<int>(parameters.integer("blocks")),
                            static_cast<int>(parameters.integer("hamming_distance"))};
    if (distance.blocks <= distance.bits) {
      return Fail(Code::kInvalid, "`blocks` must be more than `hamming_distance`",
                  std::to_string(distance.blocks), "blocks");
    }
    return std::make_unique<BoundSimhash>(input, column, std::move(options), distance, survivors);
  }
};

}  // namespace

const Operator& SimhashOperator() {
  static const SimhashOperatorImpl instance;
  return instance;
}

}  // namespace siku::refine
