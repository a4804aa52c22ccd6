#include "catalogue_option.h"

#include <cstdlib>

namespace siku::cli {

void CatalogueOption::Declare(Arguments& arguments) {
  arguments.Option("--catalogue", "PLACE", given_,
                   {"postgresql://… of a database for it; else $SIKU_CATALOGUE, else SQLite in the "
                    "store",
                    "目录所在的 PostgreSQL 数据库；默认 $SIKU_CATALOGUE，再默认存储中的 SQLite"});
}

std::string CatalogueOption::PlaceIn(const Store& store) const {
  if (!given_.empty()) return given_;
  const char* variable = std::getenv("SIKU_CATALOGUE");
  if (variable != nullptr && *variable != '\0') return variable;
  return store.path() + "/catalogue.db";
}

}  // namespace siku::cli
