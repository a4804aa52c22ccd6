#include "seal.h"

#include <algorithm>

#include "../base/cipher.h"
#include "siku/conceal.h"

namespace siku::run {
namespace {

bool Conceals(const Node& node) { return node.op != nullptr && node.op->record().traits.conceals; }

// Per node: whether rows that it gives out have texts as no step concealed them, or as a later one
// will conceal them.
std::vector<char> SealedNodes(const Plan& plan) {
  const auto& nodes = plan.nodes();
  std::vector<char> open(nodes.size(), 0), before(nodes.size(), 0);
  for (size_t i = 0; i < nodes.size(); ++i) {
    open[i] = nodes[i].op == nullptr;
    for (const PortId port : nodes[i].from) open[i] |= open[static_cast<size_t>(port.node)];
    if (Conceals(nodes[i])) open[i] = 0;
  }
  // Nodes stand in topological order.
  for (size_t i = nodes.size(); i-- > 0;) {
    if (!Conceals(nodes[i]) && before[i] == 0) continue;
    for (const PortId port : nodes[i].from) before[static_cast<size_t>(port.node)] = 1;
  }
  for (size_t i = 0; i < nodes.size(); ++i) open[i] |= before[i];
  return open;
}

bool ReadsSealed(const Node& node, const std::vector<char>& sealed) {
  return std::any_of(node.from.begin(), node.from.end(),
                     [&](PortId port) { return sealed[static_cast<size_t>(port.node)] != 0; });
}

constexpr std::string_view kRunKeys = "siku run keys 1";
constexpr std::string_view kPseudonyms = "siku pseudonyms 1";

}  // namespace

std::set<std::string> SealedNames(const Plan& plan) {
  std::set<std::string> names;
  const auto& nodes = plan.nodes();
  if (std::none_of(nodes.begin(), nodes.end(), Conceals)) return names;
  const auto sealed = SealedNodes(plan);
  names.insert("");
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (ReadsSealed(nodes[i], sealed)) names.insert(nodes[i].name);
    if (sealed[i] == 0) continue;
    for (size_t port = 0; port < nodes[i].ports.size(); ++port) {
      names.insert(plan.PortName({static_cast<int>(i), static_cast<int>(port)}));
    }
  }
  return names;
}

Result<void> CheckOrder(const Recipe& recipe, const Plan& plan) {
  const auto sealed = SealedNames(plan);
  for (const Node& node : plan.nodes()) {
    const bool all = node.op != nullptr && node.op->record().traits.scope == Scope::kAll;
    if (!all || !sealed.contains(node.name)) continue;
    std::string place;
    for (const RecipeStep& step : recipe.steps) {
      if (step.name == node.name) place = step.place;
    }
    return Fail(Code::kUnsupported, "a step that sees all texts at once must come after masking",
                node.name, place, "read from the step that conceals");
  }
  return {};
}

std::pair<RunKey, Seal> NewRunKey(const SealKey& owner) {
  const std::string random = RandomBytes(std::tuple_size_v<Digest>);
  auto key = std::make_shared<Digest>();
  std::copy(random.begin(), random.end(), key->begin());
  return {key, {owner.id(), HexOf(SealValue(owner.Derive(kRunKeys), random))}};
}

Result<RunKey> OpenRunKey(const Seal& seal, const std::optional<SealKey>& owner) {
  if (seal.empty()) return RunKey();
  if (!owner.has_value()) {
    return Fail(Code::kDenied, "the run is sealed; it takes the key with the id", seal.key_id, {},
                "give the owner's key: --seal-key FILE");
  }
  if (owner->id() != seal.key_id) {
    return Fail(Code::kDenied, "the run is sealed with another key; its id is", seal.key_id, {},
                "give the key that the run was started with");
  }
  const auto wrapped = FromHex(seal.run_key);
  const auto opened =
      wrapped.has_value() ? OpenValue(owner->Derive(kRunKeys), *wrapped) : std::nullopt;
  auto key = std::make_shared<Digest>();
  if (!opened.has_value() || opened->size() != key->size()) {
    return Fail(Code::kData, "the run's key cannot be opened; its description is damaged",
                seal.key_id);
  }
  std::copy(opened->begin(), opened->end(), key->begin());
  return key;
}

bool GiveSecrets(Plan& plan, const SealKey& owner) {
  bool any = false;
  for (const Node& node : plan.nodes()) {
    auto* bound = dynamic_cast<ConcealingBound*>(node.bound.get());
    if (bound == nullptr || !bound->keyed()) continue;
    bound->UseSecret(owner.Derive(kPseudonyms));
    any = true;
  }
  return any;
}

}  // namespace siku::run
