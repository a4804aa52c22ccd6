#include <algorithm>
#include <set>

#include "reading.h"

namespace siku::recipe {
namespace {

using Port = std::pair<std::string, std::string>;

const Unknown kUnknownNode = {
    Error{Code::kInvalid, "there is no input or step '{}'"},
    Error{Code::kInvalid, "there is no input or step '{}'; did you mean '{}'?"},
};
const Unknown kUnknownPort = {
    Error{Code::kInvalid, "the step '{}' has no output '{}'"},
    Error{Code::kInvalid, "the step '{}' has no output '{}'; did you mean '{}'?"},
};

std::string Shown(const RecipeReference& reference) {
  return reference.port.empty() ? reference.node : reference.node + "." + reference.port;
}

void Resolve(Marked<RecipeReference>& reference, const std::vector<std::string>& names,
             Reading& reading) {
  auto& [node, port] = reference.value;
  const auto found = reading.draft.names.find(node);
  if (found == reading.draft.names.end()) {
    reading.sound = false;
    reading.complaints.AddUnknown(reference.mark, kUnknownNode, node, names);
    return;
  }
  if (found->second < 0) {
    if (!port.empty() && found->second == kInput) {
      reading.Break(reference.mark,
                    Error{Code::kInvalid, "the input '{}' has no output ports", Parts({node})});
    }
    return;
  }
  const Operator* op = reading.draft.steps[static_cast<size_t>(found->second)].step.op;
  if (op == nullptr) return;
  const auto& ports = op->record().outputs;
  if (port.empty()) {
    port = ports.front();
  } else if (std::find(ports.begin(), ports.end(), port) == ports.end()) {
    reading.sound = false;
    reading.complaints.AddUnknown({reference.mark}, kUnknownPort, node, port, ports);
  }
}

// Walks back from a step that can never be ready until a step comes a second time.
void ComplainOfCircle(const std::vector<Draft::Step>& waiting, const std::set<std::string>& ready,
                      Reading& reading) {
  std::map<std::string, const Draft::Step*> by_name;
  for (const Draft::Step& step : waiting) by_name.emplace(step.step.name, &step);
  std::vector<const Draft::Step*> path;
  std::set<std::string> seen;
  const Draft::Step* step = &waiting.front();
  while (seen.insert(step->step.name).second) {
    path.push_back(step);
    const auto blocked = std::find_if(step->from.begin(), step->from.end(), [&](const auto& from) {
      return !ready.contains(from.value.node);
    });
    step = by_name.at(blocked->value.node);
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), step));
  // Told in the direction that rows take, from the step that stands first in the file.
  std::reverse(path.begin(), path.end());
  std::rotate(path.begin(),
              std::min_element(path.begin(), path.end(),
                               [](const auto* a, const auto* b) {
                                 return std::pair(a->mark.line, a->mark.column) <
                                        std::pair(b->mark.line, b->mark.column);
                               }),
              path.end());
  std::string circle;
  for (const Draft::Step* each : path) circle += each->step.name + " → ";
  circle += path.front()->step.name;
  reading.Break(path.front()->mark,
                Error{Code::kInvalid, "steps wait for each other in a circle: {}", circle});
}

bool SortSteps(Reading& reading) {
  std::vector<Draft::Step> sorted;
  std::set<std::string> ready;
  for (const auto& input : reading.draft.inputs) ready.insert(input.value.name);
  std::vector<Draft::Step> waiting = std::move(reading.draft.steps);
  while (!waiting.empty()) {
    const auto next = std::find_if(waiting.begin(), waiting.end(), [&](const Draft::Step& step) {
      return std::all_of(step.from.begin(), step.from.end(),
                         [&](const auto& from) { return ready.contains(from.value.node); });
    });
    if (next == waiting.end()) {
      ComplainOfCircle(waiting, ready, reading);
      return false;
    }
    ready.insert(next->step.name);
    sorted.push_back(std::move(*next));
    waiting.erase(next);
  }
  reading.draft.steps = std::move(sorted);
  return true;
}

std::set<Port> ReadPorts(const Draft& draft) {
  std::set<Port> read;
  for (const Draft::Step& step : draft.steps) {
    for (const auto& from : step.from) read.emplace(from.value.node, from.value.port);
  }
  for (const auto& output : draft.outputs) {
    read.emplace(output.from.value.node, output.from.value.port);
  }
  return read;
}

void CheckDiscards(const std::set<Port>& read, std::set<Port>& discarded, Reading& reading) {
  for (const auto& [reference, mark] : reading.draft.discard) {
    const Port port(reference.node, reference.port);
    if (read.contains(port)) {
      reading.complaints.Add(
          mark,
          Error{Code::kInvalid, "'{}' is discarded, but something reads it", Shown(reference)});
    } else if (!discarded.insert(port).second) {
      reading.complaints.Add(
          mark, Error{Code::kInvalid, "'{}' is discarded a second time", Shown(reference)});
    }
  }
}

// Nothing vanishes: every port is read, put out or discarded by name.
void CheckPorts(Reading& reading) {
  const std::set<Port> read = ReadPorts(reading.draft);
  std::set<Port> discarded;
  CheckDiscards(read, discarded, reading);
  const auto ends = [&](const Port& port) {
    return read.contains(port) || discarded.contains(port);
  };
  for (const auto& [input, mark] : reading.draft.inputs) {
    if (ends({input.name, ""})) continue;
    reading.complaints.Add(mark, Error{Code::kInvalid, "nothing reads the input '{}'", input.name});
  }
  for (const Draft::Step& step : reading.draft.steps) {
    const Record& record = step.step.op->record();
    for (const std::string& port : record.outputs) {
      if (record.traits.scope == Scope::kAll && port != record.outputs.front()) continue;
      if (ends({step.step.name, port})) continue;
      reading.complaints.Add(
          step.mark, Error{Code::kInvalid,
                           "nothing reads '{}'; put it under `outputs` or name it under `discard`",
                           step.step.name + "." + port});
    }
  }
}

}  // namespace

void ResolveReferences(Reading& reading) {
  std::vector<std::string> names;
  for (const auto& [name, step] : reading.draft.names) names.push_back(name);
  for (Draft::Step& step : reading.draft.steps) {
    for (auto& from : step.from) Resolve(from, names, reading);
  }
  for (Draft::Output& output : reading.draft.outputs) Resolve(output.from, names, reading);
  for (auto& reference : reading.draft.discard) Resolve(reference, names, reading);
}

void CheckGraph(Reading& reading) {
  if (SortSteps(reading)) CheckPorts(reading);
}

}  // namespace siku::recipe
