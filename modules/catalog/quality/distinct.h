// How many of many hashes differ, in memory that their number sets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "quality/cells.h"

namespace siku::catalog {

class DistinctHashes {
 public:
  /// 512 MiB of hashes.
  static constexpr int64_t kMost = int64_t{1} << 25;

  void Add(const CellHash& hash) {
    if (++count_ <= kMost) parts_[hash.low >> 56U].push_back(hash);
  }
  void Merge(DistinctHashes&& other);
  /// Nothing: there are more than kMost in all. Forgets the hashes.
  std::optional<int64_t> Count();

 private:
  std::array<std::vector<CellHash>, 256> parts_{};
  int64_t count_ = 0;
};

/// Which of hashes that come one by one were there before.
class SeenHashes {
 public:
  explicit SeenHashes(int64_t expected);
  /// The number of the first one that is equal; of a new one, `number` itself.
  int64_t First(const CellHash& hash, int64_t number);
  /// The number of one that is there; -1: none.
  int64_t Find(const CellHash& hash) const;

 private:
  struct Slot {
    CellHash hash{};
    int64_t number = -1;
  };
  void Grow();
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace siku::catalog
