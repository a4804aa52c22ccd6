// Costs of the language model that were looked up lately. What a text says it says again, and the
// model is larger than the caches of a processor: a look-up waits for memory five times or more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "siku/refine/tables.h"

namespace siku::refine {

/// The slot of a key among 2^bits: multiplicative hashing (Knuth, The Art of Computer Programming
/// 3, 6.4).
constexpr size_t SlotOf(uint64_t key, unsigned bits) {
  return static_cast<size_t>(key * 0x9E3779B97F4A7C15U >> (64 - bits));
}

class CostCache {
 public:
  /// The cache of this thread; it has no costs but those of `tables`.
  static CostCache& Of(const Tables& tables) {
    thread_local CostCache cache;
    if (cache.hash_ != tables.hash()) {
      cache.hash_ = tables.hash();
      cache.slots_.assign(kSlots, 0);
    }
    return cache;
  }

  /// What `look_up` gives for `next` behind `before` and `last`: 0 to 1023.
  template <class LookUp>
  int Cost(ModelId before, ModelId last, ModelId next, const LookUp& look_up) {
    // Never 0: the slots are empty at first.
    const uint64_t key = (uint64_t{before} << 26 | uint64_t{last} << 13 | next) + 1;
    uint64_t& slot = slots_[SlotOf(key, kSlotBits)];
    if (slot >> kCostBits != key) slot = key << kCostBits | static_cast<uint64_t>(look_up());
    return static_cast<int>(slot & ((uint64_t{1} << kCostBits) - 1));
  }

 private:
  static constexpr unsigned kSlotBits = 16, kCostBits = 10;
  static constexpr size_t kSlots = size_t{1} << kSlotBits;

  std::string hash_;
  std::vector<uint64_t> slots_;
};

}  // namespace siku::refine
