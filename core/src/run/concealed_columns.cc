#include "concealed_columns.h"

#include <arrow/api.h>

#include <algorithm>
#include <map>

#include "../plugin/foreign.h"

namespace siku::run {
namespace {

struct Column {
  std::set<int> texts{};  // the texts it was made of, each by a number of its own
  int made_by = -1;       // the step; -1: it came with an input
};
using Columns = std::map<std::string, Column>;

bool HoldsText(const arrow::DataType& type) {
  if (arrow::is_base_binary_like(type.id()) || arrow::is_binary_view_like(type.id()) ||
      type.id() == arrow::Type::FIXED_SIZE_BINARY) {
    return true;
  }
  if (type.id() == arrow::Type::DICTIONARY) {
    return HoldsText(*static_cast<const arrow::DictionaryType&>(type).value_type());
  }
  return std::any_of(type.fields().begin(), type.fields().end(),
                     [](const auto& field) { return HoldsText(*field->type()); });
}

// What a column made by the step may spell. A plug-in is handed all columns.
std::set<int> TextsRead(const Node& node, const Columns& input) {
  std::set<std::string> names;
  for (const std::string& name : node.op->record().reads) {
    names.insert(name.starts_with('$') ? node.parameters.text(name.substr(1)) : name);
  }
  const bool all =
      names.empty() || dynamic_cast<const plugin::ForeignBound*>(node.bound.get()) != nullptr;
  std::set<int> texts;
  for (const auto& [name, column] : input) {
    if (all || names.contains(name)) texts.insert(column.texts.begin(), column.texts.end());
  }
  return texts;
}

class ColumnWalk {
 public:
  explicit ColumnWalk(const Plan& plan) : nodes_(plan.nodes()), ports_(plan.nodes().size()) {}

  /// The step and the column that it made, of the first column that spells what is concealed.
  std::optional<std::pair<int, std::string>> FindOpen() {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const Columns input = Gathered(nodes_[i]);
      if (Conceals(nodes_[i])) {
        if (auto open = Open(input, nodes_[i].bound->column())) return open;
      }
      for (const Schema& schema : nodes_[i].ports) {
        ports_[i].push_back(Given(static_cast<int>(i), schema, input));
      }
    }
    return std::nullopt;
  }

 private:
  static bool Conceals(const Node& node) {
    return node.op != nullptr && node.op->record().traits.conceals;
  }

  Columns Gathered(const Node& node) const {
    Columns columns;
    for (const PortId port : node.from) {
      for (const auto& [name, from] :
           ports_[static_cast<size_t>(port.node)][static_cast<size_t>(port.port)]) {
        Column& column = columns[name];
        column.texts.insert(from.texts.begin(), from.texts.end());
        column.made_by = std::max(column.made_by, from.made_by);
      }
    }
    return columns;
  }

  static std::optional<std::pair<int, std::string>> Open(const Columns& columns,
                                                         const std::string& concealed) {
    const auto own = columns.find(concealed);
    if (own == columns.end()) return std::nullopt;
    for (const auto& [name, column] : columns) {
      if (column.made_by < 0 || name == concealed) continue;
      const bool shares = std::any_of(column.texts.begin(), column.texts.end(),
                                      [&](int text) { return own->second.texts.contains(text); });
      if (shares) return std::pair{column.made_by, name};
    }
    return std::nullopt;
  }

  // The text columns of a port. A text that was concealed is another text; a column made of one
  // stays made of it.
  Columns Given(int step, const Schema& schema, const Columns& input) {
    const Node& node = nodes_[static_cast<size_t>(step)];
    Columns columns;
    for (const auto& field : schema->fields()) {
      if (!HoldsText(*field->type())) continue;
      Column& column = columns[field->name()];
      const auto before = input.find(field->name());
      const bool known = before != input.end();
      const bool concealed = Conceals(node) && field->name() == node.bound->column() &&
                             (!known || before->second.made_by < 0);
      if (node.op == nullptr || concealed) {
        column.texts = {next_text_++};
      } else if (known) {
        column = before->second;
      } else {
        column = {TextsRead(node, input), step};
      }
    }
    return columns;
  }

  const std::vector<Node>& nodes_;
  std::vector<std::vector<Columns>> ports_;
  int next_text_ = 0;
};

}  // namespace

Result<void> CheckColumnsMadeBefore(const Recipe& recipe, const Plan& plan) {
  const auto open = ColumnWalk(plan).FindOpen();
  if (!open.has_value()) return {};
  const std::string& maker = plan.nodes()[static_cast<size_t>(open->first)].name;
  const auto step = std::find_if(recipe.steps.begin(), recipe.steps.end(),
                                 [&](const RecipeStep& one) { return one.name == maker; });
  return Fail(Code::kUnsupported, "a column made of a text spells what a later step conceals in it",
              open->second, step->place, "let this step read from the step that conceals");
}

}  // namespace siku::run
