// The states that a search for a run's original keeps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "repair/language.h"

namespace siku::refine {

/// What was read of an original so far.
struct State {
  int cost = 0;  // tenths of a bit
  Context context{};
  uint8_t lead = 0;   // of the character whose trail byte comes next
  int32_t last = -1;  // index of its last character, in the order of reading
};

/// States that are alike have the same future.
inline bool Alike(const State& a, const State& b) {
  return a.context == b.context && a.lead == b.lead;
}

inline constexpr int kNoLimit = std::numeric_limits<int>::max();

/// The best states: so many at most, and so many of those that are alike.
class Beam {
 public:
  Beam(size_t most, size_t alike, int limit);

  /// What costs more has no place here.
  int limit() const { return std::min(limit_, full_); }
  void Lower(int limit) { limit_ = std::min(limit_, limit); }
  void Add(const State& state);
  /// One with as much room.
  Beam Empty();
  /// In order.
  std::vector<State> Take();

 private:
  void Prune();
  void DropAlike();

  size_t most_, alike_;
  int limit_, full_ = kNoLimit;
  std::vector<State> states_;
};

}  // namespace siku::refine
