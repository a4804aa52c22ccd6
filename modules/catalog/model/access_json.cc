// Rules and grants as JSON, as people's programs write and read them.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "clock.h"
#include "siku/catalog/access.h"
#include "siku/catalog/model.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kMostRuleParts = 100;      // rules, columns, conditions, values of one
constexpr size_t kLongestRulePart = 1'000;  // bytes of a name or value
constexpr std::array kOperations = {"eq", "ne",       "lt",     "le",   "gt",      "ge",
                                    "in", "contains", "starts", "null", "not_null"};

std::string At(const std::string& place, const char* member) {
  return place.empty() ? member : place + "." + member;
}
std::string At(const std::string& place, size_t index) {
  return place + "[" + std::to_string(index) + "]";
}

Result<std::string> TextAt(const json& value, const std::string& place) {
  if (!value.is_string()) return Fail(Code::kInvalid, "not a text", value.dump(), place);
  auto text = value.get<std::string>();
  if (text.empty() || text.size() > kLongestRulePart) {
    return Fail(Code::kInvalid, "not a text of 1 to 1,000 bytes", text.substr(0, 40), place);
  }
  return text;
}

/// The list of that name; an empty one where there is none.
Result<json> ListAt(const json& object, const char* name, const std::string& place) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return json::array();
  if (!found->is_array()) return Fail(Code::kInvalid, "not a list", {}, At(place, name));
  if (found->size() > kMostRuleParts) {
    return Fail(Code::kLimit, "more entries than a list may have", std::to_string(found->size()),
                At(place, name));
  }
  return *found;
}

Result<void> CheckMembers(const json& object, std::initializer_list<std::string_view> known,
                          const std::string& place) {
  if (!object.is_object()) return Fail(Code::kInvalid, "not an object", {}, place);
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return Fail(Code::kInvalid, "unknown key", key, place);
    }
  }
  return {};
}

Result<std::string> ValueAt(const json& value, const std::string& place) {
  const bool simple = value.is_string() || value.is_number() || value.is_boolean();
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (!simple || text.size() > kLongestRulePart) {
    return Fail(Code::kInvalid, "not a text, number or truth value", text.substr(0, 40), place);
  }
  return text;
}

Result<RowFilter> FilterAt(const json& from, const std::string& place) {
  SIKU_TRY(CheckMembers(from, {"field", "op", "value"}, place));
  RowFilter filter;
  for (const auto& [name, to] : {std::pair{"field", &filter.field}, std::pair{"op", &filter.op}}) {
    SIKU_TRY(*to, TextAt(from.value(name, json()), At(place, name)));
  }
  const json value = from.value("value", json());
  if (value.is_array()) {
    for (const json& one : value) {
      SIKU_TRY(filter.values.emplace_back(), ValueAt(one, At(place, "value")));
    }
  } else if (!value.is_null()) {
    SIKU_TRY(filter.values.emplace_back(), ValueAt(value, At(place, "value")));
  }
  SIKU_TRY(CheckRowFilter(filter, place));
  return filter;
}

json TimeOrNull(int64_t time) { return time == 0 ? json() : json(TimeText(time)); }

}  // namespace

Result<void> CheckRowFilter(const RowFilter& filter, const std::string& place) {
  const auto* const known = std::find(kOperations.begin(), kOperations.end(), filter.op);
  if (known == kOperations.end()) {
    return Fail(Code::kInvalid, "no such comparison", filter.op, place,
                "eq, ne, lt, le, gt, ge, in, contains, starts, null or not_null");
  }
  const bool takes_none = filter.op.ends_with("null");
  const size_t least = takes_none ? 0 : 1;
  const size_t most = takes_none ? 0 : filter.op == "in" ? kMostRuleParts : 1;
  if (filter.values.size() < least || filter.values.size() > most) {
    return Fail(Code::kInvalid, "this comparison takes another number of values", filter.op, place);
  }
  return {};
}

Result<Restriction> ReadRestriction(const json& from, const std::string& place) {
  Restriction restriction;
  SIKU_TRY(const auto columns, ListAt(from, "columns", place));
  for (size_t i = 0; i < columns.size(); ++i) {
    SIKU_TRY(restriction.columns.emplace_back(), TextAt(columns[i], At(At(place, "columns"), i)));
  }
  SIKU_TRY(const auto rows, ListAt(from, "rows", place));
  for (size_t i = 0; i < rows.size(); ++i) {
    SIKU_TRY(restriction.rows.emplace_back(), FilterAt(rows[i], At(At(place, "rows"), i)));
  }
  return restriction;
}

Result<std::vector<AccessRule>> ReadAccessRules(const json& list, const std::string& place) {
  if (!list.is_array()) return Fail(Code::kInvalid, "not a list", {}, place);
  if (list.size() > kMostRuleParts) {
    return Fail(Code::kLimit, "more entries than a list may have", std::to_string(list.size()),
                place);
  }
  std::vector<AccessRule> rules;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string at = At(place, i);
    SIKU_TRY(CheckMembers(list[i], {"who", "columns", "rows", "nothing"}, at));
    AccessRule& rule = rules.emplace_back();
    SIKU_TRY(rule.who, TextAt(list[i].value("who", json()), At(at, "who")));
    SIKU_TRY(rule.keeps, ReadRestriction(list[i], at));
    const json nothing = list[i].value("nothing", json(false));
    if (!nothing.is_boolean()) {
      return Fail(Code::kInvalid, "not true or false", nothing.dump(), At(at, "nothing"));
    }
    rule.nothing = nothing;
    if (!rule.nothing && rule.keeps.columns.empty() && rule.keeps.rows.empty()) {
      return Fail(Code::kInvalid, "a rule takes columns or rows away", rule.who, at);
    }
  }
  return rules;
}

json RestrictionJson(const Restriction& restriction) {
  json rows = json::array();
  for (const RowFilter& filter : restriction.rows) {
    json& one = rows.emplace_back(json{{"field", filter.field}, {"op", filter.op}});
    if (filter.op == "in") {
      one["value"] = filter.values;
    } else if (!filter.values.empty()) {
      one["value"] = filter.values[0];
    }
  }
  return {{"columns", restriction.columns}, {"rows", std::move(rows)}};
}

json AccessRulesJson(const std::vector<AccessRule>& rules) {
  json list = json::array();
  for (const AccessRule& rule : rules) {
    json& one = list.emplace_back(RestrictionJson(rule.keeps));
    one["who"] = rule.who;
    one["nothing"] = rule.nothing;
  }
  return list;
}

json GrantJson(const Grant& grant) {
  json out = RestrictionJson(grant.keeps);
  out["id"] = grant.id;
  out["who"] = grant.who;
  out["purpose"] = grant.purpose;
  out["granted_by"] = grant.granted_by;
  out["created"] = TimeText(grant.created);
  out["expires"] = TimeText(grant.expires);
  out["ended"] = TimeOrNull(grant.ended);
  out["ended_by"] = grant.ended_by;
  out["state"] = grant.ended != 0                     ? "ended"
                 : grant.expires <= NowMilliseconds() ? "expired"
                                                      : "living";
  return out;
}

json AccessPolicyJson(const AccessPolicy& policy) {
  json grants = json::array();
  for (const Grant& grant : policy.grants) grants.push_back(GrantJson(grant));
  return {{"rules", AccessRulesJson(policy.rules)},
          {"since", TimeOrNull(policy.since)},
          {"by", policy.by},
          {"grants", std::move(grants)}};
}

}  // namespace siku::catalog
