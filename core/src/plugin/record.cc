#include "record.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>

#include "siku/names.h"
#include "siku/record.h"
#include "siku/utf8.h"

namespace siku::plugin {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostItems = 1000;

// Ends where it is caught, in ReadRecord.
struct Wrong {
  Error error;
};

[[noreturn]] void Refuse(const char* message, std::string value) {
  throw Wrong{Error{Code::kInvalid, message, std::move(value)}};
}

void CheckMembers(const Json& object, const std::string& what,
                  std::initializer_list<const char*> known) {
  if (!object.is_object()) Refuse("a plug-in's record is no object here", what);
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      Refuse("a plug-in's record has an unknown member", what + "." + key);
    }
  }
}

std::string TextOf(const Json& object, const std::string& what, const char* key, bool required) {
  const auto found = object.find(key);
  if (found == object.end() && !required) return {};
  if (found == object.end()) Refuse("a plug-in's record lacks a member", what + "." + key);
  if (!found->is_string()) {
    Refuse("a member of a plug-in's record is of another type", what + "." + key);
  }
  auto text = found->get<std::string>();
  if (required && text.empty()) Refuse("a member of a plug-in's record is empty", what + "." + key);
  return text;
}

const Json& ListOf(const Json& object, const std::string& what, const char* key) {
  static const Json empty = Json::array();
  const auto found = object.find(key);
  if (found == object.end()) return empty;
  if (!found->is_array()) {
    Refuse("a member of a plug-in's record is of another type", what + "." + key);
  }
  if (found->size() > kMostItems)
    Refuse("a list of a plug-in's record is too long", what + "." + key);
  return *found;
}

