// `siku run`: a recipe to the end, or on from where it was.
#include "siku/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>

#include "../base/durable.h"
#include "amount.h"
#include "commands/commands.h"
#include "engine_process.h"
#include "operators.h"
#include "progress.h"
#include "recipe_exports.h"
#include "recipe_file.h"
#include "run_summary.h"
#include "seal_option.h"
#include "siku/run_tasks.h"
#include "stop.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

// People decide on thousands of places, not on millions.
constexpr int64_t kMostDecisions = int64_t{64} << 20;

std::string PreviewJson(const RunPreview& preview) {
  using Json = nlohmann::ordered_json;
  Json sources = Json::array();
  for (const SourceSummary& source : preview.sources) {
    sources.push_back({{"input", source.input},
                       {"relative", source.relative},
                       {"format", source.format},
                       {"encoding", source.encoding},
                       {"bytes", source.bytes}});
  }
  Json nodes = Json::array();
  for (const RunPreview::Node& node : preview.nodes) {
    Json columns = Json::array();
    for (const auto& [name, type] : node.columns) {
      columns.push_back({{"name", name}, {"type", type}});
    }
    nodes.push_back(
        {{"name", node.name}, {"operator", node.op}, {"stage", node.stage}, {"columns", columns}});
  }
  const Json all = {{"sources", sources},
                    {"nodes", nodes},
                    {"outputs", preview.outputs},
                    {"splits", preview.splits},
                    {"stages", preview.stages},
                    {"threads", preview.threads},
                    {"input_bytes", preview.input_bytes},
                    {"disk_bytes", preview.disk_bytes},
                    {"disk_free", preview.disk_free}};
  return all.dump(1, ' ', false, Json::error_handler_t::replace);
}

std::string PreviewText(const RunPreview& preview, const Context& context) {
  const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
  const auto width = static_cast<size_t>(context.columns());
  const auto language = context.language();
  Table sources({say({"input", "输入"}), say({"size", "大小"}), say({"format", "格式"}),
                 say({"encoding", "编码"}), say({"file", "文件"})});
  sources.Right(1);
  constexpr size_t kMostShown = 20;
  for (size_t i = 0; i < preview.sources.size() && i < kMostShown; ++i) {
    const SourceSummary& source = preview.sources[i];
    sources.Add({source.input, SizeText(source.bytes, language), source.format, source.encoding,
                 source.relative});
  }
  std::string text = sources.Print(width, context.paint().on());
  if (preview.sources.size() > kMostShown) {
    text += fmt::format(fmt::runtime(context.Say({"… and {} more\n", "……另有 {} 个\n"})),
                        CountText(static_cast<int64_t>(preview.sources.size() - kMostShown)));
  }
  Table nodes({say({"step", "步骤"}), say({"operator", "算子"}), say({"columns", "列"})});
  for (const RunPreview::Node& node : preview.nodes) {
    std::string columns;
    for (const auto& [name, type] : node.columns) {
      columns += (columns.empty() ? "" : ", ") + name + " " + type;
    }
    nodes.Add({node.name, node.op, columns});
  }
  text += "\n" + nodes.Print(width, context.paint().on());
  std::string outputs;
  for (const std::string& name : preview.outputs) outputs += (outputs.empty() ? "" : ", ") + name;
  text += "\n" + say({"outputs: ", "输出："}) + outputs + "\n";
  text +=
      fmt::format(fmt::runtime(context.Say({"{} on {}; {} to read, about {} to write, {} free\n",
                                            "{}，{}；要读 {}，约写 {}，磁盘剩余 {}\n"})),
                  Count(context, preview.splits, "split", "splits", "个分片"),
                  Count(context, preview.threads, "thread", "threads", "个线程"),
                  SizeText(preview.input_bytes, language), SizeText(preview.disk_bytes, language),
                  SizeText(preview.disk_free, language));
  return text + say({"nothing was written\n", "没有写任何东西\n"});
}

// A name on the disk that `path` would be made on.
std::string PassingStore(const std::string& path) {
  std::error_code ignored;
  std::filesystem::path above = std::filesystem::absolute(path, ignored);
  while (above.has_relative_path() && !std::filesystem::is_directory(above, ignored)) {
    above = above.parent_path();
  }
  return (above / fmt::format(".siku-preview-{}", ::getpid())).string();
}

