// What a run changed in single rows of a version that it made: the preview's way into the ledger.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "siku/result.h"
#include "siku/store.h"

namespace siku {

/// What one step changed in one text of a row; its delta leads back from the text after it to the
/// one before (siku/ledger.h).
struct StepChange {
  std::string step;
  std::string op;
  std::string column;
  bool sealed = false;  // what it changed, and what was changed before it, needs the owner's key
  std::string delta{};
  std::vector<std::string> rules{};  // names; StoredEdit::rule indexes them
};

/// Of rows [offset, offset + limit) of the version, each with the changes of its texts, the last
/// step first, back to where the row was cut out of another. Empty for a version that no run made.
/// kLimit: not found by `until`.
Result<std::vector<std::vector<StepChange>>> RowHistories(
    Store& store, const VersionInfo& version, int64_t offset, int64_t limit,
    std::chrono::steady_clock::time_point until);

}  // namespace siku
