#include "plan.h"

#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <map>

namespace siku::run {
namespace {

// The schemas of the ports that meet in a step must agree; says which column does not.
Result<Schema> MergedSchema(const std::vector<Node>& nodes, const Node& node,
                            const std::string& place) {
  const auto schema_of = [&](PortId port) {
    return nodes[static_cast<size_t>(port.node)].ports[static_cast<size_t>(port.port)];
  };
  const Schema first = schema_of(node.from.front());
  for (const PortId port : node.from) {
    const Schema other = schema_of(port);
    if (other->Equals(*first, false)) continue;
    std::string column =
        std::to_string(first->num_fields()) + " / " + std::to_string(other->num_fields());
    for (int i = 0; i < std::min(first->num_fields(), other->num_fields()); ++i) {
      if (!first->field(i)->Equals(*other->field(i), false)) {
        column = first->field(i)->name() + " / " + other->field(i)->name();
        break;
      }
    }
    return Fail(Code::kInvalid, "what meets in a step must have the same columns; they differ in",
                column, place);
  }
  return first;
}

bool SharesInput(const std::vector<Node>& nodes, const Node& node) {
  std::set<int> seen;
  for (const PortId port : node.from) {
    for (const int input : nodes[static_cast<size_t>(port.node)].inputs) {
      if (!seen.insert(input).second) return true;
    }
  }
  return false;
}

// The hidden columns are the engine's own.
Result<void> CheckNames(const std::vector<Schema>& ports, const std::string& place) {
  for (const Schema& port : ports) {
    for (const auto& field : port->fields()) {
      if (!field->name().empty() && !field->name().starts_with(kHiddenPrefix)) continue;
      return Fail(Code::kInvalid, "a step may not make a column of this name",
                  "'" + field->name() + "'", place);
    }
  }
  return {};
}

// Whether `said` is the name of a given parameter, or what it was given.
bool Speaks(const RecipeStep& step, const std::string& name, const std::string& said) {
  if (said.empty() || name == said) return name == said;
  const auto value = step.parameters.values().find(name);
  if (value == step.parameters.values().end()) return false;
  if (const auto* text = std::get_if<std::string>(&value->second)) return *text == said;
  const auto* texts = std::get_if<std::vector<std::string>>(&value->second);
  return texts != nullptr && std::find(texts->begin(), texts->end(), said) != texts->end();
}

// An operator names the parameter at fault, or what it was given; the recipe knows where it stands.
tl::unexpected<Error> AtParameter(const RecipeStep& step, Error error) {
  std::string place = step.place;
  for (const std::string& said : {error.place, error.value}) {
    const auto given = std::find_if(step.parameter_places.begin(), step.parameter_places.end(),
                                    [&](const auto& one) { return Speaks(step, one.first, said); });
    if (given == step.parameter_places.end()) continue;
    place = given->second;
    if (error.place.empty()) error.place = given->first;
    break;
  }
  error.place = place + (error.place.empty() ? "" : " (" + error.place + ")");
  return tl::unexpected<Error>(std::move(error));
}

Result<void> BindNode(std::vector<Node>& nodes, Node& node, const RecipeStep& step) {
  const std::string& place = step.place;
  SIKU_TRY(auto schema, MergedSchema(nodes, node, place));
  auto bound = node.op->Bind(schema, node.parameters);
  if (!bound.has_value()) return AtParameter(step, std::move(bound).error());
  node.bound = *std::move(bound);
  node.ports = node.bound->outputs();
  SIKU_TRY(CheckNames(node.ports, place));
  if (node.row() == nullptr && !node.exchanges()) {
    return Fail(Code::kInternal, "an operator is bound to neither rows nor keys",
                node.op->record().name);
  }
  if (node.op->record().traits.effects || node.op->record().traits.completion != Completion::kNow) {
    return Fail(Code::kUnsupported, "this version runs no operator that acts or waits",
                node.op->record().name, place);
  }
  node.branches = SharesInput(nodes, node);
  for (const PortId port : node.from) {
    const Node& from = nodes[static_cast<size_t>(port.node)];
    node.stage = std::max(node.stage, from.stage);
    node.inputs.insert(from.inputs.begin(), from.inputs.end());
  }
  if (node.exchanges()) ++node.stage;
  return {};
}

}  // namespace

Result<Plan> Plan::Make(const Recipe& recipe, const std::vector<Schema>& input_schemas) {
  Plan plan;
  std::map<std::string, int> index;
  for (size_t i = 0; i < recipe.inputs.size(); ++i) {
    Node node;
    node.name = recipe.inputs[i].name;
    node.ports = {input_schemas[i]};
    node.inputs = {static_cast<int>(i)};
    index[node.name] = static_cast<int>(plan.nodes_.size());
    plan.nodes_.push_back(std::move(node));
  }
  plan.inputs_ = static_cast<int>(recipe.inputs.size());
  const auto resolve = [&](const auto& ref) {
    const Node& from = plan.nodes_[static_cast<size_t>(index.at(ref.node))];
    int port = 0;
    if (from.op != nullptr && !ref.port.empty()) {
      const auto& names = from.op->record().outputs;
      port = static_cast<int>(std::find(names.begin(), names.end(), ref.port) - names.begin());
    }
    return PortId{index.at(ref.node), port};
  };
  for (const auto& step : recipe.steps) {
    Node node;
    node.name = step.name;
    node.op = step.op;
    node.parameters = step.parameters;
    for (const auto& ref : step.from) node.from.push_back(resolve(ref));
    SIKU_TRY(BindNode(plan.nodes_, node, step));
    plan.stages_ = std::max(plan.stages_, node.stage + 1);
    index[node.name] = static_cast<int>(plan.nodes_.size());
    plan.nodes_.push_back(std::move(node));
  }
  for (const auto& output : recipe.outputs) {
    plan.outputs_.push_back({output.dataset, resolve(output.from)});
  }
  for (const auto& ref : recipe.discard) plan.discards_.push_back(resolve(ref));
  plan.JoinMeasurements();
  return plan;
}

// Filters in a row that look at the same texts: what stands behind another one sees some of its
// rows, with the same text in each.
void Plan::JoinMeasurements() {
  std::map<int, std::vector<int>> groups;  // by first step
  for (int i = inputs_; i < static_cast<int>(nodes_.size()); ++i) {
    Node& node = nodes_[static_cast<size_t>(i)];
    if (node.measured() == nullptr) continue;
    node.measured_by = i;
    const Node& before = nodes_[static_cast<size_t>(node.from.front().node)];
    if (node.from.size() == 1 && node.from.front().port == 0 && before.measured_by >= 0 &&
        before.stage == node.stage &&
        before.op->record().traits.cardinality == Cardinality::kFilter &&
        before.measured()->column() == node.measured()->column() &&
        groups[before.measured_by].back() == node.from.front().node) {
      node.measured_by = before.measured_by;
    }
    groups[node.measured_by].push_back(i);
  }
  for (const auto& [first, members] : groups) {
    std::vector<const MeasuredBound*> bounds;
    for (const int i : members) bounds.push_back(nodes_[static_cast<size_t>(i)].measured());
    Node& leader = nodes_[static_cast<size_t>(first)];
    leader.measurement = leader.measured()->Join(bounds);
    if (leader.measurement != nullptr) continue;
    for (const int i : members) {
      Node& node = nodes_[static_cast<size_t>(i)];
      node.measured_by = i;
      const std::array<const MeasuredBound*, 1> alone{node.measured()};
      node.measurement = node.measured()->Join(alone);
    }
  }
}

std::string Plan::PortName(PortId port) const {
  const Node& node = nodes_[static_cast<size_t>(port.node)];
  if (node.op == nullptr) return node.name;
  return node.name + "." + node.op->record().outputs[static_cast<size_t>(port.port)];
}

std::vector<int> Plan::Steps(int stage) const {
  std::vector<int> steps;
  for (size_t i = static_cast<size_t>(inputs_); i < nodes_.size(); ++i) {
    if (nodes_[i].stage == stage) steps.push_back(static_cast<int>(i));
  }
  return steps;
}

bool Plan::IsMapped(PortId port) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    return node.global() != nullptr && node.from.size() == 1 && node.from.front() == port;
  });
}

