// `siku ops`: what operators there are, and what one does.
#include "commands/commands.h"
#include "operators.h"
#include "table.h"

namespace siku::cli {
namespace {

class Ops final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, {"an operator, in full", "要完整显示的算子"},
                         Offer::kOperator, false);
    arguments.Shows("siku ops", {"all operators, a line each", "所有算子，每个一行"});
    arguments.Shows("siku ops refine.text.repair",
                    {"its parameters, rules and flags", "它的参数、规则和标记"});
  }

  Result<int> Run(Context& context) override {
    Table table({std::string(context.Say({"operator", "算子"})),
                 std::string(context.Say({"what it does", "作用"}))});
    for (const Operator* op : AllOperators().All()) {
      const Record& record = op->record();
      table.Add({record.name, context.chinese() ? record.summary_zh : record.summary});
    }
    context.Print(table.Print(static_cast<size_t>(context.columns()), context.paint().on()));
    return 0;
  }

 private:
  std::string name_;
};

}  // namespace

std::unique_ptr<Command> MakeOps() { return Make<Ops>(); }

}  // namespace siku::cli
