// Files of verdicts: what a keyed or global step says of the rows of every split, found once and
// applied when the rows pass again. One record batch per split, rows in key order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "siku/operator.h"

namespace siku::run {

/// What becomes of one row: it goes (`reason`), or its text is edited.
struct RowVerdict {
  RowKey key;
  std::string reason{};  // empty: the row stays
  std::string detail{};
  std::optional<RowKey> partner{};
  std::vector<Edit> edits{};  // of row 0
};

class VerdictFile {
 public:
  static Result<std::unique_ptr<VerdictFile>> Create(const std::string& path);
  ~VerdictFile();
  /// The verdicts of the next split.
  Result<void> Add(const std::vector<RowVerdict>& split);
  /// Completes and syncs.
  Result<void> Close();

 private:
  VerdictFile();
  struct State;
  std::unique_ptr<State> state_;
};

/// The verdicts of one split from the verdict files of all partitions, in key order.
Result<std::vector<RowVerdict>> ReadVerdicts(const std::vector<std::string>& files, int split);

}  // namespace siku::run
