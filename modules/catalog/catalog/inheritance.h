// What a version of the store was made of, as far as the catalogue knows it: its class and the
// columns that are withheld pass on to what is made of it.
#pragma once

#include <set>
#include <string>

#include "database/database.h"
#include "siku/catalog/model.h"
#include "siku/result.h"
#include "siku/store.h"

namespace siku::catalog {

struct Inheritance {
  OpenClass open_class = OpenClass::kUnconditional;  // the strictest
  std::string dataset{};                             // of the catalogue, that has it
  std::set<std::string> withheld{};                  // names of columns
};

/// Of all that a version was made of, directly or over other versions, by the runs that made them.
Result<Inheritance> InheritedBy(Database& database, const Store& store, const VersionInfo& version);

}  // namespace siku::catalog
