#include "repair/language.h"

#include <limits>

namespace siku::refine {
namespace {

// A character that the model has never seen, or one that no running text has (ㄔ, ┦): some 22 bits.
constexpr int kStrangeCost = 220;
constexpr int kOnlyForm = 1000;

}  // namespace

int Language::CostOf(const Context& context, char32_t character, ModelId id) const {
  if (id == 0 && character >= 0x80) return kStrangeCost;
  return tables_.Cost(context.before, context.last, id);
}

int Language::Read(Context& context, char32_t character) const {
  if (IsSpace(character)) return 0;
  ModelId best_id = tables_.Id(character);
  const auto forms = tables_.ToSimple(character);
  int best = CostOf(context, character, best_id);
  if (!forms.empty()) {
    best = std::numeric_limits<int>::max();
    for (const uint16_t form : forms) {
      const ModelId id = tables_.Id(form);
      const int cost = CostOf(context, form, id);
      if (cost < best) best = cost, best_id = id;
    }
  }
  context.Push(best_id);
  return best;
}

int Language::ReadIds(Context context, std::span<const ModelId> ids) const {
  int cost = 0;
  for (const ModelId id : ids) {
    cost += id == 0 ? kStrangeCost : tables_.Cost(context.before, context.last, id);
    context.Push(id);
  }
  return cost;
}

Language::Choice Language::Simplify(Context context, char32_t character,
                                    std::span<const ModelId> ahead) const {
  const auto forms = tables_.ToSimple(character);
  if (forms.empty()) return {character, kOnlyForm};
  if (forms.size() == 1) return {forms[0], kOnlyForm};
  int best = std::numeric_limits<int>::max(), second = best;
  char32_t chosen = character;
  for (const uint16_t form : forms) {
    const ModelId id = tables_.Id(form);
    Context after = context;
    after.Push(id);
    const int cost = CostOf(context, form, id) + ReadIds(after, ahead);
    if (cost < best) {
      second = best;
      best = cost;
      chosen = form;
    } else if (cost < second) {
      second = cost;
    }
  }
  return {chosen, second - best};
}

}  // namespace siku::refine
