#include "conditions/value.h"

#include <algorithm>
#include <limits>

namespace siku::refine::conditions {
namespace {

// Truth values are numbers, too. Each int64 and each double is one of these on x86-64 and aarch64.
std::optional<long double> NumberOf(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value.of)) return *truth ? 1 : 0;
  if (const auto* whole = std::get_if<int64_t>(&value.of)) return static_cast<long double>(*whole);
  if (const auto* real = std::get_if<double>(&value.of)) return static_cast<long double>(*real);
  return std::nullopt;
}
static_assert(std::numeric_limits<long double>::digits >= 64);

bool HaveEqualMembers(const Members& a, const Members& b) {
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& member) {
           return std::any_of(b.begin(), b.end(), [&](const auto& other) {
             return member.first == other.first && AreEqual(member.second, other.second);
           });
         });
}

}  // namespace

bool IsTrue(const Value& value) {
  if (const auto number = NumberOf(value)) return *number != 0;
  if (const auto* text = std::get_if<std::string>(&value.of)) return !text->empty();
  if (const auto* list = std::get_if<List>(&value.of)) return !list->empty();
  if (const auto* members = std::get_if<Members>(&value.of)) return !members->empty();
  return false;
}

bool AreEqual(const Value& a, const Value& b) {
  const auto x = NumberOf(a), y = NumberOf(b);
  if (x && y) return *x == *y;
  if (a.of.index() != b.of.index()) return false;
  if (const auto* text = std::get_if<std::string>(&a.of))
    return *text == std::get<std::string>(b.of);
  if (const auto* list = std::get_if<List>(&a.of)) {
    const auto& other = std::get<List>(b.of);
    return std::equal(list->begin(), list->end(), other.begin(), other.end(), AreEqual);
  }
  if (const auto* members = std::get_if<Members>(&a.of)) {
    return HaveEqualMembers(*members, std::get<Members>(b.of));
  }
  return true;  // None
}

std::optional<bool> IsLess(const Value& a, const Value& b) {
  const auto x = NumberOf(a), y = NumberOf(b);
  if (x && y) return *x < *y;
  if (a.of.index() != b.of.index()) return std::nullopt;
  // Bytes of UTF-8 have the order of code points.
  if (const auto* text = std::get_if<std::string>(&a.of))
    return *text < std::get<std::string>(b.of);
  if (const auto* list = std::get_if<List>(&a.of)) {
    const auto& other = std::get<List>(b.of);
    for (size_t i = 0; i < std::min(list->size(), other.size()); ++i) {
      if (!AreEqual((*list)[i], other[i])) return IsLess((*list)[i], other[i]);
    }
    return list->size() < other.size();
  }
  return std::nullopt;
}

std::optional<bool> IsIn(const Value& part, const Value& whole) {
  const auto* text = std::get_if<std::string>(&part.of);
  if (const auto* list = std::get_if<List>(&whole.of)) {
    return std::any_of(list->begin(), list->end(),
                       [&](const Value& one) { return AreEqual(part, one); });
  }
  if (const auto* in = std::get_if<std::string>(&whole.of)) {
    if (text == nullptr) return std::nullopt;
    return in->find(*text) != std::string::npos;
  }
  if (const auto* members = std::get_if<Members>(&whole.of)) {
    return text != nullptr && std::any_of(members->begin(), members->end(),
                                          [&](const auto& one) { return one.first == *text; });
  }
  return std::nullopt;
}

std::optional<Value> Negated(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value.of)) return Value{int64_t{*truth ? -1 : 0}};
  if (const auto* real = std::get_if<double>(&value.of)) return Value{-*real};
  const auto* whole = std::get_if<int64_t>(&value.of);
  if (whole == nullptr || *whole == std::numeric_limits<int64_t>::min()) return std::nullopt;
  return Value{-*whole};
}

}  // namespace siku::refine::conditions
