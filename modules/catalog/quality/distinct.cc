#include "quality/distinct.h"

#include <algorithm>
#include <bit>

namespace siku::catalog {
namespace {

/// A table as large as a part fits the processor's cache.
int64_t CountPart(const std::vector<CellHash>& part, std::vector<CellHash>& table) {
  const size_t size = std::bit_ceil(std::max<size_t>(part.size() * 2, 16));
  table.assign(size, CellHash{});
  int64_t different = 0;
  bool zero = false;
  for (const CellHash& hash : part) {
    if (hash == CellHash{}) {
      different += zero ? 0 : 1;
      zero = true;
      continue;
    }
    size_t place = hash.high & (size - 1);
    while (table[place] != CellHash{} && table[place] != hash) place = (place + 1) & (size - 1);
    if (table[place] == hash) continue;
    table[place] = hash;
    ++different;
  }
  return different;
}

}  // namespace

void DistinctHashes::Merge(DistinctHashes&& other) {
  count_ += other.count_;
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].empty()) {
      parts_[i] = std::move(other.parts_[i]);
    } else {
      parts_[i].insert(parts_[i].end(), other.parts_[i].begin(), other.parts_[i].end());
      std::vector<CellHash>().swap(other.parts_[i]);
    }
  }
}

std::optional<int64_t> DistinctHashes::Count() {
  int64_t different = 0;
  std::vector<CellHash> table;
  for (std::vector<CellHash>& part : parts_) {
    different += CountPart(part, table);
    std::vector<CellHash>().swap(part);
  }
  if (count_ > kMost) return std::nullopt;
  return different;
}

SeenHashes::SeenHashes(int64_t expected)
    : slots_(std::bit_ceil(static_cast<size_t>(std::max<int64_t>(expected, 8)) * 2)) {}

int64_t SeenHashes::First(const CellHash& hash, int64_t number) {
  if (used_ * 2 >= slots_.size()) Grow();
  const size_t mask = slots_.size() - 1;
  size_t place = hash.high & mask;
  while (slots_[place].number >= 0 && slots_[place].hash != hash) place = (place + 1) & mask;
  if (slots_[place].number >= 0) return slots_[place].number;
  slots_[place] = {hash, number};
  ++used_;
  return number;
}

int64_t SeenHashes::Find(const CellHash& hash) const {
  const size_t mask = slots_.size() - 1;
  size_t place = hash.high & mask;
  while (slots_[place].number >= 0 && slots_[place].hash != hash) place = (place + 1) & mask;
  return slots_[place].number;
}

void SeenHashes::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number < 0) continue;
    size_t place = slot.hash.high & mask;
    while (slots_[place].number >= 0) place = (place + 1) & mask;
    slots_[place] = slot;
  }
}

}  // namespace siku::catalog
