// A bound recipe: the graph with schemas, cut into stages at global operators, over cut sources.
#pragma once

#include <compare>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rows.h"
#include "siku/operator.h"
#include "siku/recipe.h"
#include "siku/source.h"

namespace siku::run {

struct PortId {
  int node = 0;
  int port = 0;
  friend auto operator<=>(const PortId&, const PortId&) = default;
};

/// An input of the recipe or one of its steps. Inputs stand first, steps in topological order.
struct Node {
  std::string name;
  const Operator* op = nullptr;  // null: an input
  Parameters parameters{};
  std::unique_ptr<Bound> bound{};
  std::vector<PortId> from{};
  /// Several ports that share an input meet here: each row's key gets its branch appended, so that
  /// keys stay unique.
  bool branches = false;
  /// The stage in which the node's rows exist. A keyed or global step sketches in the stage before.
  int stage = 0;
  /// Of measured steps: the first of those that are measured together; -1 elsewhere. It has the
  /// measurement.
  int measured_by = -1;
  std::unique_ptr<Measurement> measurement{};
  std::vector<Schema> ports{};  // user columns
  std::set<int> inputs{};       // the inputs its rows come from

  const KeyedBound* keyed() const { return dynamic_cast<const KeyedBound*>(bound.get()); }
  const GlobalBound* global() const { return dynamic_cast<const GlobalBound*>(bound.get()); }
  const MeasuredBound* measured() const { return dynamic_cast<const MeasuredBound*>(bound.get()); }
  /// It sketches in one stage and acts on verdicts in the next.
  bool exchanges() const { return keyed() != nullptr || global() != nullptr; }
  const RowBound* row() const { return dynamic_cast<const RowBound*>(bound.get()); }
};

struct PlannedOutput {
  std::string dataset;
  PortId port{};
};

class Plan {
 public:
  /// Binds every step; errors carry the step's place in the recipe.
  static Result<Plan> Make(const Recipe& recipe, const std::vector<Schema>& input_schemas);

  const std::vector<Node>& nodes() const { return nodes_; }
  int inputs() const { return inputs_; }
  const std::vector<PlannedOutput>& outputs() const { return outputs_; }
  /// Ports whose rows nobody reads: they go to the ledger, so that nothing vanishes.
  const std::vector<PortId>& discards() const { return discards_; }
  /// `input` or `step.port`.
  std::string PortName(PortId port) const;
  int stages() const { return stages_; }
  /// Ports that `stage` must leave on disk for later stages.
  std::vector<PortId> Spooled(int stage) const;
  /// Ports that `stage` reads from earlier stages' spools.
  std::vector<PortId> Loaded(int stage) const;
  /// A global step reads the port alone: its spool is mapped and holds the columns that the step's
  /// sketches would only copy.
  bool IsMapped(PortId port) const;
  /// Steps whose rows exist in `stage`, in order.
  std::vector<int> Steps(int stage) const;
  /// Keyed and global steps that sketch in `stage`.
  std::vector<int> Sketches(int stage) const;
  const Schema& schema(PortId port) const {
    return nodes_[static_cast<size_t>(port.node)].ports[static_cast<size_t>(port.port)];
  }

 private:
  std::vector<PortId> Needed(int stage) const;
  void JoinMeasurements();
  std::vector<Node> nodes_;
  std::vector<PlannedOutput> outputs_;
  std::vector<PortId> discards_;
  int inputs_ = 0;
  int stages_ = 1;
};

}  // namespace siku::run
