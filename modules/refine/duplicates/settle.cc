#include <algorithm>
#include <unordered_map>

#include "duplicates/links.h"
#include "duplicates/parallel.h"
#include "duplicates/union_find.h"

namespace siku::refine::duplicates {
namespace {

struct Neighbour {
  uint32_t document;
  float similarity;
};

// A cluster: members in the order of survival, and the links between them by place in that order.
struct Cluster {
  std::vector<uint32_t> members;
  std::vector<std::vector<Neighbour>> neighbours;  // `document` is a place here
};

// From the survivor along the links, nearest first: each takes the one it was reached from as its
// partner.
void SettleChained(const Cluster& cluster, std::vector<Member>& out) {
  const auto size = static_cast<uint32_t>(cluster.members.size());
  std::vector<bool> reached(size);
  std::vector<uint32_t> queue = {0};
  reached[0] = true;
  out.push_back({cluster.members[0], cluster.members[0], cluster.members[0], size, 1});
  for (size_t i = 0; i < queue.size(); ++i) {
    for (const Neighbour& next : cluster.neighbours[queue[i]]) {
      if (reached[next.document]) continue;
      reached[next.document] = true;
      queue.push_back(next.document);
      out.push_back({cluster.members[next.document], cluster.members[0], cluster.members[queue[i]],
                     size, next.similarity});
    }
  }
}

// Links of one cluster stand together; places of its members are found by search.
Cluster MakeCluster(const SettleOptions& options, std::span<const Link> links) {
  Cluster cluster;
  for (const Link& link : links) {
    cluster.members.push_back(link.a);
    cluster.members.push_back(link.b);
  }
  std::sort(cluster.members.begin(), cluster.members.end());
  cluster.members.erase(std::unique(cluster.members.begin(), cluster.members.end()),
                        cluster.members.end());
  std::sort(cluster.members.begin(), cluster.members.end(), options.before);
  std::unordered_map<uint32_t, uint32_t> place;
  for (uint32_t i = 0; i < cluster.members.size(); ++i) place[cluster.members[i]] = i;
  cluster.neighbours.resize(cluster.members.size());
  for (const Link& link : links) {
    const uint32_t a = place[link.a];
    const uint32_t b = place[link.b];
    cluster.neighbours[a].push_back({b, link.similarity});
    cluster.neighbours[b].push_back({a, link.similarity});
  }
  for (auto& list : cluster.neighbours) {
    std::sort(list.begin(), list.end(),
              [](const Neighbour& a, const Neighbour& b) { return a.document < b.document; });
  }
  return cluster;
}

// Numbers of the links, those of one cluster together; and where each cluster begins.
struct Grouped {
  std::vector<Link> links;
  std::vector<size_t> begins;
};

Grouped GroupByCluster(uint32_t documents, std::span<const Link> links) {
  UnionFind joined(documents);
  for (const Link& link : links) joined.Join(link.a, link.b);
  Grouped grouped{{links.begin(), links.end()}, {}};
  const auto root = [&](const Link& link) { return joined.Find(link.a); };
  std::stable_sort(grouped.links.begin(), grouped.links.end(),
                   [&](const Link& a, const Link& b) { return root(a) < root(b); });
  for (size_t i = 0; i < grouped.links.size(); ++i) {
    if (i == 0 || root(grouped.links[i]) != root(grouped.links[i - 1])) {
      grouped.begins.push_back(i);
    }
  }
  grouped.begins.push_back(grouped.links.size());
  return grouped;
}

}  // namespace

std::vector<Member> Settle(uint32_t documents, std::span<const Link> links,
                           const SettleOptions& options) {
  const Grouped grouped = GroupByCluster(documents, links);
  const size_t clusters = grouped.begins.size() - 1;
  std::vector<std::vector<Member>> settled(clusters);
  ParallelFor(options.threads, static_cast<int64_t>(clusters), [&](int64_t index) {
    const auto i = static_cast<size_t>(index);
    const Cluster cluster = MakeCluster(
        options, std::span(grouped.links)
                     .subspan(grouped.begins[i], grouped.begins[i + 1] - grouped.begins[i]));
    const bool large =
        options.largest > 0 && static_cast<int64_t>(cluster.members.size()) > options.largest;
    if (options.direct || large) {
      settled[i] = SettleDirectly(cluster.members, options);
    } else {
      SettleChained(cluster, settled[i]);
    }
  });
  std::vector<Member> members;
  for (auto& part : settled) members.insert(members.end(), part.begin(), part.end());
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.document < b.document; });
  return members;
}

}  // namespace siku::refine::duplicates
