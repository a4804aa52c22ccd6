#include "repair/language.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace siku::refine {
namespace {

// A character that the model has never seen, or one that no running text has (ㄔ, ┦): some 22 bits.
constexpr int kStrangeCost = 220;
// Converters take the first of several traditional forms.
constexpr int kLaterForm = 60;
// Old forms that GB 2312 has, yet simplified text has hardly (the note 徵).
constexpr std::u32string_view kHardlyThemselves = U"於託諮徵";
constexpr int kItself = 120;

// What simplified text has as well, and a converter writes first for no other character (俱, 哩).
constexpr int kNotMade = 150;
// Simplified by rule, and hardly ever written: 托, 咨, 余 are.
constexpr std::u32string_view kHardlyWritten = U"讬谘馀";
constexpr int kUnusual = 80;

constexpr unsigned kKnownBits = 11;
constexpr size_t kKnown = size_t{1} << kKnownBits;

// Never 0.
uint64_t KeyOf(const Context& context, char32_t character) {
  return (uint64_t{context.before} << 16 | context.last) << 32 | uint64_t{character} << 1 | 1;
}

bool In(std::u32string_view list, char32_t character) {
  return list.find(character) != std::u32string_view::npos;
}

// Of the characters that GB 2312 has, simplified text may have each as it is (著名, 乾隆); and
// 瞭望, 神祇.
bool IsSimple(char32_t character) {
  return character == U'瞭' || character == U'祇' || InGb2312(character);
}

// What speaks against a converter having made `old` of `simple`; nothing where it would not.
std::optional<int> Against(const Tables& tables, char32_t simple, char32_t old) {
  const auto forms = tables.ToOld(simple);
  if (simple == old && !IsSimple(old)) return std::nullopt;
  if (simple == old) return In(kHardlyThemselves, old) ? kItself : 0;
  if (std::find(forms.begin(), forms.end(), old) == forms.end()) return std::nullopt;
  const int unusual = In(kHardlyWritten, simple) ? kUnusual : 0;
  if (forms.front() == old) return unusual;
  return unusual + (InGb2312(old) || old == U'祇' ? kNotMade : kLaterForm);
}

}  // namespace

void Language::Learn(std::span<const ModelId> page) {
  page_ = PageModel(page);
  known_.assign(kKnown, {});
}

const Tables::Row& Language::RowOf(const Context& context) const {
  if (!row_ || row_context_ != context) {
    row_ = tables_.RowOf(context.before, context.last);
    row_context_ = context;
  }
  return *row_;
}

int Language::ModelCost(const Context& context, ModelId id) const {
  return costs_.Cost(context.before, context.last, id,
                     [&] { return tables_.Cost(RowOf(context), id); });
}

int Language::CostApart(const Context& context, char32_t character, ModelId id) const {
  if (id == 0 && character >= 0x80) return kStrangeCost;
  return page_.MixedApart(context.before, context.last, id, ModelCost(context, id));
}

int Language::CostOf(const Context& context, char32_t character, ModelId id) const {
  if (id == 0 && character >= 0x80) return kStrangeCost;
  return page_.Mixed(context.before, context.last, id, ModelCost(context, id));
}

template <class CostOfId>
int Language::ReadBy(Context& context, char32_t character, const CostOfId& cost_of) const {
  if (IsSpace(character)) return 0;
  const auto forms = tables_.ToSimple(character);
  ModelId best_id = tables_.Id(character);
  int best = std::numeric_limits<int>::max();
  if (forms.empty()) best = cost_of(character, best_id);
  for (const uint16_t form : forms) {
    const ModelId id = tables_.Id(form);
    const int cost = cost_of(form, id);
    if (cost < best) best = cost, best_id = id;
  }
  context.Push(best_id);
  return best;
}

int Language::ReadFresh(Context& context, char32_t character) const {
  return ReadBy(context, character,
                [&](char32_t form, ModelId id) { return CostOf(context, form, id); });
}

int Language::Read(Context& context, char32_t character) const {
  if (known_.empty() || IsSpace(character)) return ReadFresh(context, character);
  const uint64_t key = KeyOf(context, character);
  Known& known = known_[SlotOf(key, kKnownBits)];
  if (known.key == key) {
    context.Push(known.id);
    return known.cost;
  }
  const int cost = ReadFresh(context, character);
  known = {key, cost, context.last};
  return cost;
}

int Language::ReadApart(Context& context, char32_t character) const {
  return ReadBy(context, character,
                [&](char32_t form, ModelId id) { return CostApart(context, form, id); });
}

int Language::ReadIds(Context context, std::span<const ModelId> ids, int limit) const {
  int cost = 0;
  for (const ModelId id : ids) {
    if (cost > limit) break;
    cost += id == 0 ? kStrangeCost : CostOf(context, U'\0', id);
    context.Push(id);
  }
  return cost;
}

Language::Choice Language::Simplify(Context context, char32_t character,
                                    std::span<const ModelId> ahead) const {
  const auto forms = tables_.ToSimple(character);
  if (forms.empty()) return {character, kOnlyForm};
  if (forms.size() == 1) {
    const bool kept = InGb2312(character) && !Against(tables_, forms[0], character);
    return {kept ? character : char32_t{forms[0]}, kOnlyForm};
  }
  int best = std::numeric_limits<int>::max(), second = best;
  char32_t chosen = character;
  for (const uint16_t form : forms) {
    const ModelId id = tables_.Id(form);
    Context after = context;
    after.Push(id);
    const auto against = Against(tables_, form, character);
    // What no text has that the model learnt from is no rival; what comes behind it costs little.
    if (!against || id == 0) continue;
    const int cost = CostOf(context, form, id) + ReadIds(after, ahead) + *against;
    if (cost < best) {
      second = best;
      best = cost;
      chosen = form;
    } else if (cost < second) {
      second = cost;
    }
  }
  // No converter of those we know makes it, or the model knows none: the commonest form it is.
  if (best == std::numeric_limits<int>::max()) return {forms[0], kOnlyForm};
  return {chosen, std::min(kOnlyForm, second - best)};
}

}  // namespace siku::refine
