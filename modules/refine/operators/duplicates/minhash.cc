// refine.duplicates.minhash: of the rows whose texts nearly agree, one stays.
#include <arrow/api.h>

#include <algorithm>
#include <map>

#include "arrow_internal.h"
#include "duplicates/first_seen.h"
#include "duplicates/links.h"
#include "duplicates/shingles.h"
#include "duplicates/signer.h"
#include "operators/duplicates/clusters.h"
#include "operators/duplicates/minhash_parts.h"
#include "operators/duplicates/minhash_record.h"
#include "operators/filter/splitters.h"
#include "operators/operators.h"
#include "siku/columns.h"

namespace siku::refine {
namespace {

using duplicates::Signer;

// As many as `permutations` may be.
constexpr int64_t kMostMinima = 4096;

Signer::Scratch& OwnScratch() {
  thread_local Signer::Scratch scratch;
  return scratch;
}

struct MinhashRule {
  double threshold = 0;
  bool verify = true;
  bool direct = false;
  int64_t largest = 0;
};

std::string KeyColumn(int band) { return "band_" + std::to_string(band); }

// The sketches of all rows, as the kernel wants them.
class SketchedDocuments final : public duplicates::Documents {
 public:
  SketchedDocuments(const Signer& signer, const AllTexts& sketches, const SurvivalOrder& order,
                    uint32_t size)
      : signer_(signer), sketches_(sketches), order_(order), size_(size) {
    for (int band = 0; band < signer.options().shape.bands; ++band) {
      names_.push_back(KeyColumn(band));
    }
  }
  uint32_t size() const override { return size_; }
  int pieces() const override { return sketches_.pieces(); }
  std::span<const uint64_t> Keys(int band, int piece) const override {
    const auto keys = Column(band, piece);
    sketches_.Touched(static_cast<int64_t>(keys.size_bytes()) + kFaultAround);
    return keys;
  }
  uint64_t Key(int band, uint32_t document) const override {
    const int piece = sketches_.PieceOf(document);
    const int64_t row = document - sketches_.first(piece);
    sketches_.Touched(kFaultAround);
    return Column(band, piece)[static_cast<size_t>(row)];
  }
  bool Before(uint32_t a, uint32_t b) const override { return order_.Before(a, b); }
  bool SameText(uint32_t a, uint32_t b) const override {
    return sketches_.Text(a) == sketches_.Text(b);
  }
  uint64_t TextHash(uint32_t document) const override {
    return duplicates::HashUnit(sketches_.Text(document)).low;
  }
  std::vector<uint64_t> Shingles(uint32_t document) const override {
    return signer_.ShingleSet(sketches_.Text(document), OwnScratch());
  }
  std::vector<int64_t> TooShort() const {
    std::vector<int64_t> found;
    for (int piece = 0; piece < pieces(); ++piece) {
      int64_t ordinal = sketches_.first(piece);
      for (const uint64_t key : Keys(0, piece)) {
        if (key == duplicates::kNoKey) found.push_back(ordinal);
        ++ordinal;
      }
    }
    return found;
  }

 private:
  std::span<const uint64_t> Column(int band, int piece) const {
    const auto column = sketches_.batch(piece)->GetColumnByName(names_[static_cast<size_t>(band)]);
    const auto& keys = static_cast<const arrow::UInt64Array&>(*column);
    return {keys.raw_values(), static_cast<size_t>(keys.length())};
  }

  const Signer& signer_;
  const AllTexts& sketches_;
  const SurvivalOrder& order_;
  uint32_t size_;
  std::vector<std::string> names_;
};

std::string Detail(const duplicates::Member& member) {
  if (member.similarity == duplicates::kUnverified) return "same band";
  // Cut, not rounded: 1.00 is said of equal sets only.
  const int hundredths = static_cast<int>(static_cast<double>(member.similarity) * 100 + 1e-4);
  const std::string cents = std::to_string(hundredths % 100);
  return "jaccard " + std::to_string(hundredths / 100) + "." + (cents.size() < 2 ? "0" : "") +
         cents;
}

class BoundMinhash final : public GlobalBound {
 public:
  BoundMinhash(const Schema& input, int column, duplicates::SignerOptions options,
               const MinhashRule& rule, const SurvivorRule& survivors)
      : name_(input->field(column)->name()),
        index_(column),
        signer_(std::move(options)),
        rule_(rule),
        survivors_(survivors),
        outputs_{input, ClusterSchema()} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }

  Result<Batch> Sketch(const Batch& batch) const override {
    arrow::FieldVector fields;
    arrow::ArrayVector columns;
    SIKU_TRY(AddKeys(batch, fields, columns));
    SIKU_TRY(AddOrderColumns(survivors_, batch, index_, fields, columns));
    if (rule_.verify) {
      fields.push_back(arrow::field(kSketchText, batch->column(index_)->type()));
      columns.push_back(batch->column(index_));
    }
    return arrow::RecordBatch::Make(arrow::schema(fields), batch->num_rows(), columns);
  }

