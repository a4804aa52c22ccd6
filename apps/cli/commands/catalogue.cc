// `siku catalogue copy`: from SQLite to PostgreSQL, and back.
#include <fmt/format.h>

#include "amount.h"
#include "catalogue_option.h"
#include "commands/commands.h"
#include "siku/catalog/catalog.h"
#include "store_option.h"

namespace siku::cli {
namespace {

class Copy final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("TO", to_,
                         {"an empty database: postgresql://…, or the path of a new SQLite file",
                          "空的数据库：postgresql://…，或新 SQLite 文件的路径"},
                         Offer::kFile);
    catalogue_.Declare(arguments);
    store_.Declare(arguments);
    arguments.Shows(
        "siku catalogue copy postgresql://siku@db/city",
        {"the catalogue of ./.siku into PostgreSQL", "把 ./.siku 的目录复制到 PostgreSQL"});
    arguments.Shows("siku catalogue copy .siku/catalogue.db --catalogue postgresql://siku@db/city",
                    {"and back", "再复制回来"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto store, store_.Open());
    SIKU_TRY(const int64_t rows, catalog::CopyCatalogue(catalogue_.PlaceIn(*store), to_));
    context.Line(Count(context, rows, "row copied", "rows copied", "行已复制"));
    return 0;
  }

 private:
  std::string to_{};
  CatalogueOption catalogue_{};
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeCatalogueCopy() { return Make<Copy>(); }

}  // namespace siku::cli
