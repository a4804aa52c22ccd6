// The tables of the repair for operators: mapped once in a process.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "siku/refine/tables.h"

namespace siku::refine {

/// Shared by every step and thread.
Result<std::shared_ptr<const Tables>> SharedTables();
/// As Operator::TableHashes gives it; empty where there are no tables.
std::vector<std::pair<std::string, std::string>> SharedTableHashes();

}  // namespace siku::refine