class RunCommand final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("RECIPE", recipe_,
                         {"a recipe in YAML; its paths are relative to its folder",
                          "YAML 配方；其中的路径相对于它所在的目录"},
                         Offer::kFile, false);
    arguments.Options(
        "--set", "KEY=VALUE", overrides_,
        {"change a parameter or a path: repaired.min_confidence=0.8, "
         "inputs.pages.path=other/*.txt",
         "改一个参数或路径：repaired.min_confidence=0.8、inputs.pages.path=other/*.txt"},
        Offer::kOverride);
    arguments.Option(
        "--decisions", "FILE", decisions_,
        {"what was decided in the page of `siku report --html`: applied, or said where "
         "it no longer fits",
         "在 `siku report --html` 的网页中作出的决定：予以应用，或指出哪里不再适用"},
        Offer::kFile);
    store_.Declare(arguments);
    seal_.Declare(arguments);
    arguments.Integer("--threads", "N", threads_, 1,
                      {"threads; else one a core", "线程数；默认每核一个"}, 1024);
    arguments.Size("--memory", options_.memory,
                   {"memory the run may take [2GiB]", "可用内存 [2GiB]"});
    arguments.Size(
        "--spill-limit", options_.spill_limit,
        {"intermediates on disk; else as the disk allows", "磁盘上的中间数据上限；默认看磁盘"});
    arguments.Size(
        "--max-record", options_.max_record,
        {"a longer record is rejected by reference [64MiB]", "更长的记录只登记不处理 [64MiB]"}, 1);
    arguments.Integer("--limit", "N", options_.limit, 0,
                      {"read this many rows only", "只读这么多行"});
    arguments.Integer("--splits", "N", splits_, 1,
                      {"cut the input into about this many tasks; else by size",
                       "把输入切成约这么多个任务；默认按大小"},
                      1'000'000);
    arguments.Choice(
        "--engine", {"embedded", "ray", "spark"}, engine_,
        {"who does the tasks: threads of this process, or a cluster, through the "
         "package siku of SIKU_PYTHON [embedded]",
         "由谁执行任务：本进程的线程，或集群（经 SIKU_PYTHON 中的 siku 包）[embedded]"});
    arguments.Option("--address", "ADDRESS", address_,
                     {"of the cluster: --address of Ray, --master of Spark; else a local one, with "
                      "--threads workers",
                      "集群地址：Ray 的 --address 或 Spark 的 --master；默认启动本机集群，"
                      "--threads 个工作进程"});
    arguments.Flag(
        "--dry-run", dry_run_,
        {"say what would be read and done; write nothing", "只说会读什么、做什么，不写任何东西"});
    arguments.Flag(
        "--plan", plan_,
        {"for other engines: create the run, do nothing of it, print its phases as JSON; "
         "`siku task` does one task",
         "供其他引擎使用：只创建运行，以 JSON 输出各阶段；`siku task` 执行一个任务"});
    arguments.Choice("--progress", {"line", "json"}, progress_,
                     {"how far it is: a line on a terminal, or for programs lines of JSON on "
                      "standard error: run, progress, note, error [line]",
                      "进度的形式：终端上的一行；或供程序读取的标准错误上的 JSON 行："
                      "run、progress、note、error [line]"});
    arguments.Flag("--json", json_,
                   {"print the summary as JSON, and nothing else", "只输出 JSON 摘要"});
    arguments.Option(
        "--resume", "RUN", resume_,
        {"go on with a run that was interrupted, killed or failed; finished tasks are "
         "not done again. With a RECIPE that has changed since: a new run, which takes "
         "over what the other had done before the first step that differs",
         "继续一次被中断、被终止或失败的运行；做完的任务不再重做。同时给出改过的配方时："
         "开始新的运行，沿用原运行在第一个有变化的步骤之前做完的部分"},
        Offer::kRun);
    arguments.Shows("siku run recipe.yaml", {"run it into ./.siku", "运行，存入 ./.siku"});
    arguments.Shows("siku run recipe.yaml --dry-run", {"look first", "先看一眼"});
    arguments.Shows("siku run recipe.yaml --set repaired.min_confidence=0.95 --limit 1000",
                    {"a trial with another parameter", "换个参数试一试"});
    arguments.Shows("siku run recipe.yaml --decisions decisions.json",
                    {"with what a person decided", "应用人的决定"});
    arguments.Shows("siku run recipe.yaml --engine spark --address spark://head:7077",
                    {"on a cluster that sees the store", "在能看到数据仓的集群上运行"});
    arguments.Shows("siku run --resume last", {"go on with the newest run", "继续最近一次运行"});
    arguments.Shows("siku run changed.yaml --resume last",
                    {"with another last step, say", "例如只改了最后一步"});
  }

  Result<int> Run(Context& context) override {
    if (progress_ == "json") context.SpeakJson();
    options_.threads = static_cast<int>(threads_);
    options_.splits = static_cast<int>(splits_);
    SIKU_TRY(CheckArguments());
    SIKU_TRY(options_.seal_key, seal_.Read());
    if (dry_run_) return Preview(context);
    SIKU_TRY(auto store, store_.Create());
    if (!resume_.empty()) {  // `last` is another one, once this has begun
      SIKU_TRY(const auto info, store->FindRun(resume_));
      resume_ = info.id;
    }
    if (plan_) return Plan(*store, context);
    CatchStops();
    ProgressLine line(context);
    std::mutex mutex;
    std::string run;
    const HangWatch watch([&] {
      const std::lock_guard lock(mutex);
      SayThatItHangs(run.empty() ? resume_ : run, context);
    });
    RunHooks hooks{
        .started =
            [&](const std::string& id) {
              const std::lock_guard lock(mutex);
              run = id;
              if (context.json()) context.Event({{"run", id}});
            },
        .taken_over =
            [&](int tasks) {
              context.Note(fmt::format(fmt::runtime(context.Say({"{} of {} need not be done again",
                                                                 "{}（{} 已完成）不再重做"})),
                                       Count(context, tasks, "task", "tasks", "个任务"), resume_));
            },
        .progress = [&](const RunProgress& progress) { ShowProgress(progress, line, context); },
        .stop = &StopFlag()};
    auto summary = Execute(*store, hooks, context);
    line.Clear();
    if (!summary.has_value()) {
      SayHowToResume(summary.error(), run.empty() ? resume_ : run, context);
      return tl::make_unexpected(summary.error());
    }
    context.Print(json_ ? SummaryJson(*summary) + "\n" : SummaryText(*summary, context));
    // Who takes the JSON hears of an empty output, and of texts that nothing was done with, too.
    for (const std::string& said : {EmptyText(*summary, context), ShortText(*summary, context)}) {
      if (json_ && !said.empty()) context.Note(said.substr(0, said.size() - 1));
    }
    SIKU_TRY(WriteExports(*store, *summary, context));
    if (!json_ && context.error_terminal()) {
      context.Note(
          std::string(context.Say({"a page to read and decide in: ", "可阅读和裁定的网页："})) +
          "siku report --html report.html" + store_.ForCommand());
    }
    if (summary->limit >= 0 && !summary->outputs.empty()) {
      context.Note(fmt::format(
          fmt::runtime(
              context.Say({"note: --limit: of the input, only the first {} went into what is new",
                           "提示：--limit：新版本只含输入最前面的 {}"})),
          Count(context, summary->limit, "row", "rows", "行")));
    }
    return 0;
  }

 private:
  Result<void> CheckArguments() const {
    if (resume_.empty() && recipe_.empty()) {
      return Fail(Code::kInvalid, "an argument is missing", "RECIPE", "siku run",
                  "`siku COMMAND --help` shows what a command takes");
    }
    const bool more = !overrides_.empty() || !decisions_.empty() || options_.limit >= 0 ||
                      splits_ > 0 || dry_run_ || plan_;
    if (!resume_.empty() && recipe_.empty() && more) {
      return Fail(Code::kInvalid, "a resumed run keeps its recipe and options", resume_, "--resume",
                  "only --store, --seal-key, --threads, --memory and --spill-limit may change");
    }
    return {};
  }
  Result<RunRequest> Request(const Context& context) const {
    SIKU_TRY(auto file, ReadRecipeFile(recipe_, overrides_));
    SayNotes(file, context);
    std::string decisions;
    if (!decisions_.empty()) {
      SIKU_TRY(decisions, ReadWhole(decisions_, kMostDecisions));
      if (decisions.empty()) {
        return Fail(Code::kInvalid, "this is no file of decisions", decisions_);
      }
    }
    return RunRequest{.recipe = std::move(file.yaml),
                      .recipe_file = std::move(file.name),
                      .base = std::move(file.base),
                      .overrides = std::move(file.overrides),
                      .options = options_,
                      .decisions = std::move(decisions),
                      .take_over = resume_,
                      .hidden = [&context](const std::set<std::string>& names) {
                        context.Note(HiddenText(names, context));
                      }};
  }
  Result<RunSummary> Execute(Store& store, const RunHooks& hooks, const Context& context) const {
    if (engine_ != "embedded") return ExecuteElsewhere(store, hooks, context);
    if (!address_.empty()) {
      return Fail(Code::kInvalid, "an address is a cluster's: it needs --engine", address_,
                  "--address", "--engine ray or --engine spark");
    }
    if (recipe_.empty()) return ResumeRun(store, AllOperators(), resume_, options_, hooks);
    SIKU_TRY(const auto request, Request(context));
    return StartRun(store, AllOperators(), request, hooks);
  }
  // An engine that died wrote nothing down.
  static tl::unexpected<Error> Ended(Store& store, const std::string& run, const Error& error) {
    const bool interrupted = error.code == Code::kInterrupted;
    if (error.code != Code::kBusy) {  // else it is another process's
      (void)store.SetRunState(run, interrupted ? "interrupted" : "failed").has_value();
    }
    return tl::unexpected<Error>(error);
  }
  Result<RunSummary> ExecuteElsewhere(Store& store, const RunHooks& hooks,
                                      const Context& context) const {
    std::string run;
    if (!recipe_.empty()) {
      SIKU_TRY(const auto request, Request(context));
      SIKU_TRY(run, PlanRun(store, AllOperators(), request));
    } else {
      SIKU_TRY(const auto found, store.FindRun(resume_));
      run = found.id;
    }
    hooks.started(run);
    const auto absolute = [](const std::string& path) {
      return path.empty() ? path : std::filesystem::absolute(path).string();
    };
    // Of a run that another machine began this one has no folder yet.
    std::error_code ignored;
    std::filesystem::create_directories(store.RunFolder(run), ignored);
    const auto begun = std::chrono::steady_clock::now();
    const auto driven = DriveByEngine({.engine = engine_,
                                       .address = address_,
                                       .threads = options_.threads,
                                       .store = store_.AbsolutePath(),
                                       .index = store_.index(),
                                       .run = run,
                                       .folder = store.RunFolder(run),
                                       .seal_key = absolute(seal_.path()),
                                       .memory = options_.memory,
                                       .spill_limit = options_.spill_limit},
                                      hooks);
    if (!driven.has_value()) return Ended(store, run, driven.error());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    RunOptions ending = options_;
    ending.elsewhere = took.count();
    return ResumeRun(store, AllOperators(), run, ending, hooks);
  }
  Result<int> Plan(Store& store, Context& context) const {
    SIKU_TRY(const auto request, Request(context));
    SIKU_TRY(const auto run, PlanRun(store, AllOperators(), request));
    SIKU_TRY(const auto tasks, RunTasks::Open(store, AllOperators(), run, options_));
    nlohmann::ordered_json phases = nlohmann::ordered_json::array();
    for (const RunPhase& phase : tasks->phases()) {
      phases.push_back({{"stage", phase.stage}, {"step", phase.step}, {"tasks", phase.tasks}});
    }
    context.Line(nlohmann::ordered_json({{"run", run}, {"phases", phases}}).dump());
    return 0;
  }
  Result<int> Preview(Context& context) const {
    SIKU_TRY(const auto request, Request(context));
    // Looking leaves nothing where nothing was.
    std::error_code ignored;
    std::string passing;
    auto opened = store_.Open();
    if (!opened.has_value() && opened.error().code == Code::kNotFound) {
      passing = PassingStore(store_.path());
      opened = Store::Open(passing);
    }
    SIKU_TRY(auto store, std::move(opened));
    auto preview = PreviewRun(*store, AllOperators(), request);
    store.reset();
    if (!passing.empty()) std::filesystem::remove_all(passing, ignored);
    if (!preview.has_value()) return tl::make_unexpected(preview.error());
    context.Print(json_ ? PreviewJson(*preview) + "\n" : PreviewText(*preview, context));
    return 0;
  }
  static void ShowProgress(const RunProgress& progress, ProgressLine& line,
                           const Context& context) {
    if (!context.json()) return line.Show(progress);
    context.Event({{"progress",
                    {{"phase", progress.phase},
                     {"bytes_total", progress.bytes_total},
                     {"bytes_done", progress.bytes_done},
                     {"rows", progress.rows},
                     {"tasks_total", progress.tasks_total},
                     {"tasks_done", progress.tasks_done}}}});
  }
  void SayThatItHangs(const std::string& run, const Context& context) const {
    const Error hangs{Code::kInterrupted, "interrupted while the S3 server does not answer"};
    context.Complain(hangs);
    SayHowToResume(hangs, run, context);
  }
  void SayHowToResume(const Error& error, const std::string& run, const Context& context) const {
    constexpr std::array kResumable = {Code::kInterrupted, Code::kNoSpace, Code::kIo, Code::kLimit};
    // What one machine of a cluster lacks can be mended there.
    constexpr std::array kElsewhere = {Code::kNotFound, Code::kDenied, Code::kConflict};
    const auto among = [&](const auto& codes) {
      return std::find(codes.begin(), codes.end(), error.code) != codes.end();
    };
    const bool elsewhere = engine_ != "embedded";
    if (run.empty() || !(among(kResumable) || (elsewhere && among(kElsewhere)))) return;
    std::string command = "siku run --resume " + run;
    if (elsewhere) command += " --engine " + engine_;
    if (!address_.empty()) command += " --address '" + address_ + "'";
    context.Note(std::string(context.Say({"the run can go on: ", "可以继续："})) + command +
                 store_.ForCommand());
  }

  std::string recipe_;
  std::vector<std::string> overrides_{};
  std::string decisions_;
  std::string engine_ = "embedded";
  std::string address_;
  StoreOption store_{};
  SealOption seal_{};
  RunOptions options_{};
  int64_t threads_ = 0;
  int64_t splits_ = 0;
  bool dry_run_ = false;
  bool plan_ = false;
  bool json_ = false;
  std::string progress_ = "line";
  std::string resume_;
};

