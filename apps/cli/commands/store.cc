// `siku store info`, `gc`, `rebuild`, `compact`.
#include "siku/store.h"

#include <fmt/format.h>

#include <filesystem>

#include "amount.h"
#include "commands/commands.h"
#include "store_option.h"
#include "table.h"

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
      context.Line(Pad(context.Say(name), 12) + value);
    };
    std::error_code error;
    line({"path", "路径"}, store_.AbsolutePath());
    line({"format", "格式"}, std::to_string(kStoreFormat));
    line({"datasets", "数据集"},
         fmt::format("{} ({})", datasets.size(),
                     Count(context, versions, "version", "versions", "个版本")));
    line({"runs", "运行"}, std::to_string(runs.size()));
    const auto folder = [&](const Text& name, const char* below) -> Result<void> {
      SIKU_TRY(const auto measured, store->Measure(below));
      const auto [files, bytes] = measured;
      line(name, Count(context, files, "file", "files", "个文件") +
                     std::string(context.Say({", ", "，"})) + SizeText(bytes, language));
      return {};
    };
    SIKU_TRY(folder({"data files", "数据文件"}, "data"));
    SIKU_TRY(folder({"run files", "运行文件"}, "runs"));
    const auto space = fs::space(store->path(), error);
    const auto free = SizeText(static_cast<int64_t>(space.available), language);
    if (store->path() != store->place()) {
      line({"cache", "本机缓存"}, store->path());
      if (!error) line({"cache free", "缓存剩余"}, free);
    } else if (!error) {
      line({"free", "剩余"}, free);
    }
    return 0;
  }

 private:
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
    return SayWhatHolds(*store, context);
  }

 private:
  // Killed runs are "running" for as long as their lease lives.
  static Result<int> SayWhatHolds(const Store& store, const Context& context) {
    SIKU_TRY(const auto runs, store.Runs());
    int64_t running = 0;
    int64_t stopped = 0;
    for (const RunInfo& run : runs) {
      if (run.state == "running") ++running;
      if (run.state == "interrupted" || run.state == "failed") ++stopped;
    }
    if (running > 0) {
      context.Note(fmt::format(
          fmt::runtime(context.Say(
              {"note: {} may be at work in other processes and hold files back; a killed one does "
               "for up to two minutes",
               "提示：{}可能正在其他进程中进行，其文件不会删除；被终止的进程最多再占用两分钟"})),
          Count(context, running, "run", "runs", "次运行")));
    }
    if (running + stopped > 0) {
      context.Note(fmt::format(
          fmt::runtime(context.Say(
              {"note: {} can be resumed; what they wrote stays until it is older than --grace",
               "提示：{}可以继续，其文件要比 --grace 更旧才会删除"})),
          Count(context, running + stopped, "unfinished run", "unfinished runs",
                "次未完成的运行")));
    }
    return 0;
  }
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
    SIKU_TRY(store_.UseEndpoint());
    if (!store_.IsThere()) {
      SIKU_TRY([[maybe_unused]] const auto store, store_.Open());
    }
    SIKU_TRY([[maybe_unused]] const int64_t commits, Store::Rebuild(store_.path(), store_.index()));
    SIKU_TRY(const auto store, store_.Open());
    SIKU_TRY(const auto datasets, store->Datasets());
    int64_t kept = 0;
    std::vector<std::string> lost;
    for (const VersionInfo& newest : datasets) {
      SIKU_TRY(Look(*store, newest.dataset, context, kept, lost));
    }
    context.Line(
        fmt::format(fmt::runtime(context.Say({"the index is made again: {}", "索引已重建：{}"})),
                    Count(context, kept, "version", "versions", "个版本")));
    if (lost.empty()) return 0;
    for (const std::string& one : lost) context.Line(one);
    context.Note(Count(context, static_cast<int64_t>(lost.size()), "version could not be restored",
                       "versions could not be restored", "个版本无法恢复"));
    return static_cast<int>(Code::kUnbalanced);
  }

 private:
  // Adds what is wrong with the versions of one dataset, oldest first.
  static Result<void> Look(const Store& store, const std::string& dataset, const Context& context,
                           int64_t& kept, std::vector<std::string>& lost) {
    SIKU_TRY(const auto versions, store.Versions(dataset));
    int64_t next = 1;
    const auto lose = [&](int64_t ordinal, const std::string& why) {
      lost.push_back(fmt::format("{}@{}: {}", dataset, ordinal, why));
    };
    for (const VersionInfo& version : versions) {
      for (; next < version.ordinal; ++next) {
        lose(next, std::string(context.Say({"no commit record has it", "没有它的提交记录"})));
      }
      next = version.ordinal + 1;
      const std::string why = Missing(store, version, context);
      if (why.empty()) {
        ++kept;
      } else {
        lose(version.ordinal, why);
      }
    }
    return {};
  }
  static std::string Missing(const Store& store, const VersionInfo& version,
                             const Context& context) {
    const auto manifest = store.ReadManifest(version);
    if (!manifest.has_value()) return Describe(manifest.error(), context.language());
    for (const Segment& segment : manifest->segments) {
      for (const DataFile& file : segment.files) {
        const auto there = store.HasData(file.sha256);
        if (!there.has_value()) return Describe(there.error(), context.language());
        if (!*there) {
          return store.DataSource(file.sha256) +
                 std::string(context.Say({": the file is gone", "：文件不见了"}));
        }
      }
    }
    return {};
  }

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
