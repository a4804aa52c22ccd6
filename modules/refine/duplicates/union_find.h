// Disjoint sets over numbers from 0, whose name is their least member.
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace siku::refine::duplicates {

class UnionFind {
 public:
  explicit UnionFind(uint32_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), uint32_t{0});
  }
  uint32_t Find(uint32_t x) {
    while (parent_[x] != x) {
      parent_[x] = parent_[parent_[x]];  // halves the path
      x = parent_[x];
    }
    return x;
  }
  void Join(uint32_t a, uint32_t b) {
    a = Find(a);
    b = Find(b);
    parent_[a > b ? a : b] = a > b ? b : a;
  }
  /// Makes every parent a root, so that Root answers until the next Join. A parent is never larger
  /// than its child, so one walk upwards does.
  void Flatten() {
    for (uint32_t& parent : parent_) parent = parent_[parent];
  }
  uint32_t Root(uint32_t x) const { return parent_[x]; }

 private:
  std::vector<uint32_t> parent_;
};

}  // namespace siku::refine::duplicates