  std::vector<Round> rounds() const override {
    std::vector<Round> rounds = {{.name = "groups", .whole = false}};
    if (rule_.verify) rounds.push_back({.name = "similarities"});
    return rounds;
  }

  Result<std::vector<Batch>> DoPart(const AllRows& rows, int round, int part,
                                    int parts) const override {
    SIKU_TRY(const uint32_t size, CountCompared(rows));
    SIKU_TRY(const auto sketches, AllTexts::Open(rows));
    const SurvivalOrder order(survivors_, rows, *sketches);
    const SketchedDocuments documents(signer_, *sketches, order, size);
    const auto options = HowToLink(rows);
    auto found = round == kGroupRound
                     ? FindGroupsOf(documents, options, part, parts)
                     : CompareOf(documents, options, rows.left(kGroupRound), part, parts);
    SIKU_TRY(CheckStopping(rows));
    return found;
  }

  Result<void> Resolve(const AllRows& rows, VerdictSink& verdicts) const override {
    SIKU_TRY(const uint32_t size, CountCompared(rows));
    SIKU_TRY(const auto sketches, AllTexts::Open(rows));
    const SurvivalOrder order(survivors_, rows, *sketches);
    const SketchedDocuments documents(signer_, *sketches, order, size);
    const FoundByParts found(rows, signer_.options().shape.bands);
    auto options = HowToLink(rows);
    options.groups = found.groups();
    if (found.has_similarities()) {
      options.known = [&](uint32_t least, uint32_t a, uint32_t b) {
        return found.Similarity(least, a, b);
      };
    }
    const auto links = duplicates::FindLinks(documents, options);
    SIKU_TRY(CheckStopping(rows));
    // Each link joins two parts of a forest: so many rows go.
    SIKU_TRY(CheckRoom(rows, links.size()));
    const auto members = duplicates::Settle(
        size, links,
        {.before = [&](uint32_t a, uint32_t b) { return documents.Before(a, b); },
         .documents = &documents,
         .bands = signer_.options().shape.bands,
         .threshold = rule_.threshold,
         .direct = rule_.direct,
         .largest = rule_.verify ? rule_.largest : 0,
         .threads = rows.threads(),
         .memory = rows.memory() / 2});
    return DropAndReport(members, documents.TooShort(), order, Detail, verdicts);
  }

 private:
  duplicates::LinkOptions HowToLink(const AllRows& rows) const {
    return {.bands = signer_.options().shape.bands,
            .threshold = rule_.threshold,
            .verify = rule_.verify,
            .threads = rows.threads(),
            .memory = rows.memory() / 2,
            .stopping = [&rows] { return rows.stopping(); }};
  }
  Result<void> AddKeys(const Batch& batch, arrow::FieldVector& fields,
                       arrow::ArrayVector& columns) const {
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*batch->column(index_));
    const auto bands = static_cast<size_t>(signer_.options().shape.bands);
    std::vector<arrow::UInt64Builder> builders(bands);
    std::vector<uint64_t> keys(bands);
    for (auto& builder : builders) SIKU_TRY(FromArrow(builder.Reserve(batch->num_rows())));
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      const std::string_view text = texts.IsNull(row) ? std::string_view() : texts.GetView(row);
      signer_.Keys(text, keys, OwnScratch());
      for (size_t band = 0; band < bands; ++band) builders[band].UnsafeAppend(keys[band]);
    }
    for (size_t band = 0; band < bands; ++band) {
      SIKU_TRY(auto array, FromArrow(builders[band].Finish()));
      fields.push_back(arrow::field(KeyColumn(static_cast<int>(band)), arrow::uint64(), false));
      columns.push_back(std::move(array));
    }
    return {};
  }

  std::string name_;
  int index_;
  Signer signer_;
  MinhashRule rule_;
  SurvivorRule survivors_;
  std::vector<Schema> outputs_;
};

class Minhash final : public Operator {
 public:
  const Record& record() const override { return MinhashRecord(); }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(auto options, BindSigner(parameters));
    // A sketch takes time and room in its minima for the shortest of texts.
    const int64_t minima = int64_t{options.shape.bands} * options.shape.rows;
    if (minima > kMostMinima) {
      return Fail(Code::kInvalid, "bands times rows are more minima than a sketch may have",
                  std::to_string(minima) + " > " + std::to_string(kMostMinima), "bands");
    }
    SIKU_TRY(const SurvivorRule survivors, BindSurvivors(input, parameters));
    const MinhashRule rule{parameters.real("threshold"), parameters.boolean("verify"),
                           parameters.boolean("direct"), parameters.integer("max_cluster_size")};
    if (rule.direct && !rule.verify) {
      return Fail(Code::kInvalid, "`direct: true` needs `verify: true`", {}, "direct");
    }
    return std::make_unique<BoundMinhash>(input, column, std::move(options), rule, survivors);
  }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return SplitterHashes();
  }
};

}  // namespace

const Operator& MinhashOperator() {
  static const Minhash instance;
  return instance;
}

}  // namespace siku::refine
