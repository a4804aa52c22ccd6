// Counts grams exactly: a hash finds the place, the content decides. One table serves text after
// text: an epoch in each slot says whose it is, so that nothing is cleared between them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <string_view>
#include <vector>

namespace siku::refine::statistics {

/// Spreads the bits of a weak hash over all 64 (the finaliser of SplitMix64, Steele et al. 2014).
inline uint64_t Mixed(uint64_t hash) {
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBULL;
  return hash ^ (hash >> 31);
}

/// Of the bytes of a piece of text, eight at a time.
inline uint64_t HashOf(std::string_view bytes) {
  uint64_t hash = bytes.size() * 0x9E3779B97F4A7C15ULL;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    hash = (hash ^ word) * 0xBF58476D1CE4E5B9ULL;
    hash ^= hash >> 32;
  }
  uint64_t rest = 0;
  if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
  return Mixed(hash ^ rest);
}

class GramTable {
 public:
  /// Forgets all grams and makes room for `grams` of them. At most 2^30.
  void Begin(size_t grams) {
    // Small tables are kept emptier: what is mispredicted there costs more than the cache does.
    const size_t room = grams <= kSmallTable ? grams * 4 : grams * 2;
    const size_t slots = std::bit_ceil(std::max<size_t>(room, 64));
    if (slots > slots_.size()) {
      slots_.assign(slots, 0);
      counts_.resize(slots);
      epoch_ = 0;
    }
    shift_ = 64 - std::countr_zero(slots);
    mask_ = slots - 1;
    repeated_.clear();
    distinct_ = 0;
    if (++epoch_ == kEpochs) {
      std::fill(slots_.begin(), slots_.end(), 0);
      epoch_ = 1;
    }
  }

  void Prefetch(uint64_t mixed) const { __builtin_prefetch(&slots_[mixed >> shift_], 1); }

  /// Counts the gram at `position`. `equal(first)` says whether it is the gram that was first seen
  /// at `first`. Returns where this gram was first seen.
  template <class Equal>
  uint32_t Add(uint64_t mixed, uint32_t position, const Equal& equal) {
    // Epoch and tag of the hash above, then whether the gram was met again, then the position.
    const uint64_t stamp = uint64_t{epoch_} << 48 | (mixed >> 20 & 0x7FFFU) << 33;
    uint64_t* const slots = slots_.data();
    for (size_t at = mixed >> shift_, mask = mask_;; at = (at + 1) & mask) {
      const uint64_t slot = slots[at];
      if ((slot ^ stamp) >> 48 != 0) {
        slots[at] = stamp | position;
        ++distinct_;
        return position;
      }
      if (((slot ^ stamp) >> 33) != 0 || !equal(static_cast<uint32_t>(slot))) continue;
      if ((slot & kRepeated) == 0) {
        slots[at] |= kRepeated;
        counts_[at] = 1;
        repeated_.push_back(static_cast<uint32_t>(at));
      }
      ++counts_[at];
      return static_cast<uint32_t>(slot);
    }
  }

  uint64_t distinct() const { return distinct_; }
  uint64_t repeated() const { return repeated_.size(); }
  /// Calls `visit(first position, count)` for each gram met more than once, in no useful order.
  template <class Visit>
  void ForEachRepeated(const Visit& visit) const {
    for (const uint32_t at : repeated_) visit(static_cast<uint32_t>(slots_[at]), counts_[at]);
  }

 private:
  static constexpr uint64_t kRepeated = uint64_t{1} << 32;
  static constexpr uint32_t kEpochs = 1 << 16;
  static constexpr size_t kSmallTable = 1 << 14;
  std::vector<uint64_t> slots_{};
  std::vector<uint32_t> counts_{};
  std::vector<uint32_t> repeated_{};
  uint64_t distinct_ = 0;
  size_t mask_ = 0;
  int shift_ = 0;
  uint32_t epoch_ = 0;
};

/// How often counts above one occur.
class CountHistogram {
 public:
  void Clear() {
    small_.fill(0);
    large_.clear();
  }
  void Add(uint32_t count) { ++(count < kSmall ? small_[count] : large_[count]); }
  /// Calls `visit(count, grams)` from the largest count down.
  template <class Visit>
  void ForEachDown(const Visit& visit) const {
    for (auto at = large_.rbegin(); at != large_.rend(); ++at) visit(at->first, at->second);
    for (uint32_t count = kSmall; count-- > 0;) {
      if (small_[count] != 0) visit(count, small_[count]);
    }
  }
  /// The sum of the `top` largest counts; all of them where there are fewer.
  uint64_t SumOfLargest(uint64_t top) const {
    uint64_t sum = 0;
    ForEachDown([&](uint32_t count, uint64_t grams) {
      const uint64_t taken = std::min(top, grams);
      sum += taken * count;
      top -= taken;
    });
    return sum;
  }
  uint64_t Sum() const { return SumOfLargest(UINT64_MAX); }
  uint64_t Largest() const { return SumOfLargest(1); }

 private:
  static constexpr uint32_t kSmall = 64;
  std::array<uint64_t, kSmall> small_{};
  std::map<uint32_t, uint64_t> large_{};
};

}  // namespace siku::refine::statistics
