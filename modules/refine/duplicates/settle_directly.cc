#include <algorithm>
#include <optional>
#include <unordered_map>

#include "duplicates/links.h"
#include "duplicates/shingles.h"

namespace siku::refine::duplicates {
namespace {

// Survivors by the keys of their bands. Places are those of members in the order of survival.
class BandIndex {
 public:
  BandIndex(std::span<const uint32_t> members, const SettleOptions& options)
      : members_(members), documents_(*options.documents), bands_(options.bands) {
    entries_.reserve(members.size() * static_cast<size_t>(bands_));
    for (uint32_t place = 0; place < members.size(); ++place) {
      for (int band = 0; band < bands_; ++band) entries_.push_back({HashOf(place, band), place});
    }
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.hash < b.hash; });
  }

  void Add(uint32_t place) {
    for (int band = 0; band < bands_; ++band) {
      size_t count = 0;
      for (Entry& entry : Group(place, band)) {
        if ((entry.place & kSurvivor) == 0) {
          entry.place = place | kSurvivor;
          break;
        }
        if (++count == kMostCompared) break;
      }
    }
  }

  // The survivors that share most bands with a member, kMostCompared at most, ascending.
  std::vector<uint32_t> Nearest(uint32_t place) {
    std::vector<uint32_t> found;
    for (int band = 0; band < bands_; ++band) {
      for (const Entry& entry : Group(place, band)) {
        if ((entry.place & kSurvivor) == 0) break;
        found.push_back(entry.place & ~kSurvivor);
      }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::pair<size_t, uint32_t>> counted;
    for (const uint32_t survivor : found) {
      if (counted.empty() || counted.back().second != survivor) counted.emplace_back(0, survivor);
      ++counted.back().first;
    }
    std::stable_sort(counted.begin(), counted.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    counted.resize(std::min(counted.size(), kMostCompared));
    found.clear();
    for (const auto& [count, survivor] : counted) found.push_back(survivor);
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  // Entries of one hash stand together. The first of them give way to the survivors as they are
  // found; there is room for all, as each has an entry of its own.
  struct Entry {
    uint32_t hash;
    uint32_t place;
  };
  static constexpr uint32_t kSurvivor = uint32_t{1} << 31;

  // Where two keys share 32 bits, two documents are compared that need not be.
  uint32_t HashOf(uint32_t place, int band) const {
    const uint64_t key = documents_.Key(band, members_[place]);
    return static_cast<uint32_t>(Mix(key + static_cast<uint64_t>(band)) >> 32);
  }
  std::span<Entry> Group(uint32_t place, int band) {
    const uint32_t hash = HashOf(place, band);
    const auto range =
        std::equal_range(entries_.begin(), entries_.end(), Entry{hash, 0},
                         [](const Entry& a, const Entry& b) { return a.hash < b.hash; });
    return {range.first, range.second};
  }

  std::span<const uint32_t> members_;
  const Documents& documents_;
  int bands_;
  std::vector<Entry> entries_;
};

// Sets of shingles of the survivors, as many as there is room for.
class Sets {
 public:
  Sets(const Documents& documents, int64_t room) : documents_(documents), room_(room) {}
  const std::vector<uint64_t>& Of(uint32_t document) {
    const auto known = sets_.find(document);
    return known != sets_.end() ? known->second : Keep(document, documents_.Shingles(document));
  }
  const std::vector<uint64_t>& Keep(uint32_t document, std::vector<uint64_t> set) {
    const auto bytes = static_cast<int64_t>(set.size() * sizeof(uint64_t));
    if (held_ + bytes > room_) {
      sets_.clear();
      held_ = 0;
    }
    held_ += bytes;
    return sets_[document] = std::move(set);
  }

 private:
  const Documents& documents_;
  int64_t room_, held_ = 0;
  std::unordered_map<uint32_t, std::vector<uint64_t>> sets_;
};

}  // namespace

std::vector<Member> SettleDirectly(std::span<const uint32_t> members,
                                   const SettleOptions& options) {
  std::optional<BandIndex> index;
  if (members.size() > kMostCompared) index.emplace(members, options);
  Sets sets(*options.documents, options.memory / 8 / std::max(options.threads, 1));
  std::vector<uint32_t> survivors, sizes(members.size());
  std::vector<Member> settled;
  for (uint32_t place = 0; place < members.size(); ++place) {
    std::vector<uint64_t> set = options.documents->Shingles(members[place]);
    Member member{members[place], members[place], members[place], place, 1};
    for (const uint32_t survivor : index.has_value() ? index->Nearest(place) : survivors) {
      const double similarity = Jaccard(sets.Of(members[survivor]), set, options.threshold);
      if (similarity < options.threshold) continue;
      member = {members[place], members[survivor], members[survivor], survivor,
                static_cast<float>(similarity)};
      break;
    }
    if (member.size == place) {
      survivors.push_back(place);
      if (index.has_value()) index->Add(place);
      sets.Keep(members[place], std::move(set));
    }
    ++sizes[member.size];
    settled.push_back(member);
  }
  // So far `size` was the place of the survivor. Who has nobody is in no cluster.
  for (Member& member : settled) member.size = sizes[member.size];
  std::erase_if(settled, [](const Member& member) { return member.size == 1; });
  return settled;
}

}  // namespace siku::refine::duplicates
