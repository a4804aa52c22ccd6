// Values of conditions, and how they compare: as in Python.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace siku::refine::conditions {

struct Value;
using List = std::vector<Value>;
using Members = std::vector<std::pair<std::string, Value>>;

/// Nothing (None), a truth value, a number, a text, a list, or an object with members.
struct Value {
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Members> of{};
  bool IsNone() const { return of.index() == 0; }
};

/// Whether Python takes it for true.
bool IsTrue(const Value& value);
bool AreEqual(const Value& a, const Value& b);
/// a < b; nothing where the two have no order (a text and a number).
std::optional<bool> IsLess(const Value& a, const Value& b);
/// `part in whole`; nothing where it cannot be asked.
std::optional<bool> IsIn(const Value& part, const Value& whole);
/// −value, for numbers.
std::optional<Value> Negated(const Value& value);

}  // namespace siku::refine::conditions