std::vector<int> Plan::Sketches(int stage) const {
  std::vector<int> steps;
  for (const int i : Steps(stage + 1)) {
    if (nodes_[static_cast<size_t>(i)].exchanges()) steps.push_back(i);
  }
  return steps;
}

std::vector<PortId> Plan::Needed(int stage) const {
  std::set<PortId> needed;
  for (const auto& steps : {Steps(stage), Sketches(stage)}) {
    for (const int i : steps) {
      const auto& from = nodes_[static_cast<size_t>(i)].from;
      needed.insert(from.begin(), from.end());
    }
  }
  return {needed.begin(), needed.end()};
}

std::vector<PortId> Plan::Loaded(int stage) const {
  std::vector<PortId> loaded;
  for (const PortId port : Needed(stage)) {
    if (nodes_[static_cast<size_t>(port.node)].stage < stage) loaded.push_back(port);
  }
  return loaded;
}

std::vector<PortId> Plan::Spooled(int stage) const {
  std::set<PortId> spooled;
  for (int later = stage + 1; later < stages_; ++later) {
    for (const PortId port : Loaded(later)) {
      if (nodes_[static_cast<size_t>(port.node)].stage == stage) spooled.insert(port);
    }
  }
  return {spooled.begin(), spooled.end()};
}

}  // namespace siku::run
