// Groups of documents that share the key of a band, found in ranges of the keys: each range by
// itself, so that several tasks can find them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace siku::refine::duplicates {

class Documents;
struct LinkOptions;

/// Groups of at least two documents, one behind the other in the order of their keys. Within a
/// group documents ascend.
struct GroupList {
  std::span<const uint32_t> documents{};
  std::span<const int64_t> offsets{};  // one more than there are groups; empty where there are none
  size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::span<const uint32_t> operator[](size_t i) const {
    const auto begin = static_cast<size_t>(offsets[i]);
    return documents.subspan(begin, static_cast<size_t>(offsets[i + 1]) - begin);
  }
};

struct Groups {
  std::vector<uint32_t> documents{};
  std::vector<int64_t> offsets = {0};
  void Add(uint32_t document) { documents.push_back(document); }
  void EndGroup() { offsets.push_back(static_cast<int64_t>(documents.size())); }
  GroupList list() const { return {documents, offsets}; }
};

/// Of the keys of a band that are in range `range` of `ranges`; ranges in their order are the order
/// of the keys. Reads the keys of the band alone. Of `options` memory and stopping count.
Groups FindGroups(const Documents& documents, const LinkOptions& options, int band, uint64_t range,
                  uint64_t ranges);

}  // namespace siku::refine::duplicates
