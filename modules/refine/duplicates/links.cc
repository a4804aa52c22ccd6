#include "duplicates/links.h"

#include <algorithm>
#include <memory>

#include "duplicates/entries.h"
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

  // `first`: the least document of the key, which may be a copy and not in the group.
  void Walk(std::vector<uint32_t>& group, uint32_t first) {
    first_ = first;
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
    if (options_.known) {
      const auto known = options_.known(first_, leader.document, document);
      if (known.has_value()) return *known;
    }
    const double similarity = Compared(leader, document, shingles);
    if (options_.compared) options_.compared(leader.document, document, similarity);
    return similarity;
  }

  double Compared(Leader& leader, uint32_t document, std::vector<uint64_t>& shingles) {
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
  uint32_t first_ = 0;
};

// So many ranges are looked at in parallel; more than the threads, so that none of them waits long
// for another.
constexpr uint64_t kRanges = 16;
using Ranges = std::vector<std::vector<Entry>>;

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

// Equal texts have equal keys. All of a text are linked to the first of them, which alone stays in
// the groups: copies may be any number.
class CopyLinker {
 public:
  CopyLinker(Shared& shared, std::vector<Link>& links) : shared_(shared), links_(links) {}
  void Look(std::span<Entry> group, uint32_t) {
    const Documents& documents = shared_.documents;
    for (Entry& entry : group) entry.key = documents.TextHash(entry.document);
    ForEachGroup(group, shared_.options, [&](std::span<const Entry> equal) { LinkEqual(equal); });
  }

 private:
  void LinkEqual(std::span<const Entry> equal) {
    const Documents& documents = shared_.documents;
    uint32_t first = equal[0].document;
    for (const Entry& entry : equal) {
      if (documents.Before(entry.document, first)) first = entry.document;
    }
    for (const auto& [hash, document] : equal) {
      if (document == first || !documents.SameText(first, document)) continue;
      links_.push_back({first, document, 1});
      shared_.in_vain[document] = kCopy;
    }
  }

  Shared& shared_;
  std::vector<Link>& links_;
};

class GroupLinker {
 public:
  GroupLinker(Shared& shared, std::vector<Link>& links) : walk_(shared, links) {}
  void Look(std::span<const Entry> group, uint32_t first) {
    documents_.clear();
    for (const Entry& entry : group) documents_.push_back(entry.document);
    walk_.Walk(documents_, first);
  }

 private:
  GroupWalk walk_;
  std::vector<uint32_t> documents_;
};

// Links of a band, whose ranges are looked at by several threads: what they look up is the state
// after the bands before, whichever thread is first.
template <class Linker>
std::vector<Link> LinksOfKeys(Shared& shared, int band) {
  std::vector<Link> all;
  const LinkOptions& options = shared.options;
  const uint64_t walks = Walks(options, shared.documents.size());
  for (uint64_t walk = 0; walk < walks; ++walk) {
    Ranges ranges = EntriesOf(shared, band, walk, walks);
    std::vector<std::vector<Link>> found(ranges.size());
    ParallelFor(options.threads, static_cast<int64_t>(ranges.size()), [&](int64_t range) {
      const auto i = static_cast<size_t>(range);
      Linker linker(shared, found[i]);
      ForEachGroup(ranges[i], options,
                   [&](std::span<Entry> group) { linker.Look(group, group[0].document); });
    });
    for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

// The same, of groups that were found beforehand.
template <class Linker>
std::vector<Link> LinksOfGroups(Shared& shared, std::span<const GroupList> ranges) {
  std::vector<std::vector<Link>> found(ranges.size());
  ParallelFor(shared.options.threads, static_cast<int64_t>(ranges.size()), [&](int64_t range) {
    const auto i = static_cast<size_t>(range);
    Linker linker(shared, found[i]);
    std::vector<Entry> group;
    for (size_t at = 0; at < ranges[i].size() && !shared.options.stopping(); ++at) {
      group.clear();
      for (const uint32_t document : ranges[i][at]) {
        if (shared.in_vain[document] != kCopy) group.push_back({0, document});
      }
      if (group.size() > 1) linker.Look(group, ranges[i][at][0]);
    }
  });
  std::vector<Link> all;
  for (const auto& part : found) all.insert(all.end(), part.begin(), part.end());
  return all;
}

template <class Linker>
void LinkBand(Shared& shared, int band, std::vector<Link>& links) {
  const auto& groups = shared.options.groups;
  const std::vector<Link> all =
      groups.empty() ? LinksOfKeys<Linker>(shared, band)
                     : LinksOfGroups<Linker>(shared, groups[static_cast<size_t>(band)]);
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
  if (options.verify) LinkBand<CopyLinker>(shared, 0, links);
  for (int band = 0; band < options.bands && !options.stopping(); ++band) {
    LinkBand<GroupLinker>(shared, band, links);
  }
  return links;
}

}  // namespace siku::refine::duplicates
