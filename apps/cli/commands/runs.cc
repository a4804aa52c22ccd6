// `siku runs`: the runs of a store, newest last.
#include <algorithm>

#include "amount.h"
#include "commands/commands.h"
#include "siku/run.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

class Runs final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    store_.Declare(arguments);
    arguments.Shows("siku runs", {"all runs, the newest last", "所有运行，最近的在最后"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(auto runs, store->Runs());
    std::sort(runs.begin(), runs.end(), [](const RunInfo& a, const RunInfo& b) {
      return a.created != b.created ? a.created < b.created : a.id < b.id;
    });
    const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
    Table table({say({"run", "运行"}), say({"state", "状态"}), say({"started (UTC)", "开始 (UTC)"}),
                 say({"recipe", "配方"})});
    for (const RunInfo& run : runs) {
      table.Add({run.id, say(StateText(run.state)), TimeText(run.created), run.recipe});
    }
    if (table.empty()) return 0;
    context.Print(table.Print(static_cast<size_t>(context.columns()), context.paint().on()));
    return 0;
  }

 private:
  static Text StateText(const std::string& state) {
    if (state == "done") return {"done", "完成"};
    if (state == "running") return {"running", "进行中"};
    if (state == "interrupted") return {"interrupted", "已中断"};
    return {"failed", "失败"};
  }
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeRuns() { return Make<Runs>(); }

}  // namespace siku::cli
