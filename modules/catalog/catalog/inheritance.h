// What a version of the store was made of, as far as the catalogue knows it: its class and the
// columns that are withheld pass on to what is made of it, and its rules.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "database/database.h"
#include "siku/catalog/access.h"
#include "siku/catalog/model.h"
#include "siku/result.h"
#include "siku/store.h"

namespace siku::catalog {

struct Inheritance {
  OpenClass open_class = OpenClass::kUnconditional;  // the strictest
  std::string dataset{};                             // of the catalogue, that has it
  std::set<std::string> withheld{};                  // names of columns
  std::vector<AccessRule> rules{};
  std::string withdrawn{};  // a version that was; empty: none
};

/// All that a version was made of, directly or over other versions, by the runs that made them. It
/// never changes, so it is read before the transaction that others wait for.
struct Ancestors {
  std::vector<VersionInfo> versions{};
  bool rejects = false;  // has records as they stood in a file, with all of its columns
};
Result<Ancestors> AncestorsOf(const Store& store, const VersionInfo& version);
/// What the catalogue says of them now.
Result<Inheritance> InheritedFrom(Database& database, const Ancestors& ancestors);

/// The rules as they hold for a version with these columns. One whose condition cannot be judged by
/// them lets those whom it restricts read nothing.
std::vector<AccessRule> RulesFor(const Schema& schema, const std::vector<AccessRule>& rules);

}  // namespace siku::catalog
