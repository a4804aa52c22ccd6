#include "duplicates/links.h"

#include <algorithm>
#include <bit>
#include <memory>

#include "duplicates/parallel.h"
#include "duplicates/shingles.h"
#include "duplicates/union_find.h"

namespace siku::refine::duplicates {
namespace {

// A document that was compared in vain so often shares keys by what everybody quotes: from then on
// it is compared with the first few only, whatever the bands bring.
constexpr uint8_t kMostInVain = 64;
constexpr size_t kFewCompared = 4;
// In the place of that count: it equals an earlier text, which stands for it.
constexpr uint8_t kCopy = 255;

struct Entry {
  uint64_t key;
  uint32_t document;
};

// What all threads see. A document is in one group of a band, so groups do not touch each other's
// counts; roots are those of the bands before.
struct Shared {
  const Documents& documents;
  const LinkOptions& options;
  UnionFind joined;
  std::vector<uint8_t> in_vain;  // of each document: how often, or kCopy
};

// Finds the links within groups of equal keys.
class GroupWalk {
 public:
  GroupWalk(Shared& shared, std::vector<Link>& links)
      : documents_(shared.documents),
        options_(shared.options),
        shared_(shared),
        links_(links),
        room_(options_.memory / 8 / std::max(options_.threads, 1)) {}

  void Walk(std::vector<uint32_t>& group) {
    const auto before = [&](uint32_t a, uint32_t b) { return documents_.Before(a, b); };
    if (!options_.verify) KeepFirsts(group);
    std::sort(group.begin(), group.end(), before);
    if (!options_.verify) {
      for (size_t i = 1; i < group.size(); ++i) links_.push_back({group[0], group[i], kUnverified});
      return;
    }
    leaders_.clear();
    held_ = 0;
    for (const uint32_t document : group) Compare(document);
  }

 private:
  struct Leader {
    uint32_t document;
    std::vector<uint64_t> shingles;  // empty where there was no room to keep them
  };

  // Of those that are joined already, the first stands for all.
  void KeepFirsts(std::vector<uint32_t>& group) {
    const UnionFind& joined = shared_.joined;
    std::sort(group.begin(), group.end(),
              [&](uint32_t a, uint32_t b) { return joined.Root(a) < joined.Root(b); });
    size_t kept = 0;
    for (size_t i = 1; i < group.size(); ++i) {
      if (joined.Root(group[i]) != joined.Root(group[kept])) {
        group[++kept] = group[i];
      } else if (documents_.Before(group[i], group[kept])) {
        group[kept] = group[i];
      }
    }
    group.resize(kept + 1);
  }

  void Compare(uint32_t document) {
    const UnionFind& joined = shared_.joined;
    bool known = std::any_of(leaders_.begin(), leaders_.end(), [&](const Leader& leader) {
      return joined.Root(leader.document) == joined.Root(document);
    });
    if (known) return;
    std::vector<uint64_t> shingles;
    uint8_t& in_vain = shared_.in_vain[document];
    const size_t most = in_vain < kMostInVain ? kMostCompared : kFewCompared;
    for (size_t i = 0; i < std::min(leaders_.size(), most); ++i) {
      const double similarity = SimilarityTo(leaders_[i], document, shingles);
      if (similarity < options_.threshold) {
        if (in_vain < kMostInVain) ++in_vain;
        continue;
      }
      links_.push_back({leaders_[i].document, document, static_cast<float>(similarity)});
      known = true;
      if (similarity == 1) break;  // what else it resembles, the leader resembles as well
    }
    if (!known && leaders_.size() < kMostCompared) leaders_.push_back({document, {}});
  }

  double SimilarityTo(Leader& leader, uint32_t document, std::vector<uint64_t>& shingles) {
    if (shingles.empty()) shingles = documents_.Shingles(document);
    if (!leader.shingles.empty()) return Jaccard(leader.shingles, shingles, options_.threshold);
    std::vector<uint64_t> others = documents_.Shingles(leader.document);
    const double similarity = Jaccard(others, shingles, options_.threshold);
    const auto bytes = static_cast<int64_t>(others.size() * sizeof(uint64_t));
    if (held_ + bytes <= room_) {
      held_ += bytes;
      leader.shingles = std::move(others);
    }
    return similarity;
  }

