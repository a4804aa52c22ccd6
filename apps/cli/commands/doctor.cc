// `siku doctor`: what this program runs on, and whether it is well.
#include <arrow/config.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "amount.h"
#include "commands/commands.h"
#include "siku/refine/script_converter.h"
#include "siku/refine/segmenter.h"
#include "siku/refine/tables.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

namespace fs = std::filesystem;

std::string System() {
  std::string name;
  std::ifstream release("/etc/os-release");
  for (std::string line; std::getline(release, line);) {
    if (line.starts_with("PRETTY_NAME=")) name = line.substr(12);
  }
  std::erase(name, '"');
  utsname kernel{};
  ::uname(&kernel);
  return fmt::format("{}, Linux {}, {}", name.empty() ? "?" : name, kernel.release, kernel.machine);
}

std::string ArrowLibrary() {
  Dl_info info{};
  // Any function of the library tells which file it lies in.
  if (::dladdr(reinterpret_cast<const void*>(&arrow::GetBuildInfo), &info) == 0 ||
      info.dli_fname == nullptr) {
    return "?";
  }
  std::error_code ignored;
  const fs::path file = fs::canonical(info.dli_fname, ignored);
  return ignored ? info.dli_fname : file.string();
}

int64_t Memory(const char* what) {
  std::ifstream info("/proc/meminfo");
  for (std::string name, unit; info >> name;) {
    int64_t kib = 0;
    info >> kib;
    std::getline(info, unit);
    if (name == what) return kib * 1024;
  }
  return 0;
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "-" : value;
}

class Doctor final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    store_.Declare(arguments);
    arguments.Shows("siku doctor", {"put it into a report of a problem", "报告问题时请附上"});
  }

  Result<int> Run(Context& context) override {
    const auto language = context.language();
    Line(context, {"siku", "四库"}, SIKU_VERSION);
    Line(context, {"system", "系统"}, System());
    Line(context, {"arrow", "Arrow"}, arrow::GetBuildInfo().version_string + ", " + ArrowLibrary());
    Line(context, {"threads", "线程"}, std::to_string(std::thread::hardware_concurrency()));
    Line(context, {"memory", "内存"},
         fmt::format(fmt::runtime(context.Say({"{}, {} free", "{}，可用 {}"})),
                     SizeText(Memory("MemTotal:"), language),
                     SizeText(Memory("MemAvailable:"), language)));
    Line(context, {"language", "语言"},
         fmt::format("{} (SIKU_LANG {}, LC_ALL {}, LANG {})", context.chinese() ? "zh" : "en",
                     Environment("SIKU_LANG"), Environment("LC_ALL"), Environment("LANG")));
    Line(
        context, {"colour", "颜色"},
        std::string(context.paint().on() ? context.Say({"on", "开"}) : context.Say({"off", "关"})) +
            fmt::format(fmt::runtime(context.Say({", {} columns", "，{} 列"})), context.columns()));
    const bool tables = Tables(context);
    const bool words = Words(context);
    const bool store = StoreState(context);
    return tables && words && store ? 0 : static_cast<int>(failed_);
  }

 private:
  static void Line(Context& context, const Text& name, const std::string& value) {
    context.Line(context.paint().Bold(Pad(context.Say(name), 10)) + value);
  }
  bool Problem(Context& context, const Text& name, const Error& error) {
    failed_ = error.code;
    Line(context, name, context.paint().Red(Describe(error, context.language())));
    return false;
  }

  bool Tables(Context& context) {
    const Text name = {"tables", "语言表"};
    const auto path = refine::Tables::Find();
    if (!path.has_value()) return Problem(context, name, path.error());
    const auto tables = refine::Tables::Open(*path);
    if (!tables.has_value()) return Problem(context, name, tables.error());
    Line(
        context, name,
        fs::path(*path).lexically_normal().string() + ", sha256 " + std::string((*tables)->hash()));
    return true;
  }

  bool Words(Context& context) {
    const Text words = {"words", "词表"}, scripts = {"scripts", "简繁表"};
    const auto segmenter = refine::Segmenter::Load();
    if (!segmenter.has_value()) return Problem(context, words, segmenter.error());
    for (const auto& [name, hash] : (*segmenter)->hashes()) {
      Line(context, words, name + ", sha256 " + hash);
    }
    const auto converter = refine::ScriptConverter::Load("t2s");
    if (!converter.has_value()) return Problem(context, scripts, converter.error());
    Line(context, scripts, "siku-scripts.tables, sha256 " + (*converter)->hash());
    return true;
  }

  bool StoreState(Context& context) {
    const Text name = {"store", "存储"};
    if (!store_.IsThere()) {
      Line(context, name,
           fmt::format(fmt::runtime(context.Say({"{}: none yet, {}", "{}：还没有，{}"})),
                       store_.path(), FreeIn(".", {"{} free", "剩余 {}"}, context)));
      return true;
    }
    auto store = store_.Open();
    if (!store.has_value()) return Problem(context, name, store.error());
    const auto datasets = (*store)->Datasets();
    if (!datasets.has_value()) return Problem(context, name, datasets.error());
    const auto runs = (*store)->Runs();
    if (!runs.has_value()) return Problem(context, name, runs.error());
    Line(context, name,
         fmt::format(
             fmt::runtime(context.Say({"{}: format {}, {}, {}, {}", "{}：格式 {}，{}，{}，{}"})),
             store_.path(), kStoreFormat,
             Count(context, static_cast<int64_t>(datasets->size()), "dataset", "datasets",
                   "个数据集"),
             Count(context, static_cast<int64_t>(runs->size()), "run", "runs", "次运行"),
             FreeIn((*store)->path(),
                    (*store)->path() == (*store)->place()
                        ? Text{"{} free", "剩余 {}"}
                        : Text{"{} free in its cache", "缓存剩余 {}"},
                    context)));
    return true;
  }

  static std::string FreeIn(const std::string& folder, const Text& words, const Context& context) {
    std::error_code error;
    const auto space = fs::space(folder, error);
    if (error) return {};
    return fmt::format(fmt::runtime(context.Say(words)),
                       SizeText(static_cast<int64_t>(space.available), context.language()));
  }

  StoreOption store_{};
  Code failed_ = Code::kInternal;
};

}  // namespace

std::unique_ptr<Command> MakeDoctor() { return Make<Doctor>(); }

}  // namespace siku::cli
