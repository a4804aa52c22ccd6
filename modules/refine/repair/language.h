// Scores text by the language model, spaces left out and traditional characters taken as the
// simplified ones that fit best.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "repair/cost_cache.h"
#include "repair/page.h"
#include "repair/page_model.h"
#include "siku/refine/tables.h"

namespace siku::refine {

/// What stands before; costs are tenths of a bit.
struct Context {
  ModelId before = kModelBorder;
  ModelId last = kModelBorder;

  bool operator==(const Context&) const = default;
  void Push(ModelId id) {
    // The model has learnt from lines that begin behind two borders.
    before = id == kModelBorder ? id : last;
    last = id;
  }
};

/// For the thread that made it: it keeps what was looked up last.
class Language {
 public:
  explicit Language(const Tables& tables) : tables_(tables), costs_(CostCache::Of(tables)) {}
  /// From now on what the page says counts as well.
  void Learn(std::span<const ModelId> page);

  /// Moves the context over the character. Spaces cost nothing.
  int Read(Context& context, char32_t character) const;
  /// The same of a stretch of the page itself, which may be damaged and does not speak for itself.
  int ReadApart(Context& context, char32_t character) const;
  /// The simplified form that fits between what is before and the ids that follow, its cost over
  /// them, and by how much the next best form is worse (a large number where there is one only).
  static constexpr int kOnlyForm = 1000;
  struct Choice {
    char32_t character = 0;
    int lead = 0;
  };
  Choice Simplify(Context context, char32_t character, std::span<const ModelId> ahead) const;
  /// False where `id`, of which the model says `cost` behind the last character alone, costs more
  /// than `limit` in this context.
  bool MayCost(const Context& context, ModelId id, int cost, int limit) const {
    const Tables::Row& row = RowOf(context);
    return page_.MayCost(context.before, context.last, id, row.left + cost, limit) ||
           std::binary_search(row.ids.begin(), row.ids.end(), id);
  }
  /// What costs more than `limit` in all is not read to its end.
  int ReadIds(Context context, std::span<const ModelId> ids,
              int limit = std::numeric_limits<int>::max()) const;
  const Tables& tables() const { return tables_; }

 private:
  const Tables::Row& RowOf(const Context& context) const;
  int ModelCost(const Context& context, ModelId id) const;
  int CostApart(const Context& context, char32_t character, ModelId id) const;
  int CostOf(const Context& context, char32_t character, ModelId id) const;
  int ReadFresh(Context& context, char32_t character) const;
  template <class CostOfId>
  int ReadBy(Context& context, char32_t character, const CostOfId& cost_of) const;
  const Tables& tables_;
  CostCache& costs_;
  PageModel page_;
  mutable Context row_context_;
  mutable std::optional<Tables::Row> row_;  // behind `row_context_`
  // Searches read the same characters behind the same ones again and again: what Read found last.
  struct Known {
    uint64_t key = 0;  // of context and character, 0 for none
    int cost = 0;
    ModelId id = 0;
  };
  mutable std::vector<Known> known_;  // by a hash of the key; empty until a page was learnt
};

}  // namespace siku::refine
