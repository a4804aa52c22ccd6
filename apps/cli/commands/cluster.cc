// `siku cluster doctor`: versions, memory, the store and a test batch, on every worker.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "amount.h"
#include "commands/commands.h"
#include "engine_process.h"
#include "stop.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

using nlohmann::json;

struct Advice {
  const char* kind;
  Text what;  // {0}: host, {1}: what it has, {2}: what is wanted
  Text todo;
};
constexpr Advice kAdvice[] = {
    {"no_workers",
     {"the cluster has no workers", "集群没有工作进程"},
     {"start some: `ray start --address=HEAD`, or Spark's start-worker.sh",
      "请先启动：`ray start --address=HEAD`，或 Spark 的 start-worker.sh"}},
    {"store",
     {"{0} cannot open the store: {1}", "{0} 打不开数据仓：{1}"},
     {"put the store into a folder that every machine sees by the same path, its index into "
      "PostgreSQL (--index)",
      "把数据仓放到各机以同一路径可见的目录，索引放到 PostgreSQL（--index）"}},
    {"memory",
     {"{0} has {1} bytes of memory, a task may take {2}",
      "{0} 有 {1} 字节内存，而一个任务可用 {2}"},
     {"lower --memory, or use larger machines", "调低 --memory，或使用更大的机器"}},
    {"siku",
     {"{0} has siku {1}, the driver {2}", "{0} 的 siku 为 {1}，驱动端为 {2}"},
     {"install the same wheel on every machine", "在每台机器上安装同一个 wheel"}},
    {"pyarrow",
     {"{0} has pyarrow {1}, the driver {2}", "{0} 的 pyarrow 为 {1}，驱动端为 {2}"},
     {"install the same pyarrow on every machine", "在每台机器上安装同一版本的 pyarrow"}},
    {"engine",
     {"{0} has version {1} of the engine, the driver {2}", "{0} 的引擎版本为 {1}，驱动端为 {2}"},
     {"install the same version on every machine", "在每台机器上安装同一版本"}},
    {"python",
     {"{0} has Python {1}, the driver {2}x", "{0} 的 Python 为 {1}，驱动端为 {2}x"},
     {"use one Python (major.minor) everywhere: tasks are pickled",
      "各处使用同一 Python 版本（主次版本号）：任务以 pickle 传递"}},
    {"machine",
     {"{0} is {1}, the driver {2}", "{0} 为 {1}，驱动端为 {2}"},
     {"results are meant to be the same, but such mixtures are not tested",
      "结果本应相同，但这种混合未经测试"}},
    {"batch",
     {"{0} makes something else of the same texts", "{0} 对同样的文本得出了不同的结果"},
     {"install the same wheel there, and tell us", "请在那里安装同一个 wheel，并告诉我们"}},
};

class ClusterDoctor final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Choice("--engine", {"ray", "spark"}, engine_, {"whose cluster it is", "哪种集群"});
    arguments.Option("--address", "ADDRESS", address_,
                     {"as for `siku run`; else a local one", "同 `siku run`；默认本机集群"});
    arguments.Size("--memory", memory_,
                   {"that a task may take [2GiB]", "一个任务可用的内存 [2GiB]"});
    store_.Declare(arguments);
    arguments.Flag("--json", json_, {"print all as JSON", "以 JSON 输出全部"});
    arguments.Shows("siku cluster doctor --engine ray --address auto",
                    {"of the Ray that runs here", "检查此处正在运行的 Ray"});
  }

  Result<int> Run(Context& context) override {
    if (engine_.empty()) {
      return Fail(Code::kInvalid, "an argument is missing", "--engine", "siku cluster doctor",
                  "`siku COMMAND --help` shows what a command takes");
    }
    CatchStops();
    SIKU_TRY(store_.UseEndpoint());
    const bool asked = store_.IsNamed() || store_.IsThere();
    if (asked) {
      SIKU_TRY(const auto here, store_.Open());
    }
    std::error_code ignored;
    const auto log = std::filesystem::temp_directory_path(ignored) /
                     fmt::format("siku-cluster-{}.log", ::getpid());
    SIKU_TRY(const auto found, ExamineCluster({.engine = engine_,
                                               .address = address_,
                                               .store = asked ? store_.AbsolutePath() : "",
                                               .index = store_.index(),
                                               .memory = memory_},
                                              log.string(), {.stop = &StopFlag()}));
    std::filesystem::remove(log, ignored);
    const json examined = json::parse(found);
    context.Print(json_ ? found + "\n" : TextOf(examined, context));
    if (!asked) {
      context.Note(std::string(context.Say({"note: no store was looked at; --store names one",
                                            "提示：没有检查数据仓；可用 --store 指定"})));
    }
    return examined.at("findings").empty() ? 0 : static_cast<int>(Code::kUnsupported);
  }

 private:
  static std::string TextOf(const json& examined, const Context& context) {
    const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
    Table table({say({"worker", "工作进程"}), "siku", "pyarrow", say({"engine", "引擎"}), "Python",
                 say({"cores", "核"}), say({"memory", "内存"}), say({"batch", "测试批"})});
    table.Right(5).Right(6);
    const auto add = [&](const std::string& name, const json& one) {
      table.Add({name, one.at("siku"), one.at("pyarrow"), one.at("engine"), one.at("python"),
                 std::to_string(one.at("cores").get<int>()),
                 SizeText(one.at("memory"), context.language()),
                 one.at("batch").get<std::string>().substr(0, 8)});
    };
    add(say({"(driver)", "（驱动端）"}), examined.at("driver"));
    for (const json& worker : examined.at("workers")) add(worker.at("host"), worker);
    const auto width = static_cast<size_t>(context.columns());
    std::string text = table.Print(width, context.paint().on()) + "\n";
    for (const auto& [name, value] : examined.at("settings").items()) {
      text += name + " " + value.get<std::string>() + "\n";
    }
    text += "\n";
    if (examined.at("findings").empty()) {
      return text + say({"every worker is as the driver, and made the same of a test batch\n",
                         "每个工作进程都与驱动端一致，测试批结果相同\n"});
    }
    for (const json& finding : examined.at("findings")) text += FindingText(finding, context);
    return text;
  }
  static std::string FindingText(const json& finding, const Context& context) {
    const auto field = [&](const char* name) { return finding.at(name).get<std::string>(); };
    for (const Advice& advice : kAdvice) {
      if (field("kind") != advice.kind) continue;
      const std::string has = field("has").empty() ? "-" : field("has");
      return fmt::format(fmt::runtime(context.Say(advice.what)), field("host"), has,
                         field("wanted")) +
             "\n  " + std::string(context.Say(advice.todo)) + "\n";
    }
    return field("kind") + " " + field("host") + " " + field("has") + "\n";
  }

  std::string engine_;
  std::string address_;
  int64_t memory_ = int64_t{2} << 30;
  StoreOption store_{};
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeClusterDoctor() { return Make<ClusterDoctor>(); }

}  // namespace siku::cli
