#include "duplicates/groups.h"

#include "duplicates/entries.h"

namespace siku::refine::duplicates {

Groups FindGroups(const Documents& documents, const LinkOptions& options, int band, uint64_t range,
                  uint64_t ranges) {
  Groups groups;
  const uint64_t walks = Walks(options, documents.size() / ranges + 1);
  std::vector<Entry> entries;
  for (uint64_t walk = 0; walk < walks && !options.stopping(); ++walk) {
    entries.clear();
    uint32_t document = 0;
    for (int piece = 0; piece < documents.pieces(); ++piece) {
      for (const uint64_t key : documents.Keys(band, piece)) {
        if (key != kNoKey && RangeOf(key, ranges * walks) == range * walks + walk) {
          entries.push_back({key, document});
        }
        ++document;
      }
    }
    ForEachGroup(entries, options, [&](std::span<const Entry> group) {
      for (const Entry& entry : group) groups.Add(entry.document);
      groups.EndGroup();
    });
  }
  return groups;
}

}  // namespace siku::refine::duplicates
