// `siku ops`: what operators there are, and what one does.
#include <algorithm>

#include "commands/commands.h"
#include "operators.h"
#include "siku/manual.h"
#include "siku/plugins.h"
#include "siku/utf8.h"
#include "table.h"

namespace siku::cli {
namespace {

class Ops final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, {"an operator, in full", "要完整显示的算子"},
                         Offer::kOperator, false);
    arguments.Flag(
        "--json", json_,
        {"the records, for forms and other programs", "输出 JSON，供表单和其他程序使用"});
    arguments.Flag("--markdown", markdown_,
                   {"the manual: docs/operators.md", "手册：docs/operators.md"});
    DeclarePlugins(arguments, plugins_);
    arguments.Shows("siku ops", {"all operators, a line each", "所有算子，每个一行"});
    arguments.Shows("siku ops refine.text.repair",
                    {"its parameters, rules and flags", "它的参数、规则和标记"});
    arguments.Shows("siku ops --plugin ops.py my.text.shout",
                    {"an operator of one's own", "自己的算子"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto known, WithPlugins(AllOperators(), plugins_, "."));
    if (!name_.empty()) {
      SIKU_TRY(const Operator* op, known.Find(name_));
      context.Print(json_ ? RecordJson(op->record()) + "\n"
                          : OperatorHelp(op->record(), context.language(), context.columns()));
      return 0;
    }
    if (markdown_) {
      context.Print(OperatorManual(known, context.language()));
      return 0;
    }
    if (json_) {
      PrintJson(known, context);
    } else {
      PrintList(known, context);
    }
    return 0;
  }

 private:
  static void PrintJson(const OperatorSet& known, Context& context) {
    std::string list;
    for (const Operator* op : known.All()) {
      list += (list.empty() ? "" : ",\n") + RecordJson(op->record());
    }
    context.Print("[" + list + "]\n");
  }
  static void PrintList(const OperatorSet& known, Context& context) {
    size_t widest = 0;
    for (const Operator* op : known.All()) {
      widest = std::max(widest, utf8::Width(op->record().name));
    }
    std::string module;
    for (const Operator* op : known.All()) {
      const Record& record = op->record();
      const std::string own = record.name.substr(0, record.name.find('.'));
      if (own != module) context.Line((module.empty() ? "" : "\n") + context.paint().Bold(own));
      module = own;
      context.Line("  " + context.paint().Cyan(Pad(record.name, widest)) + "  " +
                   Wrap(context.chinese() ? record.summary_zh : record.summary,
                        static_cast<size_t>(context.columns()), widest + 4));
    }
  }

  std::string name_;
  std::vector<std::string> plugins_{};
  bool json_ = false;
  bool markdown_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeOps() { return Make<Ops>(); }

}  // namespace siku::cli