std::vector<std::string> TextsOf(const Json& object, const std::string& what, const char* key) {
  std::vector<std::string> texts;
  for (const Json& item : ListOf(object, what, key)) {
    if (!item.is_string()) {
      Refuse("a member of a plug-in's record is of another type", what + "." + key);
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

bool FlagOf(const Json& object, const std::string& what, const char* key, bool fallback) {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  if (!found->is_boolean()) {
    Refuse("a member of a plug-in's record is of another type", what + "." + key);
  }
  return found->get<bool>();
}

std::vector<Named> NamesOf(const Json& object, const std::string& what, const char* key) {
  std::vector<Named> names;
  std::set<std::string> seen;
  for (const Json& item : ListOf(object, what, key)) {
    const std::string where = what + "." + key;
    CheckMembers(item, where, {"name", "summary", "summary_zh"});
    Named named{TextOf(item, where, "name", true), TextOf(item, where, "summary", true),
                TextOf(item, where, "summary_zh", false)};
    if (!IsStepName(named.name) || !seen.insert(named.name).second) {
      Refuse("a name of a plug-in's record is malformed, or there twice", where + "." + named.name);
    }
    names.push_back(std::move(named));
  }
  return names;
}

ParameterType TypeOf(const Json& object, const std::string& what) {
  const std::string type = TextOf(object, what, "type", true);
  constexpr std::array<std::pair<std::string_view, ParameterType>, 5> kTypes = {{
      {"bool", ParameterType::kBool},
      {"int", ParameterType::kInt},
      {"real", ParameterType::kReal},
      {"text", ParameterType::kText},
      {"text_list", ParameterType::kTextList},
  }};
  for (const auto& [name, value] : kTypes) {
    if (name == type) return value;
  }
  Refuse("a parameter's type is bool, int, real, text or text_list", what + ": " + type);
}

std::optional<double> BoundOf(const Json& object, const std::string& what, const char* key,
                              ParameterType type) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  const bool number = type == ParameterType::kInt || type == ParameterType::kReal;
  if (!number || !found->is_number()) {
    Refuse("a member of a plug-in's record is of another type", what + "." + key);
  }
  return found->get<double>();
}

ParameterValue ValueOf(const Json& value, const std::string& what, ParameterType type) {
  if (type == ParameterType::kBool && value.is_boolean()) return value.get<bool>();
  if (type == ParameterType::kInt && value.is_number_integer()) return value.get<int64_t>();
  if (type == ParameterType::kReal && value.is_number()) return value.get<double>();
  if (type == ParameterType::kText && value.is_string()) return value.get<std::string>();
  const bool texts = value.is_array() && std::all_of(value.begin(), value.end(),
                                                     [](const Json& v) { return v.is_string(); });
  if (type == ParameterType::kTextList && texts) return value.get<std::vector<std::string>>();
  Refuse("a member of a plug-in's record is of another type", what + ".default");
}

void CheckDefault(const ParameterSpec& spec, const std::string& what) {
  const auto outside = [&](double value) {
    return (spec.minimum && value < *spec.minimum) || (spec.maximum && value > *spec.maximum);
  };
  bool wrong = false;
  if (const auto* number = std::get_if<int64_t>(&*spec.default_value)) {
    wrong = outside(static_cast<double>(*number));
  } else if (const auto* real = std::get_if<double>(&*spec.default_value)) {
    wrong = outside(*real);
  } else if (const auto* text = std::get_if<std::string>(&*spec.default_value)) {
    wrong = !spec.choices.empty() &&
            std::find(spec.choices.begin(), spec.choices.end(), *text) == spec.choices.end();
  }
  if (wrong) Refuse("a parameter's default is outside its range", what);
}

ParameterSpec ParameterOf(const Json& object, const std::string& owner) {
  CheckMembers(object, owner,
               {"name", "type", "summary", "summary_zh", "unit", "default", "minimum", "maximum",
                "choices"});
  ParameterSpec spec;
  spec.name = TextOf(object, owner, "name", true);
  const std::string what = owner + "." + spec.name;
  if (!IsStepName(spec.name)) {
    Refuse("a name of a plug-in's record is malformed, or there twice", what);
  }
  spec.type = TypeOf(object, what);
  spec.summary = TextOf(object, what, "summary", true);
  spec.summary_zh = TextOf(object, what, "summary_zh", false);
  spec.unit = TextOf(object, what, "unit", false);
  spec.minimum = BoundOf(object, what, "minimum", spec.type);
  spec.maximum = BoundOf(object, what, "maximum", spec.type);
  spec.choices = TextsOf(object, what, "choices");
  if (const auto given = object.find("default"); given != object.end()) {
    spec.default_value = ValueOf(*given, what, spec.type);
    CheckDefault(spec, what);
  }
  return spec;
}

template <class T>
T ChoiceOf(const Json& object, const std::string& what, const char* key,
           std::initializer_list<std::pair<const char*, T>> known) {
  const auto found = object.find(key);
  if (found == object.end()) return known.begin()->second;
  for (const auto& [name, value] : known) {
    if (*found == name) return value;
  }
  Refuse("a plug-in's operator cannot have this trait", what + "." + key + ": " + found->dump());
}

// Rows are looked at alone, now: what else there is needs the engine's own parts.
Traits TraitsOf(const Json& record, const std::string& what) {
  Traits traits;
  const auto found = record.find("traits");
  if (found == record.end()) return traits;
  const std::string where = what + ".traits";
  CheckMembers(*found, where,
               {"cardinality", "scope", "completion", "deterministic", "conceals", "effects"});
  traits.cardinality = ChoiceOf<Cardinality>(*found, where, "cardinality",
                                             {{"map", Cardinality::kMap},
                                              {"filter", Cardinality::kFilter},
                                              {"expand", Cardinality::kExpand}});
  traits.scope = ChoiceOf<Scope>(*found, where, "scope", {{"row", Scope::kRow}});
  traits.completion =
      ChoiceOf<Completion>(*found, where, "completion", {{"now", Completion::kNow}});
  traits.conceals = FlagOf(*found, where, "conceals", false);
  if (!FlagOf(*found, where, "deterministic", true) || FlagOf(*found, where, "effects", false)) {
    Refuse("a plug-in's operator cannot have this trait", where);
  }
  return traits;
}

// module.kind.verb_object
bool IsOperatorName(const std::string& name) {
  if (!IsDatasetName(name) || std::count(name.begin(), name.end(), '.') != 2) return false;
  return name.find("..") == std::string::npos && name.back() != '.' &&
         name.find('-') == std::string::npos;
}

void CheckColumns(const Record& record) {
  for (const auto* columns : {&record.reads, &record.writes}) {
    for (const std::string& column : *columns) {
      if (column.starts_with(kHiddenPrefix)) {
        Refuse("column names that begin so are the engine's own", record.name + ": " + column);
      }
      if (!column.starts_with("$")) continue;
      const bool declared =
          std::any_of(record.parameters.begin(), record.parameters.end(), [&](const auto& spec) {
            return spec.name == column.substr(1) && spec.type == ParameterType::kText;
          });
      if (!declared) Refuse("a column is named after no parameter", record.name + ": " + column);
    }
  }
  if (record.outputs.size() != 1) {
    Refuse("a plug-in's operator has one output", record.name + ".outputs");
  }
}

Record RecordOf(const Json& json) {
  CheckMembers(json, "record",
               {"name", "version", "summary", "summary_zh", "source", "example", "parameters",
                "reads", "writes", "outputs", "rules", "reasons", "flags", "traits"});
  Record record;
  record.name = TextOf(json, "record", "name", true);
  if (!IsOperatorName(record.name)) {
    Refuse("an operator is named module.kind.verb_object", record.name);
  }
  const std::string& what = record.name;
  const auto version = json.find("version");
  if (version == json.end() || !version->is_number_integer() || *version < 1 ||
      *version > 1 << 30) {
    Refuse("an operator's version is a whole number from 1", what);
  }
  record.version = version->get<int>();
  record.summary = TextOf(json, what, "summary", true);
  record.summary_zh = TextOf(json, what, "summary_zh", false);
  record.source = TextOf(json, what, "source", false);
  record.example = TextOf(json, what, "example", false);
  std::set<std::string> seen;
  for (const Json& item : ListOf(json, what, "parameters")) {
    record.parameters.push_back(ParameterOf(item, what + ".parameters"));
    if (!seen.insert(record.parameters.back().name).second) {
      Refuse("a name of a plug-in's record is malformed, or there twice",
             what + "." + record.parameters.back().name);
    }
  }
  record.reads = TextsOf(json, what, "reads");
  record.writes = TextsOf(json, what, "writes");
  if (json.contains("outputs")) record.outputs = TextsOf(json, what, "outputs");
  record.rules = NamesOf(json, what, "rules");
  record.reasons = NamesOf(json, what, "reasons");
  for (const Named& reason : record.reasons) {
    if (reason.name == kFailedReason) Refuse("this reason is the engine's own", reason.name);
  }
  record.reasons.push_back(
      {kFailedReason, "the operator failed on this row", "算子处理本行时失败"});
  record.flags = NamesOf(json, what, "flags");
  record.traits = TraitsOf(json, what);
  CheckColumns(record);
  return record;
}

}  // namespace

Result<Record> ReadRecord(std::string_view json, const std::string& place) {
  if (json.size() > kLongestRecord) {
    return Fail(Code::kLimit, "a plug-in's record is too long", std::to_string(json.size()), place);
  }
  if (!utf8::Valid(json)) {
    return Fail(Code::kInvalid, "a plug-in's record is not UTF-8",
                "byte " + std::to_string(utf8::FindInvalid(json)), place);
  }
  try {
    return RecordOf(Json::parse(json));
  } catch (Wrong& wrong) {
    wrong.error.place = place;
    return tl::unexpected<Error>(std::move(wrong.error));
  } catch (const Json::exception& e) {
    return Fail(Code::kInvalid, "a plug-in's record is not JSON", e.what(), place);
  }
}

std::string TableName(const std::string& name, const std::string& sha256) {
  return std::filesystem::path(name).filename().string() + "#" + sha256.substr(0, 8);
}

}  // namespace siku::plugin
