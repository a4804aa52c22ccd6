// What a page itself says of how its words go: counts of its own characters, mixed with the
// language model. Names and terms that come again are known by it (a cache model: Kuhn and De Mori
// 1990).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "siku/refine/tables.h"

namespace siku::refine {

class PageModel {
 public:
  PageModel() = default;
  /// `ids` of the characters of the page in order, borders between its lines.
  explicit PageModel(std::span<const ModelId> ids);

  /// The cost of the language model, in tenths of a bit, mixed with what the page says.
  int Mixed(ModelId before, ModelId last, ModelId next, int cost) const {
    return single_.empty() ? cost : Mixed(before, last, next, cost, 0);
  }
  /// The same of a stretch of the page itself, which does not speak for itself.
  int MixedApart(ModelId before, ModelId last, ModelId next, int cost) const {
    return single_.empty() ? cost : Mixed(before, last, next, cost, 1);
  }

  /// False where the mixed cost is more than `limit`; cheaper than to mix.
  bool MayCost(ModelId before, ModelId last, ModelId next, int cost, int limit) const;

 private:
  double Here(ModelId before, ModelId last, ModelId next, uint32_t own) const;
  int Mixed(ModelId before, ModelId last, ModelId next, int cost, uint32_t own) const;

  // Counts by key, open addressing; key 0 is free.
  class Table {
   public:
    void Reserve(size_t entries);
    void Add(uint64_t key);
    uint32_t Count(uint64_t key) const;

   private:
    struct Slot {
      uint64_t key = 0;
      uint32_t count = 0;
    };
    size_t SlotOf(uint64_t key) const;
    std::vector<Slot> slots_;
  };

  std::vector<uint32_t> single_;  // by id
  Table pairs_, triples_;
  double total_ = 0;
};

}  // namespace siku::refine