  const Documents& documents_;
  const LinkOptions& options_;
  Shared& shared_;
  std::vector<Link>& links_;
  std::vector<Leader> leaders_;
  int64_t room_, held_ = 0;
};

uint64_t RangeOf(uint64_t key, uint64_t ranges) { return ((key >> 32) * ranges) >> 32; }

// So many ranges are looked at in parallel; more than the threads, so that none of them waits long
// for another.
constexpr uint64_t kRanges = 16;
using Ranges = std::vector<std::vector<Entry>>;

// Walks over the keys of a band in which the entries of one walk fit into memory.
uint64_t Walks(const LinkOptions& options, uint32_t documents) {
  const int64_t bytes = int64_t{documents} * int64_t{sizeof(Entry)} * 2;  // vectors double
  return static_cast<uint64_t>(bytes / std::max<int64_t>(options.memory / 2, 1) + 1);
}

Ranges EntriesOf(const Shared& shared, int band, uint64_t walk, uint64_t walks) {
  Ranges ranges(kRanges);
  uint32_t document = 0;
  for (int piece = 0; piece < shared.documents.pieces(); ++piece) {
    for (const uint64_t key : shared.documents.Keys(band, piece)) {
      const uint64_t range = RangeOf(key, walks * kRanges);
      if (key != kNoKey && range / kRanges == walk && shared.in_vain[document] != kCopy) {
        ranges[range % kRanges].push_back({key, document});
      }
      ++document;
    }
  }
  return ranges;
}

// Nearly all keys occur once; few of those are left to be sorted. Not worth it for kFew.
constexpr size_t kFew = 64;
std::span<Entry> WithoutLone(std::span<Entry> entries) {
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

// Calls `look` for the entries of each key that two or more have.
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

// Equal texts have equal keys. All of a text are linked to the first of them, which alone stays in
// the groups: copies may be any number.
void LinkCopies(Shared& shared, std::span<Entry> group, std::vector<Link>& links) {
  const Documents& documents = shared.documents;
  for (Entry& entry : group) entry.key = documents.TextHash(entry.document);
  ForEachGroup(group, shared.options, [&](std::span<const Entry> equal) {
    uint32_t first = equal[0].document;
    for (const Entry& entry : equal) {
      if (documents.Before(entry.document, first)) first = entry.document;
    }
    for (const auto& [hash, document] : equal) {
      if (document == first || !documents.SameText(first, document)) continue;
      links.push_back({first, document, 1});
      shared.in_vain[document] = kCopy;
    }
  });
}

void LinkGroups(Shared& shared, std::span<Entry> entries, std::vector<Link>& links) {
  GroupWalk walk(shared, links);
  std::vector<uint32_t> documents;
  ForEachGroup(entries, shared.options, [&](std::span<const Entry> group) {
    documents.clear();
    for (const Entry& entry : group) documents.push_back(entry.document);
    walk.Walk(documents);
  });
}

// Links of a band, whose ranges are looked at by several threads: what they look up is the state
// after the bands before, whichever thread is first.
template <class LinkRange>
void LinkBand(Shared& shared, int band, const LinkRange& link_range, std::vector<Link>& links) {
  std::vector<Link> all;
  const uint64_t walks = Walks(shared.options, shared.documents.size());
  for (uint64_t walk = 0; walk < walks; ++walk) {
    Ranges ranges = EntriesOf(shared, band, walk, walks);
    std::vector<std::vector<Link>> found(ranges.size());
    ParallelFor(shared.options.threads, static_cast<int64_t>(ranges.size()), [&](int64_t range) {
      const auto i = static_cast<size_t>(range);
      link_range(ranges[i], found[i]);
    });
    for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  }
  for (const Link& link : all) {
    if (shared.joined.Find(link.a) == shared.joined.Find(link.b)) continue;
    shared.joined.Join(link.a, link.b);
    links.push_back(link);
  }
  shared.joined.Flatten();
}

}  // namespace

double Similarity(const Documents& documents, uint32_t a, uint32_t b) {
  if (documents.SameText(a, b)) return 1;
  return Jaccard(documents.Shingles(a), documents.Shingles(b));
}

std::vector<Link> FindLinks(const Documents& documents, const LinkOptions& options) {
  std::vector<Link> links;
  Shared shared{documents, options, UnionFind(documents.size()),
                std::vector<uint8_t>(documents.size())};
  if (options.verify) {
    const auto copies = [&](std::span<Entry> entries, std::vector<Link>& found) {
      ForEachGroup(entries, options,
                   [&](std::span<Entry> group) { LinkCopies(shared, group, found); });
    };
    LinkBand(shared, 0, copies, links);
  }
  const auto groups = [&](std::span<Entry> entries, std::vector<Link>& found) {
    LinkGroups(shared, entries, found);
  };
  for (int band = 0; band < options.bands && !options.stopping(); ++band) {
    LinkBand(shared, band, groups, links);
  }
  return links;
}

}  // namespace siku::refine::duplicates
