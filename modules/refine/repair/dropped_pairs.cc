#include "repair/dropped_pairs.h"

#include <algorithm>

#include "siku/encoding.h"

namespace siku::refine {
namespace {

// Two characters that follow each other less often than this lose none between them: tenths of a
// bit.
constexpr int kSeldom = 110;

}  // namespace

const UnassignedPairs& Unassigned() {
  static const auto& table = *[] {
    auto* out = new UnassignedPairs;
    for (size_t first = 0x81; first <= 0xFE; ++first) {
      for (size_t second = 0x81; second <= 0xFE; ++second) {
        out->pairs[first][second] =
            gbk::Decode(static_cast<uint8_t>(first), static_cast<uint8_t>(second)) == 0;
      }
      if (out->pairs[first].any()) out->firsts.push_back(static_cast<uint8_t>(first));
    }
    return out;
  }();
  return table;
}

const std::vector<WholeCharacter>& WholeCharacters::Behind(ModelId last) {
  const auto [entry, fresh] = behind_.try_emplace(last);
  auto& found = entry->second;
  if (!fresh) return found;
  const auto successors = tables_.SuccessorsOf(last);
  for (size_t i = 0; i < successors.ids.size(); ++i) {
    const ModelId id = successors.ids[i];
    if (successors.costs[i] > kSeldom || stays_[id]) continue;
    const size_t before = found.size();
    const auto add = [&](char32_t c) {
      const uint16_t pair = gbk::Encode(c);
      const auto lead = static_cast<uint8_t>(pair >> 8), trail = static_cast<uint8_t>(pair & 0xFF);
      if (Unassigned().pairs[trail].any()) {
        found.push_back({c, lead, trail, id, successors.costs[i]});
      }
    };
    const char32_t simple = tables_.CharacterOf(id);
    if (simple != 0) add(simple);
    for (const uint16_t old : tables_.ToOld(simple)) {
      if (old != simple) add(old);
    }
    stays_[id] = found.size() == before;
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.cost < b.cost; });
  return found;
}

}  // namespace siku::refine
