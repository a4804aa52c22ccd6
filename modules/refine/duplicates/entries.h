// Documents beside the keys that they are grouped by.
#pragma once

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "duplicates/links.h"

namespace siku::refine::duplicates {

struct Entry {
  uint64_t key;
  uint32_t document;
};

/// Of so many ranges, in the order of the keys.
inline uint64_t RangeOf(uint64_t key, uint64_t ranges) { return ((key >> 32) * ranges) >> 32; }

/// Walks over the keys of a band in which the entries of one walk fit into memory.
inline uint64_t Walks(const LinkOptions& options, uint64_t documents) {
  const auto bytes = static_cast<int64_t>(documents * sizeof(Entry) * 2);  // vectors double
  return static_cast<uint64_t>(bytes / std::max<int64_t>(options.memory / 2, 1) + 1);
}

// Not worth it for kFew.
inline constexpr size_t kFew = 64;
/// Nearly all keys occur once; few of those are left to be sorted.
inline std::span<Entry> WithoutLone(std::span<Entry> entries) {
  const size_t places = std::bit_ceil(8 * entries.size() + 64);
  std::vector<uint64_t> once(places / 64), again(places / 64);
  for (const Entry& entry : entries) {
    const size_t at = entry.key & (places - 1);
    const uint64_t bit = uint64_t{1} << at % 64;
    again[at / 64] |= once[at / 64] & bit;
    once[at / 64] |= bit;
  }
  const auto end = std::remove_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    const size_t at = entry.key & (places - 1);
    return (again[at / 64] >> at % 64 & 1) == 0;
  });
  return entries.first(static_cast<size_t>(end - entries.begin()));
}

/// Calls `look` for the entries of each key that two or more have, in the order of the keys.
template <class Look>
void ForEachGroup(std::span<Entry> entries, const LinkOptions& options, const Look& look) {
  if (entries.size() > kFew) entries = WithoutLone(entries);
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : a.document < b.document;
  });
  for (size_t begin = 0; begin < entries.size() && !options.stopping();) {
    size_t end = begin + 1;
    while (end < entries.size() && entries[end].key == entries[begin].key) ++end;
    if (end > begin + 1) look(entries.subspan(begin, end - begin));
    begin = end;
  }
}

}  // namespace siku::refine::duplicates
