// The one task of a global step: it sees the sketches of all splits, mapped from their files, and
// leaves verdicts and side rows split by split. Before it, tasks of rounds do parts of its work.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "sealed_file.h"
#include "siku/operator.h"

namespace siku::run {

struct GlobalTask {
  const GlobalBound* bound = nullptr;
  const Record* record = nullptr;
  std::vector<std::string> sketches{};  // per split; empty: the split had no rows
  /// Per split: the mapped spool of the input, where sketches leave columns to it; else empty.
  std::vector<std::string> inputs{};
  /// By round: files of all parts that were done beforehand.
  std::vector<std::vector<std::string>> left{};
  RunKey key{};                // null: nothing is sealed
  std::string spill_folder{};  // emptied first, removed at the end
  int64_t memory = 0;          // bytes beside mapped pages
  int threads = 1;
  const std::atomic<bool>* stop = nullptr;
  // Of ResolveGlobal alone.
  std::string verdicts{};  // file to write
  std::string side{};      // file to write where the operator has a second port; else empty
};
Result<void> ResolveGlobal(const GlobalTask& task);

/// Does a part of a round; what it leaves goes to the file `out`.
Result<void> DoGlobalPart(const GlobalTask& task, int round, int part, int parts,
                          const std::string& out);

/// The side rows of one split, hidden columns first, in key order.
Result<Batch> ReadSide(const std::string& path, int split);

}  // namespace siku::run
