#include "duplicates/links.h"

#include <algorithm>
#include <memory>

#include "duplicates/parallel.h"
#include "duplicates/shingles.h"
#include "duplicates/union_find.h"

namespace siku::refine::duplicates {
namespace {

// Those of a band that did not resemble each other and that later ones are compared with. More than
// these share a key by a text that everybody quotes; comparing all would take the square of them.
constexpr size_t kMostLeaders = 32;

struct Entry {
  uint64_t key;
  uint32_t document;
};

// Finds the links within groups of equal keys. Roots are those of the bands before.
class GroupWalk {
 public:
  GroupWalk(const Documents& documents, const LinkOptions& options, const UnionFind& joined,
            std::vector<Link>& links)
      : documents_(documents),
        options_(options),
        joined_(joined),
        links_(links),
        room_(options.memory / 8 / std::max(options.threads, 1)) {}

  void Walk(std::vector<uint32_t>& group) {
    std::sort(group.begin(), group.end(),
              [&](uint32_t a, uint32_t b) { return documents_.Before(a, b); });
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

  void Compare(uint32_t document) {
    bool known = false;
    for (const Leader& leader : leaders_) {
      known = known || joined_.Root(leader.document) == joined_.Root(document);
    }
    if (known) return;
    std::vector<uint64_t> shingles;
    for (Leader& leader : leaders_) {
      const double similarity = SimilarityTo(leader, document, shingles);
      if (similarity < options_.threshold) continue;
      links_.push_back({leader.document, document, static_cast<float>(similarity)});
      known = true;
      if (similarity == 1) break;  // what else it resembles, the leader resembles as well
    }
    if (!known && leaders_.size() < kMostLeaders) leaders_.push_back({document, {}});
  }

  double SimilarityTo(Leader& leader, uint32_t document, std::vector<uint64_t>& shingles) {
    if (documents_.SameText(leader.document, document)) return 1;
    if (shingles.empty()) shingles = documents_.Shingles(document);
    if (!leader.shingles.empty()) return Jaccard(leader.shingles, shingles);
    std::vector<uint64_t> others = documents_.Shingles(leader.document);
    const double similarity = Jaccard(others, shingles);
    const auto bytes = static_cast<int64_t>(others.size() * sizeof(uint64_t));
    if (held_ + bytes <= room_) {
      held_ += bytes;
      leader.shingles = std::move(others);
    }
    return similarity;
  }

  const Documents& documents_;
  const LinkOptions& options_;
  const UnionFind& joined_;
  std::vector<Link>& links_;
  std::vector<Leader> leaders_;
  int64_t room_, held_ = 0;
};

uint64_t RangeOf(uint64_t key, uint64_t ranges) { return ((key >> 32) * ranges) >> 32; }

// Ranges of keys small enough that one for each thread fits; more than the threads, so that none of
// them waits long for another.
int64_t Ranges(uint32_t documents, const LinkOptions& options) {
  constexpr int64_t kLeast = 16;
  const int64_t bytes = int64_t{documents} * int64_t{sizeof(Entry)} * options.threads;
  return std::max(kLeast, bytes / std::max<int64_t>(options.memory / 4, 1) + 1);
}

std::vector<Entry> EntriesOf(const Documents& documents, int band, uint64_t range,
                             uint64_t ranges) {
  std::vector<Entry> entries;
  uint32_t document = 0;
  for (int piece = 0; piece < documents.pieces(); ++piece) {
    for (const uint64_t key : documents.Keys(band, piece)) {
      if (key != kNoKey && RangeOf(key, ranges) == range) entries.push_back({key, document});
      ++document;
    }
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : a.document < b.document;
  });
  return entries;
}

void LinkRange(const Documents& documents, const LinkOptions& options, int band, uint64_t range,
               uint64_t ranges, const UnionFind& joined, std::vector<Link>& links) {
  const std::vector<Entry> entries = EntriesOf(documents, band, range, ranges);
  GroupWalk walk(documents, options, joined, links);
  std::vector<uint32_t> group;
  for (size_t begin = 0; begin < entries.size() && !options.stopping();) {
    size_t end = begin + 1;
    while (end < entries.size() && entries[end].key == entries[begin].key) ++end;
    if (end > begin + 1) {
      group.clear();
      for (size_t i = begin; i < end; ++i) group.push_back(entries[i].document);
      walk.Walk(group);
    }
    begin = end;
  }
}

}  // namespace

double Similarity(const Documents& documents, uint32_t a, uint32_t b) {
  if (documents.SameText(a, b)) return 1;
  return Jaccard(documents.Shingles(a), documents.Shingles(b));
}

std::vector<Link> FindLinks(const Documents& documents, const LinkOptions& options) {
  std::vector<Link> links;
  UnionFind joined(documents.size());
  const int64_t ranges = Ranges(documents.size(), options);
  for (int band = 0; band < options.bands && !options.stopping(); ++band) {
    // A document is in one group of a band, so groups do not touch each other; what they look up
    // is the state after the bands before, whichever thread is first.
    std::vector<std::vector<Link>> found(static_cast<size_t>(ranges));
    ParallelFor(options.threads, ranges, [&](int64_t range) {
      LinkRange(documents, options, band, static_cast<uint64_t>(range),
                static_cast<uint64_t>(ranges), joined, found[static_cast<size_t>(range)]);
    });
    for (const std::vector<Link>& part : found) {
      for (const Link& link : part) {
        if (joined.Find(link.a) == joined.Find(link.b)) continue;
        joined.Join(link.a, link.b);
        links.push_back(link);
      }
    }
    joined.Flatten();
  }
  return links;
}

}  // namespace siku::refine::duplicates
