// `siku dataset diff` and `siku dataset export`: versions against each other, and out of
// the store or a server.
#include <arrow/api.h>
#include <fmt/format.h>

#include "amount.h"
#include "commands/commands.h"
#include "dataset_text.h"
#include "remote/datasets.h"
#include "remote/server_option.h"
#include "rows_text.h"
#include "siku/store.h"
#include "siku/writer.h"
#include "store_option.h"

namespace siku::cli {
namespace {

class DiffOf final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("BEFORE", before_,
                         {"a version: NAME, NAME@3; alone: the version before "
                          "the newest",
                          "一个版本：名字、名字@3；只写一个时与前一版本比较"},
                         Offer::kDataset);
    arguments.Positional("AFTER", after_, {"the other one", "另一个版本"}, Offer::kDataset, false);
    arguments.Integer("-n,--rows", "N", rows_, 0,
                      {"show so many differing rows [10]", "显示多少个不同的行 [10]"});
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset diff pages",
                    {"the newest version with the one before", "最新版本与前一版本"});
    arguments.Shows("siku dataset diff pages@1 pages@3", {"any two", "任意两个版本"});
  }

  Result<int> Run(Context& context) override {
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return DiffDatasets(*server, before_, after_, rows_, context);
    }
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto pair, FindPair(*store));
    SIKU_TRY(const auto before, store->ReadManifest(pair.first));
    SIKU_TRY(const auto after, store->ReadManifest(pair.second));
    int64_t left = rows_;
    Result<void> shown;
    SIKU_TRY(const auto diff, Diff(*store, before, after,
                                   [&](DiffKind kind, const Batch& old_row, const Batch& new_row) {
                                     if (left-- <= 0 || !shown.has_value()) return;
                                     shown = Show(kind, old_row, new_row, context);
                                   }));
    SIKU_TRY(std::move(shown));
    const auto name = [](const VersionInfo& one) {
      return fmt::format("{}@{}", one.dataset, one.ordinal);
    };
    PrintCounts(name(pair.first), name(pair.second),
                {diff.added, diff.removed, diff.changed, diff.same}, context);
    return 0;
  }

 private:
  Result<std::pair<VersionInfo, VersionInfo>> FindPair(const Store& store) const {
    SIKU_TRY(const auto first, store.FindVersion(before_));
    if (!after_.empty()) {
      SIKU_TRY(const auto second, store.FindVersion(after_));
      return std::pair(first, second);
    }
    SIKU_TRY(const auto versions, store.Versions(first.dataset));
    for (const VersionInfo& one : versions) {
      if (one.ordinal == first.ordinal - 1) return std::pair(one, first);
    }
    return Fail(Code::kNotFound, "there is no version before this one", before_);
  }

  static Result<void> Show(DiffKind kind, const Batch& before, const Batch& after,
                           Context& context) {
    if (kind != DiffKind::kChanged) {
      const bool added = kind == DiffKind::kAdded;
      SIKU_TRY(const auto json, RowJson(added ? after : before, 0));
      added ? PrintAdded(json, context) : PrintRemoved(json, context);
      return {};
    }
    SIKU_TRY(const auto old_cells, CellsOf(before, 0));
    SIKU_TRY(const auto new_cells, CellsOf(after, 0));
    PrintChanged(old_cells, new_cells, context);
    return {};
  }

  std::string before_;
  std::string after_;
  int64_t rows_ = 10;
  StoreOption store_{};
  ServerOption server_{};
};

class Export final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset);
    arguments.Option(
        "-o,--output", "FILE", output_,
        {"else to standard output; .gz and .zst compress", "默认标准输出；.gz、.zst 会压缩"},
        Offer::kFile);
    arguments.Choice("--format", {"jsonl", "csv", "parquet", "arrow", "text", "lines"}, format_,
                     {"else by the file's name, else jsonl; text and lines write the column `text`",
                      "默认看文件名，再默认 jsonl；text 和 lines 写 text 列"});
    arguments.Flag(
        "--keys", keys_,
        {"the hidden key columns, too (parquet and arrow)", "连同隐藏的键列（parquet 和 arrow）"});
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset export first-light -o first-light.parquet",
                    {"a Parquet file", "一个 Parquet 文件"});
    arguments.Shows("siku dataset export first-light | head -1",
                    {"JSON lines on standard output", "标准输出上的 JSONL"});
    arguments.Shows("siku dataset export stops -o stops.csv --server https://data.example.org",
                    {"from a server; a download that broke goes on", "从服务器下载；中断后继续"});
  }

  Result<int> Run(Context& context) override {
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return ExportDataset(*server, name_, {output_, format_, keys_}, context);
    }
    SIKU_TRY(const auto options, Options());
    if (options.format == Format::kParquet && output_.empty() && context.terminal()) {
      return Fail(Code::kInvalid, "a terminal does not show Parquet", {}, {},
                  "give a file by -o FILE");
    }
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto version, store->FindVersion(name_));
    SIKU_TRY(const auto manifest, store->ReadManifest(version));
    SIKU_TRY(auto reader, VersionReader::Open(*store, manifest));
    SIKU_TRY(auto writer,
             RowWriter::Open(output_.empty() ? "-" : output_, reader->schema(), options));
    for (;;) {
      SIKU_TRY(const auto batch, reader->Next());
      if (batch == nullptr) break;
      if (const auto written = writer->Write(batch); !written.has_value()) {
        return Named(written.error(), context);
      }
    }
    const auto closed = writer->Close();
    if (!closed.has_value()) return Named(closed.error(), context);
    const int64_t bytes = *closed;
    if (!output_.empty()) {
      context.Note(fmt::format("{}: {}, {}", output_,
                               Count(context, manifest.rows, "row", "rows", "行"),
                               SizeText(bytes, context.language())));
    }
    return 0;
  }

 private:
  static tl::unexpected<Error> Named(Error error, const Context& context) {
    if (error.place == "-") error.place = context.Say({"standard output", "标准输出"});
    if (error.code == Code::kNoSpace) {
      error.message = "the disk is full";
      error.value.clear();
    }
    return tl::make_unexpected(std::move(error));
  }
  Result<WriteOptions> Options() const {
    WriteOptions options{.keep_hidden = keys_};
    if (!format_.empty()) {
      options.format = *FormatFromName(format_);
    } else if (!output_.empty()) {
      const auto format = FormatOfFile(output_);
      if (!format.has_value()) {
        return Fail(Code::kInvalid, "the name does not tell the format", output_, {},
                    "give --format: jsonl, csv, parquet, arrow, text or lines");
      }
      options.format = *format;
    }
    const bool columnar = options.format == Format::kParquet || options.format == Format::kArrow;
    if (!columnar) options.compression = CompressionOfFile(output_);
    return options;
  }

  std::string name_;
  std::string output_;
  std::string format_;
  bool keys_ = false;
  StoreOption store_{};
  ServerOption server_{};
};

}  // namespace

std::unique_ptr<Command> MakeDatasetDiff() { return Make<DiffOf>(); }
std::unique_ptr<Command> MakeDatasetExport() { return Make<Export>(); }

}  // namespace siku::cli
