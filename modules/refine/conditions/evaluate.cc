#include <algorithm>

#include "conditions/condition.h"

namespace siku::refine::conditions {
namespace {

using Node = Condition::Node;
using Operator = Condition::Operator;

std::optional<bool> Compared(Operator op, const Value& left, const Value& right) {
  switch (op) {
    case Operator::kEqual:
      return AreEqual(left, right);
    case Operator::kOther:
      return !AreEqual(left, right);
    case Operator::kLess:
      return IsLess(left, right);
    case Operator::kMore:
      return IsLess(right, left);
    case Operator::kLessEqual:
    case Operator::kMoreEqual: {
      const auto less = op == Operator::kLessEqual ? IsLess(left, right) : IsLess(right, left);
      if (!less) return std::nullopt;
      return *less || AreEqual(left, right);
    }
    case Operator::kIn:
      return IsIn(left, right);
    case Operator::kNotIn: {
      const auto in = IsIn(left, right);
      if (!in) return std::nullopt;
      return !*in;
    }
  }
  return std::nullopt;
}

class Evaluation {
 public:
  explicit Evaluation(std::span<const Value> values) : values_(values) {}

  std::optional<Value> Of(const Node& node) const {
    switch (node.kind) {
      case Node::Kind::kConstant:
        return node.constant;
      case Node::Kind::kField:
        return values_[node.field];
      case Node::Kind::kList:
        return ListOf(node);
      case Node::Kind::kAll:
      case Node::Kind::kAny:
        return Joined(node, node.kind == Node::Kind::kAny);
      case Node::Kind::kCompare:
        return Chain(node);
      default:
        return Unary(node);
    }
  }

 private:
  std::optional<Value> ListOf(const Node& node) const {
    List list;
    for (const Node& part : node.parts) {
      auto value = Of(part);
      if (!value) return std::nullopt;
      list.push_back(*std::move(value));
    }
    return Value{std::move(list)};
  }
  // `and` ends at what is false, `or` at what is true.
  std::optional<Value> Joined(const Node& node, bool ends_at) const {
    for (const Node& part : node.parts) {
      const auto value = Of(part);
      if (!value) return std::nullopt;
      if (IsTrue(*value) == ends_at) return Value{ends_at};
    }
    return Value{!ends_at};
  }
  std::optional<Value> Unary(const Node& node) const {
    const auto value = Of(node.parts.front());
    if (!value) return std::nullopt;
    if (node.kind == Node::Kind::kNot) return Value{!IsTrue(*value)};
    if (node.kind == Node::Kind::kMinus) return Negated(*value);
    if (const auto* truth = std::get_if<bool>(&value->of)) return Value{int64_t{*truth ? 1 : 0}};
    const bool number =
        std::holds_alternative<int64_t>(value->of) || std::holds_alternative<double>(value->of);
    return number ? value : std::nullopt;
  }
  // As Data-Juicer has it: what is compared with None is in nothing and fulfils nothing else.
  std::optional<Value> Chain(const Node& node) const {
    std::vector<Value> values;
    for (const Node& part : node.parts) {
      auto value = Of(part);
      if (!value) return std::nullopt;
      values.push_back(*std::move(value));
    }
    for (size_t i = 0; i < node.operators.size(); ++i) {
      if (values[i].IsNone() || values[i + 1].IsNone()) {
        return Value{node.operators[i] == Operator::kNotIn};
      }
      const auto holds = Compared(node.operators[i], values[i], values[i + 1]);
      if (!holds) return std::nullopt;
      if (!*holds) return Value{false};
    }
    return Value{true};
  }

  std::span<const Value> values_;
};

}  // namespace

std::optional<bool> Condition::Holds(std::span<const Value> values) const {
  const auto value = Evaluation(values).Of(root_);
  if (!value) return std::nullopt;
  return IsTrue(*value);
}

}  // namespace siku::refine::conditions
