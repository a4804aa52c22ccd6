#include "quality/rules.h"

#include <nlohmann/json.hpp>

#include "siku/catalog/quality.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kMostRuleParts = 100;  // of each kind of rule
constexpr size_t kMostKeys = 4;         // whose hashes are in memory at once
constexpr size_t kMostValues = 1'000;   // of a column

Result<std::string> TextIn(const json& value, const std::string& path) {
  if (!value.is_string()) return Fail(Code::kInvalid, "not a text", value.dump(), path);
  return value.get<std::string>();
}

Result<std::vector<std::string>> TextsIn(const json& value, const std::string& path, size_t most) {
  if (!value.is_array()) return Fail(Code::kInvalid, "not a list", {}, path);
  if (value.size() > most) {
    return Fail(Code::kLimit, "the list is too long", std::to_string(value.size()), path);
  }
  std::vector<std::string> texts;
  for (const json& one : value) {
    SIKU_TRY(auto text, TextIn(one, path));
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<ColumnRule> ColumnRuleOf(const json& value, const std::string& path) {
  if (!value.is_object()) return Fail(Code::kInvalid, "not an object", {}, path);
  ColumnRule rule;
  for (const auto& [key, given] : value.items()) {
    const std::string place = path + "." + key;
    if (key == "kind") {
      SIKU_TRY(const auto name, TextIn(given, place));
      rule.kind = ParseValueKind(name);
      rule.text = name == "text";
      if (!rule.kind && !rule.text) {
        return Fail(Code::kInvalid, "no kind of values", name, place,
                    "identity, credit, phone, region, email, url, timestamp, date, number or text");
      }
    } else if (key == "required") {
      if (!given.is_boolean()) return Fail(Code::kInvalid, "not true or false", {}, place);
      rule.required = given.get<bool>();
    } else if (key == "values") {
      SIKU_TRY(const auto values, TextsIn(given, place, kMostValues));
      rule.values.insert(values.begin(), values.end());
    } else {
      return Fail(Code::kInvalid, "unknown key", key, path);
    }
  }
  return rule;
}

Result<std::vector<std::vector<std::string>>> ListsOf(const json& value, const std::string& path,
                                                      size_t most) {
  if (!value.is_array()) return Fail(Code::kInvalid, "not a list", {}, path);
  if (value.size() > most) {
    return Fail(Code::kLimit, "the list is too long", std::to_string(value.size()), path);
  }
  std::vector<std::vector<std::string>> lists;
  for (const json& one : value) {
    SIKU_TRY(auto texts, TextsIn(one, path, kMostRuleParts));
    if (texts.empty()) return Fail(Code::kInvalid, "an empty list", {}, path);
    lists.push_back(std::move(texts));
  }
  return lists;
}

Result<QualityRules::Pairs> PairsOf(const json& value, const std::string& path) {
  SIKU_TRY(const auto lists, ListsOf(value, path, kMostRuleParts));
  QualityRules::Pairs pairs;
  for (const auto& list : lists) {
    if (list.size() != 2) return Fail(Code::kInvalid, "a pair has two columns", {}, path);
    pairs.emplace_back(list[0], list[1]);
  }
  return pairs;
}

Result<NamedReference> ReferenceIn(const json& value, const std::string& path) {
  if (!value.is_object()) return Fail(Code::kInvalid, "not an object", {}, path);
  NamedReference reference;
  for (const auto& [key, given] : value.items()) {
    const std::string place = path + "." + key;
    if (key == "dataset") {
      SIKU_TRY(reference.dataset, TextIn(given, place));
    } else if (key == "version") {
      if (!given.is_number_unsigned()) {
        return Fail(Code::kInvalid, "not a version", given.dump(), place);
      }
      reference.ordinal = given.get<int64_t>();
    } else if (key == "key") {
      SIKU_TRY(reference.key, TextsIn(given, place, kMostRuleParts));
    } else {
      return Fail(Code::kInvalid, "unknown key", key, path);
    }
  }
  if (reference.key.empty()) return Fail(Code::kInvalid, "an empty list", {}, path + ".key");
  return reference;
}

}  // namespace

Result<QualityRules> ParseQualityRules(const json& given) {
  if (!given.is_object()) return Fail(Code::kInvalid, "not an object", {}, "quality");
  QualityRules rules;
  for (const auto& [key, value] : given.items()) {
    const std::string path = "quality." + key;
    if (key == "columns") {
      if (!value.is_object()) return Fail(Code::kInvalid, "not an object", {}, path);
      if (value.size() > kMostValues) {
        return Fail(Code::kLimit, "the list is too long", std::to_string(value.size()), path);
      }
      for (const auto& [name, rule] : value.items()) {
        SIKU_TRY(rules.columns[name], ColumnRuleOf(rule, path + "." + name));
      }
    } else if (key == "keys") {
      SIKU_TRY(rules.keys, ListsOf(value, path, kMostKeys));
    } else if (key == "equal") {
      SIKU_TRY(rules.equal, PairsOf(value, path));
    } else if (key == "ordered") {
      SIKU_TRY(rules.ordered, PairsOf(value, path));
    } else if (key == "determines") {
      SIKU_TRY(rules.determines, PairsOf(value, path));
    } else if (key == "reference") {
      SIKU_TRY(rules.reference, ReferenceIn(value, path));
    } else if (key == "time") {
      SIKU_TRY(rules.time, TextIn(value, path));
    } else {
      return Fail(Code::kInvalid, "unknown key", key, "quality");
    }
  }
  return rules;
}

std::optional<NamedReference> ReferenceOf(const Dataset& dataset) {
  const auto rules = ParseQualityRules(json::parse(dataset.quality, nullptr, false));
  return rules.has_value() ? rules->reference : std::nullopt;
}

Result<void> CheckQualityRules(const json& rules) {
  SIKU_TRY(const auto parsed, ParseQualityRules(rules));
  (void)parsed;
  return {};
}

}  // namespace siku::catalog
