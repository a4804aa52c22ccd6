// `siku store info`, `gc`, `rebuild`, `compact`.
#include "siku/store.h"

#include <fmt/format.h>

#include <filesystem>

#include "amount.h"
#include "commands/commands.h"
#include "store_option.h"

namespace siku::cli {
namespace {

namespace fs = std::filesystem;

class Info final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    store_.Declare(arguments);
    arguments.Shows("siku store info", {"datasets, runs, files, bytes, what is free",
                                        "数据集、运行、文件、字节数和剩余空间"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto datasets, store->Datasets());
    SIKU_TRY(const auto runs, store->Runs());
    int64_t versions = 0;
    for (const VersionInfo& dataset : datasets) {
      SIKU_TRY(const auto all, store->Versions(dataset.dataset));
      versions += static_cast<int64_t>(all.size());
    }
    const auto language = context.language();
    const auto line = [&](const Text& name, const std::string& value) {
      context.Line(fmt::format("{:<10}{}", context.Say(name), value));
    };
    std::error_code error;
    line({"path", "路径"}, fs::absolute(store->path(), error).string());
    line({"format", "格式"}, std::to_string(kStoreFormat));
    line({"datasets", "数据集"},
         fmt::format("{} ({})", datasets.size(),
                     Count(context, versions, "version", "versions", "个版本")));
    line({"runs", "运行"}, std::to_string(runs.size()));
    for (const char* folder : {"data", "runs"}) {
      const auto [files, bytes] = Measure(store->path() + "/" + folder);
      line({folder, folder},
           Count(context, files, "file", "files", "个文件") + ", " + SizeText(bytes, language));
    }
    const auto space = fs::space(store->path(), error);
    if (!error) {
      line({"free", "剩余"}, SizeText(static_cast<int64_t>(space.available), language));
    }
    return 0;
  }

 private:
  static std::pair<int64_t, int64_t> Measure(const std::string& folder) {
    int64_t files = 0;
    int64_t bytes = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      std::error_code gone;
      if (!it->is_regular_file(gone)) continue;
      const auto size = it->file_size(gone);
      if (gone) continue;
      ++files;
      bytes += static_cast<int64_t>(size);
    }
    return {files, bytes};
  }
  StoreOption store_{};
};

class Gc final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Seconds("--grace", grace_, {"keep what is younger [24h]", "保留比这更新的 [24h]"});
    arguments.Flag("--dry-run", dry_run_,
                   {"say what would go; delete nothing", "只说会删什么，不删"});
    store_.Declare(arguments);
    arguments.Shows("siku store gc --dry-run", {"what would go", "会删掉什么"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto report, store->Gc(grace_, dry_run_));
    const std::string what =
        fmt::format("{}, {}, {}", Count(context, report.files, "file", "files", "个文件"),
                    SizeText(report.bytes, context.language()),
                    Count(context, report.runs, "run", "runs", "次运行"));
    context.Line(
        fmt::format(fmt::runtime(context.Say(dry_run_ ? Text{"would delete {}", "将删除 {}"}
                                                      : Text{"deleted {}", "已删除 {}"})),
                    what));
    return 0;
  }

 private:
  int64_t grace_ = 86400;
  bool dry_run_ = false;
  StoreOption store_{};
};

class Rebuild final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    store_.Declare(arguments);
    arguments.Shows("siku store rebuild",
                    {"after the index was lost or damaged", "索引丢失或损坏之后"});
  }
  Result<int> Run(Context& context) override {
    std::error_code ignored;
    if (!fs::exists(store_.path(), ignored)) {
      SIKU_TRY([[maybe_unused]] const auto store, store_.Open());
    }
    SIKU_TRY(const int64_t versions, Store::Rebuild(store_.path()));
    context.Line(
        fmt::format(fmt::runtime(context.Say({"the index is made again: {}", "索引已重建：{}"})),
                    Count(context, versions, "version", "versions", "个版本")));
    return 0;
  }

 private:
  StoreOption store_{};
};

class Compact final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, {"a dataset", "数据集"}, Offer::kDataset);
    store_.Declare(arguments);
    arguments.Shows("siku store compact pages",
                    {"its identity stays; `siku store gc` then frees the old files",
                     "版本的身份不变；之后 `siku store gc` 释放旧文件"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto version, store->Compact(name_));
    context.Line(fmt::format("{}@{}  {}  {}, {}", version.dataset, version.ordinal,
                             version.content.substr(0, 16),
                             Count(context, version.rows, "row", "rows", "行"),
                             SizeText(version.bytes, context.language())));
    return 0;
  }

 private:
  std::string name_;
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeStoreInfo() { return Make<Info>(); }
std::unique_ptr<Command> MakeStoreGc() { return Make<Gc>(); }
std::unique_ptr<Command> MakeStoreRebuild() { return Make<Rebuild>(); }
std::unique_ptr<Command> MakeStoreCompact() { return Make<Compact>(); }

}  // namespace siku::cli
