// `siku dataset ls`, `show`, `head`, `verify`: looking at what is in a store; the first three also
// at what a server has.
#include <arrow/api.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "amount.h"
#include "commands/commands.h"
#include "dataset_text.h"
#include "remote/datasets.h"
#include "remote/server_option.h"
#include "rows_text.h"
#include "siku/run.h"
#include "siku/store.h"
#include "siku/writer.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

class List final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset ls", {"names and their newest version", "名字和最新版本"});
    arguments.Shows("siku dataset ls --server https://data.example.org",
                    {"what a catalogue server has", "目录服务器上的数据集"});
  }
  Result<int> Run(Context& context) override {
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return ListDatasets(*server, context);
    }
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto versions, store->Datasets());
    if (versions.empty()) return 0;
    const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
    Table table({say({"dataset", "数据集"}), say({"rows", "行"}), say({"size", "大小"}),
                 say({"version", "版本"}), say({"made (UTC)", "时间 (UTC)"}),
                 say({"run", "运行"})});
    table.Right(1).Right(2);
    for (const VersionInfo& version : versions) {
      table.Add({fmt::format("{}@{}", version.dataset, version.ordinal), CountText(version.rows),
                 SizeText(version.bytes, context.language()), version.content.substr(0, 16),
                 TimeText(version.created), version.run});
    }
    context.Print(table.Print(static_cast<size_t>(context.columns()), context.paint().on()));
    return 0;
  }

 private:
  StoreOption store_{};
  ServerOption server_{};
};

class Show final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset);
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset show first-light",
                    {"its columns, versions, and what it was made by and of",
                     "它的列、版本，以及由什么、怎么做成"});
  }
  Result<int> Run(Context& context) override {
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return ShowDataset(*server, name_, context);
    }
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto version, store->FindVersion(name_));
    SIKU_TRY(const auto manifest, store->ReadManifest(version));
    SIKU_TRY(const auto versions, store->Versions(version.dataset));
    SIKU_TRY(const auto reader, VersionReader::Open(*store, manifest));
    int64_t files = 0;
    for (const Segment& segment : manifest.segments) {
      files += static_cast<int64_t>(segment.files.size());
    }
    context.Line(context.paint().Bold(fmt::format("{}@{}", version.dataset, version.ordinal)));
    context.Line("  " + std::string(context.Say({"content  ", "内容  "})) + version.content);
    context.Line("  " + Count(context, version.rows, "row", "rows", "行") + ", " +
                 SizeText(version.bytes, context.language()) + ", " +
                 Count(context, files, "file", "files", "个文件"));
    std::vector<std::pair<std::string, std::string>> columns;
    for (const auto& field : reader->schema()->fields()) {
      if (field->name().starts_with(kHiddenPrefix)) continue;
      columns.emplace_back(field->name(), field->type()->ToString());
    }
    PrintColumns(columns, context);
    const auto lineage = nlohmann::json::parse(manifest.lineage, nullptr, false);
    PrintLineage(lineage.is_discarded() ? nlohmann::json(manifest.lineage) : lineage, context);
    std::vector<VersionLine> lines;
    for (const VersionInfo& one : versions) {
      lines.push_back({one.ordinal, one.content, TimeText(one.created), one.rows, one.run});
    }
    PrintVersions(lines, context);
    return 0;
  }

 private:
  std::string name_;
  StoreOption store_{};
  ServerOption server_{};
};

class Head final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset);
    arguments.Integer("-n,--rows", "N", rows_, 0, {"so many rows [10]", "行数 [10]"});
    arguments.Choice(
        "--format", {"table", "jsonl"}, format_,
        {"for people, or one JSON object a line [table]", "给人看，或每行一个 JSON 对象 [table]"});
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset head first-light",
                    {"ten rows, cut to the terminal", "十行，按终端宽度截断"});
    arguments.Shows("siku dataset head first-light -n 1 --format jsonl",
                    {"a row in full", "完整的一行"});
  }
  Result<int> Run(Context& context) override {
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return PrintHeadOf(*server, name_, rows_, format_, context);
    }
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto version, store->FindVersion(name_));
    SIKU_TRY(const auto manifest, store->ReadManifest(version));
    SIKU_TRY(const auto reader, VersionReader::Open(*store, manifest));
    std::vector<Cells> rows;
    for (int64_t left = rows_; left > 0;) {
      SIKU_TRY(const auto batch, reader->Next());
      if (batch == nullptr) break;
      for (int64_t row = 0; row < batch->num_rows() && left > 0; ++row, --left) {
        if (format_ == "jsonl") {
          SIKU_TRY(const auto line, RowJson(batch, row));
          context.Line(line);
        } else {
          SIKU_TRY(auto cells, CellsOf(batch, row));
          rows.push_back(std::move(cells));
        }
      }
    }
    if (format_ == "jsonl") return 0;
    std::vector<std::string> columns;
    for (const auto& field : reader->schema()->fields()) {
      if (!field->name().starts_with(kHiddenPrefix)) columns.push_back(field->name());
    }
    PrintRows(rows, columns, context);
    return 0;
  }

 private:
  std::string name_;
  int64_t rows_ = 10;
  std::string format_ = "table";
  StoreOption store_{};
  ServerOption server_{};
};

class Verify final : public Command {
 public:
  explicit Verify(bool one) : one_(one) {}
  void Declare(Arguments& arguments) override {
    if (one_) arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset, false);
    store_.Declare(arguments);
    arguments.Shows(
        one_ ? "siku dataset verify first-light" : "siku store verify",
        {"exit code 12 where anything is not as it was written", "有任何不符时退出码为 12"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    const auto progress = [&](const std::string& what) {
      if (context.error_terminal()) context.Note(what);
    };
    SIKU_TRY(auto damages, store->Verify(name_, progress));
    // The ledgers of runs belong to the store as a whole.
    if (!one_) {
      SIKU_TRY(const auto more, VerifyRuns(*store, progress));
      damages.insert(damages.end(), more.begin(), more.end());
    }
    for (const Damage& damage : damages) context.Line(damage.file + ": " + damage.what);
    if (damages.empty()) {
      context.Line(context.Say({"all is as it was written", "全部与写入时一致"}));
      return 0;
    }
    context.Note(Count(context, static_cast<int64_t>(damages.size()), "thing is damaged",
                       "things are damaged", "处损坏"));
    return static_cast<int>(Code::kUnbalanced);
  }

 private:
  bool one_;
  std::string name_;
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeDatasetLs() { return Make<List>(); }
std::unique_ptr<Command> MakeDatasetShow() { return Make<Show>(); }
std::unique_ptr<Command> MakeDatasetHead() { return Make<Head>(); }
std::unique_ptr<Command> MakeDatasetVerify() { return std::make_unique<Verify>(true); }
std::unique_ptr<Command> MakeStoreVerify() { return std::make_unique<Verify>(false); }

}  // namespace siku::cli
