#include "commands/commands.h"

namespace siku::cli {
namespace {

class Version final : public Command {
 public:
  void Declare(Arguments&) override {}
  Result<int> Run(Context& context) override {
    context.Line("siku " SIKU_VERSION);
    return 0;
  }
};

}  // namespace

std::unique_ptr<Command> MakeVersion() { return Make<Version>(); }

}  // namespace siku::cli
