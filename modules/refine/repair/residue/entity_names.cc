#include "repair/residue/entity_names.h"

#include <algorithm>
#include <iterator>

namespace siku::refine {
namespace {

constexpr EntityName kNames[] = {
#include "repair/residue/entity_names.inc"
};

}  // namespace

const EntityName* FindEntity(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kNames), std::end(kNames), name,
      [](const EntityName& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != std::end(kNames) && found->name == name ? found : nullptr;
}

}  // namespace siku::refine
