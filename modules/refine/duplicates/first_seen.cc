#include "duplicates/first_seen.h"

#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "duplicates/parallel.h"

namespace siku::refine::duplicates {
namespace {

constexpr uint64_t kParts = 16;  // looked at in parallel
constexpr int kChunksInHand = 16;

// A set of hashes; {0, 0} marks a free place, and a unit of that hash is kept beside.
class HashSet {
 public:
  HashSet() : slots_(1024) {}
  /// Whether it was there before.
  bool Add(const UnitHash& hash) {
    if (hash == UnitHash{}) return std::exchange(zero_, true);
    uint64_t slot = Slot(hash);
    for (; slots_[slot] != UnitHash{}; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot] == hash) return true;
    }
    slots_[slot] = hash;
    if (++count_ * 4 > slots_.size() * 3) Grow();
    return false;
  }

 private:
  uint64_t Slot(const UnitHash& hash) const { return hash.low & (slots_.size() - 1); }
  void Grow() {
    std::vector<UnitHash> old(slots_.size() * 2);
    old.swap(slots_);
    for (const UnitHash& hash : old) {
      if (hash == UnitHash{}) continue;
      uint64_t slot = Slot(hash);
      while (slots_[slot] != UnitHash{}) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = hash;
    }
  }
  std::vector<UnitHash> slots_;
  size_t count_ = 0;
  bool zero_ = false;
};

struct Numbered {
  UnitHash hash;
  int64_t number;
};
using Parted = std::vector<std::vector<Numbered>>;

void PartChunk(const Units& units, int chunk, int64_t first, uint64_t pass, uint64_t passes,
               Parted& out) {
  std::vector<UnitHash> hashes;
  units.Hashes(chunk, hashes);
  out.resize(kParts);
  for (auto& part : out) part.clear();
  for (size_t i = 0; i < hashes.size(); ++i) {
    const uint64_t place = ((hashes[i].high >> 32) * (passes * kParts)) >> 32;
    if (place / kParts != pass) continue;
    out[place % kParts].push_back({hashes[i], first + static_cast<int64_t>(i)});
  }
}

}  // namespace

UnitHash HashUnit(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

SeenUnits::SeenUnits(const Units& units, const SeenOptions& options)
    : first_(static_cast<size_t>(units.chunks()) + 1) {
  ParallelFor(options.threads, units.chunks(), [&](int64_t chunk) {
    std::vector<UnitHash> hashes;
    units.Hashes(static_cast<int>(chunk), hashes);
    first_[static_cast<size_t>(chunk) + 1] = static_cast<int64_t>(hashes.size());
  });
  for (size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  const int64_t count = first_.back();
  seen_.resize(static_cast<size_t>(count / 64 + 1));
  // 16 bytes a hash in tables that double: at the worst moment four times that.
  const auto passes = static_cast<uint64_t>(count * 64 / std::max<int64_t>(options.memory, 1) + 1);
  for (uint64_t pass = 0; pass < passes && !options.stopping(); ++pass) {
    Pass(units, options, pass, passes);
  }
}

void SeenUnits::Pass(const Units& units, const SeenOptions& options, uint64_t pass,
                     uint64_t passes) {
  std::vector<HashSet> sets(kParts);
  std::vector<Parted> parted(kChunksInHand);
  for (int at = 0; at < units.chunks(); at += kChunksInHand) {
    const int now = std::min(kChunksInHand, units.chunks() - at);
    ParallelFor(options.threads, now, [&](int64_t i) {
      const int chunk = at + static_cast<int>(i);
      PartChunk(units, chunk, first(chunk), pass, passes, parted[static_cast<size_t>(i)]);
    });
    ParallelFor(options.threads, kParts, [&](int64_t index) {
      const auto part = static_cast<size_t>(index);
      for (int i = 0; i < now; ++i) {
        for (const Numbered& unit : parted[static_cast<size_t>(i)][part]) {
          if (!sets[part].Add(unit.hash)) continue;
          std::atomic_ref<uint64_t> word(seen_[static_cast<size_t>(unit.number / 64)]);
          word.fetch_or(uint64_t{1} << (unit.number % 64), std::memory_order_relaxed);
        }
      }
    });
  }
}

}  // namespace siku::refine::duplicates