class Task final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional(
        "RUN", run_, {"as `siku run --plan` gave it", "siku run --plan 给出的编号"}, Offer::kRun);
    arguments.Positional("STAGE", stage_, {"of the phase", "阶段的级"}, Offer::kNothing);
    arguments.Positional("TASK", task_, {"from 0", "任务序号，从 0 起"}, Offer::kNothing);
    arguments.Option("--step", "STEP", phase_.step, {"of a reduction", "归并的步骤"});
    store_.Declare(arguments);
    seal_.Declare(arguments);
    arguments.Size("--memory", options_.memory,
                   {"memory the task may take [2GiB]", "可用内存 [2GiB]"});
    arguments.Size(
        "--spill-limit", options_.spill_limit,
        {"intermediates on disk; else as the disk allows", "磁盘上的中间数据上限；默认看磁盘"});
    arguments.Shows("siku task 20240501-120000-1a2b 0 3",
                    {"the fourth task of stage 0; doing it again is harmless",
                     "第 0 级的第四个任务；重复执行无害"});
  }
  Result<int> Run(Context&) override {
    constexpr int64_t kMost = std::numeric_limits<int>::max();
    SIKU_TRY(const int64_t stage, ParseInteger(stage_, 0, kMost, "STAGE"));
    SIKU_TRY(const int64_t task, ParseInteger(task_, 0, kMost, "TASK"));
    phase_.stage = static_cast<int>(stage);
    SIKU_TRY(options_.seal_key, seal_.Read());
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto run, store->FindRun(run_));
    if (run.state == "done") return 0;
    SIKU_TRY(const auto tasks, RunTasks::Open(*store, AllOperators(), run_, options_));
    SIKU_TRY(tasks->Do(phase_, static_cast<int>(task)));
    return 0;
  }

 private:
  std::string run_;
  std::string stage_;
  std::string task_;
  RunPhase phase_{};
  StoreOption store_{};
  SealOption seal_{};
  RunOptions options_{};
};

}  // namespace

std::unique_ptr<Command> MakeTask() { return Make<Task>(); }
std::unique_ptr<Command> MakeRun() { return Make<RunCommand>(); }

}  // namespace siku::cli
