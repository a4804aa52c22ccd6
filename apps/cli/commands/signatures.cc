// `siku signatures write` and `cluster`: DataTrove's MinHash stages, in its own files.
#include "siku/refine/signatures.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <filesystem>

#include "amount.h"
#include "commands/commands.h"
#include "siku/columns.h"
#include "siku/reader.h"
#include "siku/source.h"

namespace siku::cli {
namespace {

using refine::SignatureFormat;
using refine::SignatureWriter;

// What both commands must agree in.
class FormatOptions {
 public:
  void Declare(Arguments& arguments) {
    arguments.Integer("--buckets", "N", buckets_, 1,
                      {"buckets of a signature [14]", "签名的桶数 [14]"}, 1000);
    arguments.Integer("--hashes-per-bucket", "N", hashes_, 1,
                      {"minima in each bucket [8]", "每个桶的最小值个数 [8]"}, 1000);
    arguments.Choice("--hash", {"xxhash64", "xxhash32", "sha1_64", "sha1_32"}, format_.hash,
                     {"function and precision of its HashConfig [xxhash64]",
                      "其 HashConfig 的函数与精度 [xxhash64]"});
  }
  SignatureFormat Read() const {
    SignatureFormat format = format_;
    format.buckets = static_cast<int>(buckets_);
    format.hashes_per_bucket = static_cast<int>(hashes_);
    return format;
  }

 private:
  SignatureFormat format_{};
  int64_t buckets_ = 14;
  int64_t hashes_ = 8;
};

Result<void> SignBatch(const SourceList& sources, const Read& read, int column,
                       SignatureWriter& writer) {
  if (!read.bad.empty()) {
    // A document left out would give those behind it other numbers.
    const BadRow& bad = read.bad.front();
    return Fail(Code::kData, "a record is no row; documents are numbered by their records",
                fmt::format("{}:{}: {}", sources[static_cast<size_t>(bad.source)].relative,
                            bad.position, bad.reason));
  }
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*read.rows->column(column));
  for (int64_t row = 0; row < texts.length(); ++row) {
    writer.Add(texts.IsNull(row) ? std::string_view() : texts.GetView(row));
  }
  return {};
}

class SignaturesWrite final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positionals("INPUT", inputs_,
                          {"files or folders; each file is a rank, in the order of their names",
                           "文件或目录；每个文件为一个 rank，按文件名排序"},
                          Offer::kFile);
    arguments.Option("--to", "FOLDER", to_,
                     {"where the files go [signatures]", "写到哪里 [signatures]"}, Offer::kFolder);
    arguments.Option("--column", "NAME", column_, {"the text column [text]", "文本列 [text]"});
    arguments.Choice("--words", {"space", "jieba"}, words_,
                     {"how words are split: jieba as DataTrove does for Chinese [space]",
                      "分词方式：中文如 DataTrove 用 jieba [space]"});
    arguments.Integer("--ngrams", "N", ngrams_, 1, {"words of a shingle [5]", "片段的词数 [5]"},
                      1000);
    arguments.Integer("--seed", "N", seed_, 0, {"of the permutations [1]", "置换的种子 [1]"},
                      0xFFFFFFFF);
    format_.Declare(arguments);
    arguments.Shows("siku signatures write pages --words jieba --to signatures",
                    {"sign the files of a folder as `MinhashDedupSignature` does",
                     "如 MinhashDedupSignature 为一个目录的文件签名"});
  }

  Result<int> Run(Context& context) override {
    SignatureFormat format = format_.Read();
    format.ngrams = static_cast<int>(ngrams_);
    format.seed = static_cast<uint32_t>(seed_);
    format.words = words_;
    SIKU_TRY(const auto sources, FindSources(inputs_, ".", 0, {}));
    SIKU_TRY(const auto schema, InferSchema(sources, 0, {}));
    const std::vector<InputSchema> schemas = {schema};  // the readers refer to it
    SIKU_TRY(column_index_, FindTextColumn(schema.user, column_));
    int64_t documents = 0;
    int64_t too_short = 0;
    for (int rank = 0; rank < static_cast<int>(sources.size()); ++rank) {
      SIKU_TRY(const auto writer, SignatureWriter::Open(to_, rank, format));
      SIKU_TRY(Sign(sources, schemas, rank, *writer));
      SIKU_TRY(writer->Finish());
      documents += writer->documents();
      too_short += writer->too_short();
    }
    context.Line(fmt::format(
        fmt::runtime(
            context.Say({"{} signed, {} too short, in {}: {}", "已签名 {}，过短 {}，共 {}：{}"})),
        Count(context, documents - too_short, "document", "documents", "篇"), CountText(too_short),
        Count(context, static_cast<int64_t>(sources.size()), "file", "files", "个文件"), to_));
    return 0;
  }

 private:
  Result<void> Sign(const SourceList& sources, const std::vector<InputSchema>& schemas, int rank,
                    SignatureWriter& writer) const {
    const Split split = {{rank, 0, -1}};
    SIKU_TRY(const auto reader, BatchReader::Open(sources, split, schemas, {}));
    for (;;) {
      SIKU_TRY(const Read read, reader->Next());
      if (read.rows == nullptr && read.bad.empty()) return {};
      // The hidden columns stand before the user's.
      const int hidden =
          read.rows == nullptr ? 0 : read.rows->num_columns() - schemas[0].user->num_fields();
      SIKU_TRY(SignBatch(sources, read, hidden + column_index_, writer));
    }
  }

  std::vector<std::string> inputs_;
  std::string to_ = "signatures";
  std::string column_ = "text";
  std::string words_ = "space";
  int64_t ngrams_ = 5;
  int64_t seed_ = 1;
  int column_index_ = 0;
  FormatOptions format_{};
};

class SignaturesCluster final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("SIGNATURES", signatures_,
                         {"a folder of .minhash.sig files, of Siku or DataTrove",
                          ".minhash.sig 文件的目录，Siku 或 DataTrove 所写"},
                         Offer::kFolder);
    arguments.Option("--pairs", "FOLDER", pairs_,
                     {"where the .dups files go [buckets]", ".dups 文件写到哪里 [buckets]"},
                     Offer::kFolder);
    arguments.Option("--to", "FOLDER", to_,
                     {"where .remove, .clusters and .sizes go [clusters]",
                      ".remove、.clusters 和 .sizes 写到哪里 [clusters]"},
                     Offer::kFolder);
    format_.Declare(arguments);
    arguments.Shows("siku signatures cluster signatures --to clusters",
                    {"pair and cluster them as `MinhashDedupBuckets` and `MinhashDedupCluster` do",
                     "如 MinhashDedupBuckets 和 MinhashDedupCluster 配对并聚类"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto counts,
             refine::ClusterSignatures(signatures_, pairs_, to_, format_.Read()));
    context.Line(fmt::format(
        fmt::runtime(context.Say({"{} in {}, {} to remove: {}", "{}，{}，应删除 {}：{}"})),
        Count(context, counts.documents, "document", "documents", "篇"),
        Count(context, counts.clusters, "cluster", "clusters", "个簇"), CountText(counts.removed),
        to_));
    return 0;
  }

 private:
  std::string signatures_;
  std::string pairs_ = "buckets";
  std::string to_ = "clusters";
  FormatOptions format_{};
};

}  // namespace

std::unique_ptr<Command> MakeSignaturesWrite() { return Make<SignaturesWrite>(); }
std::unique_ptr<Command> MakeSignaturesCluster() { return Make<SignaturesCluster>(); }

}  // namespace siku::cli
