// What tasks on parts of the sketches find for refine.duplicates.minhash, so that the task that
// resolves need not: groups of equal keys, then similarities. It comes to the same without them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "duplicates/links.h"
#include "siku/operator.h"

namespace siku::refine {

/// Rounds of the parts, in their order.
inline constexpr int kGroupRound = 0;
inline constexpr int kCompareRound = 1;

/// The groups of the ranges of keys that are the part's: a batch a range, column `documents`, a
/// list a group.
Result<std::vector<Batch>> FindGroupsOf(const duplicates::Documents& documents,
                                        const duplicates::LinkOptions& options, int part,
                                        int parts);

/// Similarities within the groups whose least document is the part's, of `grouped` (what the group
/// round left): columns `first`, `second`, `similarity`, sorted.
Result<std::vector<Batch>> CompareOf(const duplicates::Documents& documents,
                                     const duplicates::LinkOptions& options,
                                     const std::vector<std::vector<Batch>>& grouped, int part,
                                     int parts);

/// What the rounds left, as the kernel wants it. Refers to the batches.
class FoundByParts {
 public:
  FoundByParts(const AllRows& rows, int bands);
  /// Of each band; empty where nobody did the round.
  const std::vector<std::vector<duplicates::GroupList>>& groups() const { return groups_; }
  bool has_similarities() const { return !pairs_.empty(); }
  std::optional<double> Similarity(uint32_t least, uint32_t first, uint32_t second) const;

 private:
  struct Pairs {
    const uint32_t* first;
    const uint32_t* second;
    const double* similarity;
    size_t size;
  };
  std::vector<std::vector<duplicates::GroupList>> groups_;
  std::vector<Pairs> pairs_;
};

}  // namespace siku::refine
