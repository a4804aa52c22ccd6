// `siku audit verify`: whether the catalogue's audit log is whole.
#include <fmt/format.h>

#include <filesystem>

#include "amount.h"
#include "catalogue_option.h"
#include "commands/commands.h"
#include "siku/catalog/catalog.h"
#include "store_option.h"

namespace siku::cli {
namespace {

class Verify final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    catalogue_.Declare(arguments);
    store_.Declare(arguments);
    arguments.Shows("siku audit verify", {"hash the chain of ./.siku again; 12 if it is broken",
                                          "重新核对 ./.siku 的审计链；断裂时退出码为 12"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto store, store_.Open());
    const std::string database = catalogue_.PlaceIn(*store);
    const bool file = database.find("://") == std::string::npos;
    if (file && !std::filesystem::exists(database)) {
      return Fail(Code::kNotFound, "the store has no catalogue", store->path(), {},
                  "`siku serve` makes one");
    }
    SIKU_TRY(const auto verdict, catalog::VerifyAuditOf(database));
    if (verdict.broken) {
      return Fail(Code::kUnbalanced, "the audit log was changed: this entry does not follow",
                  std::to_string(*verdict.broken));
    }
    context.Line(Count(context, verdict.entries, "entry, the chain holds",
                       "entries, the chain holds", "条记录，审计链完整"));
    return 0;
  }

 private:
  CatalogueOption catalogue_{};
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeAuditVerify() { return Make<Verify>(); }

}  // namespace siku::cli
