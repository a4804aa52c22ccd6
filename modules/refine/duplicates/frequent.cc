#include "duplicates/frequent.h"

#include <algorithm>
#include <atomic>

#include "duplicates/parallel.h"

namespace siku::refine::duplicates {
namespace {

constexpr uint64_t kTables = 16;  // filled in parallel
constexpr int kChunksInHand = 16;

}  // namespace

// In how many documents each hash stands. A free slot has count 0.
class DocumentCounts {
 public:
  DocumentCounts() : slots_(1024) {}
  void Add(const DocumentUnit& unit) {
    Slot& slot = slots_[Find(unit.hash)];
    if (slot.count == 0) {
      slot = {unit.hash, unit.document, 1};
      if (++used_ * 4 > slots_.size() * 3) Grow();
    } else if (slot.last != unit.document) {
      slot.last = unit.document;
      ++slot.count;
    }
  }
  int64_t Of(const UnitHash& hash) const { return slots_[Find(hash)].count; }

 private:
  struct Slot {
    UnitHash hash{};
    int64_t last = 0;  // the document that was counted last
    int64_t count = 0;
  };
  size_t Find(const UnitHash& hash) const {
    size_t at = hash.low & (slots_.size() - 1);
    while (slots_[at].count != 0 && slots_[at].hash != hash) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void Grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.count != 0) slots_[Find(slot.hash)] = slot;
    }
  }
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

// The share of all hashes that one pass looks at.
struct FrequentUnits::Part {
  uint64_t pass, passes;
  /// The table of a hash; nothing (kTables) where another pass looks at it.
  uint64_t TableOf(const UnitHash& hash) const {
    const uint64_t place = ((hash.high >> 32) * (passes * kTables)) >> 32;
    return place / kTables == pass ? place % kTables : kTables;
  }
};

FrequentUnits::FrequentUnits(const DocumentUnits& units, int64_t more_than,
                             const SeenOptions& options)
    : first_(static_cast<size_t>(units.chunks()) + 1) {
  ParallelFor(options.threads, units.chunks(), [&](int64_t chunk) {
    std::vector<DocumentUnit> found;
    units.Units(static_cast<int>(chunk), found);
    first_[static_cast<size_t>(chunk) + 1] = static_cast<int64_t>(found.size());
  });
  for (size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  const int64_t count = first_.back();
  frequent_.resize(static_cast<size_t>(count / 64 + 1));
  // 32 bytes a hash in tables that double: at the worst moment four times that.
  const auto passes = static_cast<uint64_t>(count * 128 / std::max<int64_t>(options.memory, 1) + 1);
  for (uint64_t pass = 0; pass < passes && !options.stopping(); ++pass) {
    std::vector<DocumentCounts> counts(kTables);
    Count(units, options, {pass, passes}, counts);
    Mark(units, more_than, options, {pass, passes}, counts);
  }
}

void FrequentUnits::Count(const DocumentUnits& units, const SeenOptions& options, Part part,
                          std::vector<DocumentCounts>& counts) const {
  std::vector<std::vector<std::vector<DocumentUnit>>> parted(kChunksInHand);
  for (int at = 0; at < units.chunks(); at += kChunksInHand) {
    const int now = std::min(kChunksInHand, units.chunks() - at);
    ParallelFor(options.threads, now, [&](int64_t i) {
      auto& own = parted[static_cast<size_t>(i)];
      own.assign(kTables, {});
      std::vector<DocumentUnit> found;
      units.Units(at + static_cast<int>(i), found);
      for (const DocumentUnit& unit : found) {
        if (const auto table = part.TableOf(unit.hash); table < kTables) own[table].push_back(unit);
      }
    });
    ParallelFor(options.threads, kTables, [&](int64_t index) {
      const auto table = static_cast<size_t>(index);
      for (int i = 0; i < now; ++i) {
        for (const DocumentUnit& unit : parted[static_cast<size_t>(i)][table]) {
          counts[table].Add(unit);
        }
      }
    });
  }
}

void FrequentUnits::Mark(const DocumentUnits& units, int64_t more_than, const SeenOptions& options,
                         Part part, const std::vector<DocumentCounts>& counts) {
  ParallelFor(options.threads, units.chunks(), [&](int64_t chunk) {
    std::vector<DocumentUnit> found;
    units.Units(static_cast<int>(chunk), found);
    int64_t number = first(static_cast<int>(chunk));
    for (const DocumentUnit& unit : found) {
      const int64_t own = number++;
      const auto table = part.TableOf(unit.hash);
      if (table == kTables || counts[table].Of(unit.hash) <= more_than) continue;
      std::atomic_ref<uint64_t> word(frequent_[static_cast<size_t>(own / 64)]);
      word.fetch_or(uint64_t{1} << (own % 64), std::memory_order_relaxed);
    }
  });
}

}  // namespace siku::refine::duplicates
