#include "operators/duplicates/minhash_record.h"

#include <algorithm>
#include <map>

#include "operators/duplicates/clusters.h"
#include "operators/duplicates/ignored.h"
#include "operators/duplicates/survivors.h"
#include "operators/filter/splitters.h"
#include "operators/text_column.h"

namespace siku::refine {
namespace {

using duplicates::BandShape;
using duplicates::Hashing;
using duplicates::ShingleHash;
using duplicates::ShingleKind;

std::vector<ParameterSpec> ShingleParameters() {
  return {
      {.name = "shingle",
       .type = ParameterType::kText,
       .summary = "What a text is cut into: overlapping windows of characters, words or bytes; "
                  "`punctuation` (Data-Juicer): of what stands between punctuation.",
       .summary_zh = "文本切分的单位：字符、词或字节的重叠窗口；punctuation（Data-Juicer）："
                     "标点之间的片段。",
       .default_value = "character",
       .choices = {"character", "word", "byte", "punctuation"}},
      {.name = "shingle_length",
       .type = ParameterType::kInt,
       .summary = "How many of them make a shingle.",
       .summary_zh = "每个片段包含几个单位。",
       .default_value = int64_t{5},
       .minimum = 1,
       .maximum = 1000},
      {.name = "hashing",
       .type = ParameterType::kText,
       .summary =
           "How signatures are made: by our own sketch, or bit for bit as another tool does.",
       .summary_zh = "签名的算法：自有草图，或与其他工具逐位相同。",
       .default_value = "siku",
       .choices = {"siku", "data_juicer", "datatrove"}},
      {.name = "hash",
       .type = ParameterType::kText,
       .summary = "With `hashing: datatrove`, the function and precision of its HashConfig.",
       .summary_zh = "hashing 为 datatrove 时其 HashConfig 的函数与精度。",
       .default_value = "xxhash64",
       .choices = {"xxhash64", "xxhash32", "sha1_64", "sha1_32"}},
      {.name = "words",
       .type = ParameterType::kText,
       .summary = "What splits a text into words, for `shingle: word` and DataTrove: white space, "
                  "or jieba for Chinese.",
       .summary_zh =
           "shingle 为 word 或 hashing 为 datatrove 时的分词方式：空白，或用于中文的 jieba。",
       .default_value = "space",
       .choices = SplitterNames()},
      {.name = "lowercase",
       .type = ParameterType::kBool,
       .summary = "With `hashing: data_juicer`, whether letters are lower-cased first.",
       .summary_zh = "hashing 为 data_juicer 时是否先转为小写。",
       .default_value = true},
      IgnoreParameter(),
  };
}

std::vector<ParameterSpec> BandParameters() {
  return {
      {.name = "threshold",
       .type = ParameterType::kReal,
       .summary = "The Jaccard similarity of the sets of shingles from which two texts are "
                  "near-duplicates.",
       .summary_zh = "两文本片段集合的 Jaccard 相似度达到此值即为近似重复。",
       .unit = "ratio",
       .default_value = 0.8,
       .minimum = 0.05,
       .maximum = 1},
      {.name = "bands",
       .type = ParameterType::kInt,
       .summary = "Bands of the index; more find more. 0: chosen by the threshold, as `hashing` "
                  "does.",
       .summary_zh = "索引的分段数，越多找到的越多。0：按 hashing 的做法由阈值决定。",
       .default_value = int64_t{0},
       .minimum = 0,
       .maximum = 1024},
      {.name = "rows",
       .type = ParameterType::kInt,
       .summary = "Minima in each band; more exclude more. 0: chosen likewise.",
       .summary_zh = "每段的最小值个数，越多排除的越多。0：同上。",
       .default_value = int64_t{0},
       .minimum = 0,
       .maximum = 1024},
      {.name = "permutations",
       .type = ParameterType::kInt,
       .summary = "The most minima that bands and rows are chosen for.",
       .summary_zh = "选择分段时最小值总数的上限。",
       .default_value = int64_t{256},
       .minimum = 1,
       .maximum = 4096},
      {.name = "seed",
       .type = ParameterType::kInt,
       .summary = "Seed of the hash functions. 0: the usual one of `hashing`.",
       .summary_zh = "哈希函数的种子。0：hashing 的惯用值。",
       .default_value = int64_t{0},
       .minimum = 0,
       .maximum = 4294967295.0},
  };
}

std::vector<ParameterSpec> ClusterParameters() {
  return {
      {.name = "verify",
       .type = ParameterType::kBool,
       .summary =
           "Compare the sets of shingles of candidates and join only those at the threshold.",
       .summary_zh = "逐对比较候选文本的片段集合，只合并达到阈值者。",
       .default_value = true},
      {.name = "direct",
       .type = ParameterType::kBool,
       .summary = "Drop a row only if it is itself near the survivor, not by way of others.",
       .summary_zh = "仅当某行本身与保留行足够相似时才删除，不经由其他行。",
       .default_value = false},
      KeepParameter(),
      ByParameter(),
      IdParameter(),
      {.name = "max_cluster_size",
       .type = ParameterType::kInt,
       .summary = "Larger clusters are taken apart as by `direct: true`. 0: none.",
       .summary_zh = "更大的簇按 direct: true 拆开。0：不限。",
       .unit = "rows",
       .default_value = int64_t{0},
       .minimum = 0},
  };
}

std::vector<ParameterSpec> AllParameters() {
  std::vector<ParameterSpec> all = {TextColumn()};
  for (auto part : {ShingleParameters(), BandParameters(), ClusterParameters()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// Given, or what the tool in question would choose.
Result<BandShape> ShapeOf(const Parameters& parameters, Hashing hashing) {
  const BandShape given{static_cast<int>(parameters.integer("bands")),
                        static_cast<int>(parameters.integer("rows"))};
  if (given.bands > 0 && given.rows > 0) return given;
  if (given.bands > 0 || given.rows > 0) {
    return Fail(Code::kInvalid, "`bands` and `rows` are given together or not at all", {},
                given.bands > 0 ? "bands" : "rows");
  }
  const double threshold = parameters.real("threshold");
  const auto most = static_cast<int>(parameters.integer("permutations"));
  if (hashing == Hashing::kDataTrove) return BandShape{14, 8};
  if (hashing == Hashing::kDataJuicer) return duplicates::OptimalBands(threshold, most);
  return duplicates::ChooseBands(threshold, most);
}

uint64_t SeedOf(const Parameters& parameters, Hashing hashing) {
  const auto given = static_cast<uint64_t>(parameters.integer("seed"));
  if (given != 0) return given;
  return hashing == Hashing::kDataJuicer ? 42 : hashing == Hashing::kDataTrove ? 1 : 0;
}

// What is given for another way of making signatures would be passed over.
Result<void> CheckEffects(const Parameters& parameters, Hashing hashing, ShingleKind shingle) {
  const bool trove = hashing == Hashing::kDataTrove, juicer = hashing == Hashing::kDataJuicer;
  const bool words = trove || (!juicer && shingle == ShingleKind::kWord);
  const std::pair<const char*, bool> read[] = {
      {"hash", trove}, {"words", words}, {"lowercase", juicer}};
  for (const auto& [name, has_effect] : read) {
    const auto& specs = MinhashRecord().parameters;
    const auto spec = std::find_if(specs.begin(), specs.end(),
                                   [name = name](const auto& one) { return one.name == name; });
    if (has_effect || parameters.values().at(name) == *spec->default_value) continue;
    return Fail(Code::kInvalid, "the parameter has no effect with this `hashing` and `shingle`", {},
                name);
  }
  return {};
}

}  // namespace

const Record& MinhashRecord() {
  static const Record record = {
      .name = "refine.duplicates.minhash",
      .version = 1,
      .summary = "Keep one of the rows whose texts nearly agree, found by MinHash.",
      .summary_zh = "用 MinHash 找出近似重复的文本，只保留一行。",
      .source =
          "Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup 2017) with banding; "
          "signatures of Data-Juicer 1.6.1 and DataTrove 0.10.1 on request.",
      .example = "unique: {use: refine.duplicates.minhash, from: pages, with: {threshold: 0.8}}",
      .parameters = AllParameters(),
      .reads = {"$column", "$by", "$id"},
      .outputs = {"rows", "clusters"},
      .reasons = {NearDuplicate()},
      .traits = {.cardinality = Cardinality::kFilter, .scope = Scope::kAll},
  };
  return record;
}

Result<duplicates::SignerOptions> BindSigner(const Parameters& parameters) {
  static const std::map<std::string, ShingleKind> kKinds = {
      {"character", ShingleKind::kCharacter},
      {"word", ShingleKind::kWord},
      {"byte", ShingleKind::kByte},
      {"punctuation", ShingleKind::kPunctuation}};
  static const std::map<std::string, Hashing> kHashings = {{"siku", Hashing::kSiku},
                                                           {"data_juicer", Hashing::kDataJuicer},
                                                           {"datatrove", Hashing::kDataTrove}};
  static const std::map<std::string, ShingleHash> kHashes = {{"xxhash64", ShingleHash::kXxhash64},
                                                             {"xxhash32", ShingleHash::kXxhash32},
                                                             {"sha1_64", ShingleHash::kSha1With64},
                                                             {"sha1_32", ShingleHash::kSha1With32}};
  duplicates::SignerOptions options;
  options.hashing = kHashings.at(parameters.text("hashing"));
  options.shingle = kKinds.at(parameters.text("shingle"));
  options.length = static_cast<int>(parameters.integer("shingle_length"));
  options.hash = kHashes.at(parameters.text("hash"));
  options.lowercase = parameters.boolean("lowercase");
  SIKU_TRY(CheckEffects(parameters, options.hashing, options.shingle));
  options.seed = SeedOf(parameters, options.hashing);
  SIKU_TRY(options.shape, ShapeOf(parameters, options.hashing));
  if (options.hashing == Hashing::kDataJuicer) {
    options.permutations = static_cast<int>(parameters.integer("permutations"));
    if (options.shingle == ShingleKind::kByte) {
      return Fail(Code::kInvalid, "this `hashing` has no shingles of this kind",
                  parameters.text("shingle"), "shingle");
    }
  } else if (options.shingle == ShingleKind::kPunctuation ||
             (options.hashing == Hashing::kDataTrove && options.shingle == ShingleKind::kByte)) {
    return Fail(Code::kInvalid, "this `hashing` has no shingles of this kind",
                parameters.text("shingle"), "shingle");
  }
  SIKU_TRY(options.ignore, BindIgnore(parameters));
  SIKU_TRY(const auto* splitter, FindSplitter(parameters.text("words")));
  options.words = [splitter](std::string_view text, std::vector<std::string_view>& words) {
    splitter->Split(text, words);
  };
  return options;
}

}  // namespace siku::refine
