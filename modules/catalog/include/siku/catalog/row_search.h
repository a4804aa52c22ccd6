// Search inside the rows of published versions: a row is found by a query if the folded text of its
// cells has the terms as substrings, as datasets are by theirs (search.h). A file of signatures for
// each large version says which blocks of rows may have them; these are read and looked at, so the
// answer equals looking at all rows.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "siku/catalog/catalog.h"
#include "siku/result.h"

namespace siku::catalog {

struct RowSearch {
  std::string text{};  // as people type it; fields of datasets say nothing of rows
  int64_t offset = 0;  // of the rows that fit
  int64_t limit = 50;
  std::chrono::steady_clock::time_point until{};
};

/// {total, complete, columns, rows, numbers, highlights}: of the rows that fit as many as `limit`
/// says, each with its place in what may be read, from 0, and for each cell where terms stand in
/// it, in code points. A cell's text is the one that is shown; a term may not span two cells. Not
/// `complete`: the time was over, and `total` is how many were found. kInvalid: a query without a
/// term to look for. kDenied: no column may be read.
Result<nlohmann::json> SearchRows(const Store& store, const Readable& readable,
                                  const RowSearch& search);

/// Whether there are signatures, or the version is so small that it needs none.
bool HasSignatures(const Store& store, const Readable& readable);
/// Makes them, in the store's folder `signatures`, of what may be read alone; what is there already
/// stays. All of them have 8 GiB, and what was not asked for longest goes. `stop` gives up:
/// kInterrupted.
Result<void> MakeSignatures(const Store& store, const Readable& readable,
                            const std::atomic<bool>& stop);

}  // namespace siku::catalog
