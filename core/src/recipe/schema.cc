// JSON Schema of recipes, for editors: completion, help at the cursor, red lines under mistakes.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "siku/recipe.h"

namespace siku {
namespace {

// Ordered: editors show members as they stand here.
using Json = nlohmann::ordered_json;

constexpr const char* kStepName = "^[a-z0-9][a-z0-9_-]{0,127}$";
constexpr const char* kDatasetName = "^[a-z0-9][a-z0-9._-]{0,127}$";
constexpr const char* kVersionName = "^[a-z0-9][a-z0-9._-]{0,127}(@[0-9a-f]+)?$";
constexpr const char* kReference = "^[a-z0-9][a-z0-9_-]{0,127}(\\.[^.]+)?$";

Json Ref(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }
Json OneOf(std::vector<Json> list) { return {{"oneOf", std::move(list)}}; }
Json Closed(Json properties) {
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}
Json OneOrMany(const Json& item) {
  return OneOf({item, {{"type", "array"}, {"items", item}, {"minItems", 1}}});
}
// Exactly one of two keys.
Json Either(const char* one, const char* other) {
  return OneOf({{{"required", Json::array({one})}}, {{"required", Json::array({other})}}});
}

Json ValueJson(const ParameterValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

// A text may be written without quotes even where YAML would see a number in it.
const Json kScalar = {{"type", {"string", "number", "boolean"}}};

Json ParameterSchema(const ParameterSpec& spec) {
  Json schema = Json::object();
  switch (spec.type) {
    case ParameterType::kBool:
      schema["type"] = "boolean";
      break;
    case ParameterType::kInt:
      schema["type"] = "integer";
      break;
    case ParameterType::kReal:
      schema["type"] = "number";
      break;
    case ParameterType::kText:
      schema = spec.choices.empty() ? kScalar : Json{{"enum", spec.choices}};
      break;
    case ParameterType::kTextList:
      schema = OneOf({kScalar, {{"type", "array"}, {"items", kScalar}}});
      break;
  }
  if (spec.minimum) schema["minimum"] = *spec.minimum;
  if (spec.maximum) schema["maximum"] = *spec.maximum;
  schema["description"] = spec.summary + (spec.unit.empty() ? "" : " Unit: " + spec.unit + ".") +
                          (spec.summary_zh.empty() ? "" : "\n" + spec.summary_zh);
  if (spec.default_value) schema["default"] = ValueJson(*spec.default_value);
  return schema;
}

std::vector<std::string> Required(const Record& record) {
  std::vector<std::string> names;
  for (const ParameterSpec& spec : record.parameters) {
    if (!spec.default_value) names.push_back(spec.name);
  }
  return names;
}

Json ParametersSchema(const Record& record) {
  Json properties = Json::object();
  for (const ParameterSpec& spec : record.parameters) properties[spec.name] = ParameterSchema(spec);
  Json schema = Closed(std::move(properties));
  schema["description"] =
      record.summary + (record.summary_zh.empty() ? "" : "\n" + record.summary_zh);
  if (const auto required = Required(record); !required.empty()) schema["required"] = required;
  return schema;
}

// Nothing behind the colon: all parameters keep their defaults.
Json WithSchema(const Record& record) {
  Json given = Ref("parameters." + record.name);
  if (!Required(record).empty()) return given;
  return OneOf({given, {{"type", "null"}}});
}

Json OperatorNames(const std::vector<const Operator*>& operators, bool bare) {
  Json names = Json::array();
  for (const Operator* op : operators) {
    if (!bare || Required(op->record()).empty()) names.push_back(op->record().name);
  }
  return {{"enum", std::move(names)}};
}

Json ChainStep(const std::vector<const Operator*>& operators) {
  Json properties = Json::object();
  for (const Operator* op : operators) properties[op->record().name] = WithSchema(op->record());
  Json with_parameters = Closed(std::move(properties));
  with_parameters["minProperties"] = 1;
  with_parameters["maxProperties"] = 1;
  return OneOf({OperatorNames(operators, true), std::move(with_parameters)});
}

Json NamedStep(const std::vector<const Operator*>& operators) {
  Json schema = Closed({{"use", OperatorNames(operators, false)},
                        {"from", OneOrMany(Ref("reference"))},
                        {"with", {{"type", {"object", "null"}}}}});
  schema["required"] = {"use", "from"};
  Json cases = Json::array();
  for (const Operator* op : operators) {
    const Record& record = op->record();
    Json then = {{"properties", {{"with", WithSchema(record)}}}};
    if (!Required(record).empty()) then["required"] = Json::array({"with"});
    cases.push_back(
        {{"if", {{"properties", {{"use", {{"const", record.name}}}}}}}, {"then", std::move(then)}});
  }
  if (!cases.empty()) schema["allOf"] = std::move(cases);
  return schema;
}

Json InputSchema() {
  const Json path = {{"type", "string"}, {"minLength", 1}};
  Json described = Closed(
      {{"path",
        {{"description", "Files, folders or globs, relative to the recipe."},
         {"oneOf", OneOrMany(path)["oneOf"]}}},
       {"dataset",
        {{"description", "A stored dataset: name or name@version."},
         {"type", "string"},
         {"pattern", kVersionName}}},
       {"format",
        {{"description", "By the file's name if absent."},
         {"enum", {"text", "lines", "jsonl", "csv", "parquet", "arrow"}}}},
       {"encoding",
        {{"description", "Detected if absent."},
         {"enum", {"auto", "utf-8", "gb18030", "big5", "utf-16le", "utf-16be"}}}},
       {"compression",
        {{"description", "By the file's name if absent."}, {"enum", {"none", "gzip", "zstd"}}}},
       {"columns",
        {{"description",
          "Column and type: of JSON lines, inferred if absent; of CSV, texts where absent."},
         {"type", "object"},
         {"propertyNames", {{"not", {{"pattern", "^_siku_"}}}}},
         {"additionalProperties", {{"enum", {"text", "int", "real", "bool", "json"}}}}}}});
  described["oneOf"] = Either("path", "dataset")["oneOf"];
  return OneOf({path, {{"type", "array"}, {"items", path}, {"minItems", 1}}, described});
}

Json NamedMap(const char* pattern, const Json& item) {
  return {{"type", "object"},
          {"minProperties", 1},
          {"propertyNames", {{"pattern", pattern}}},
          {"additionalProperties", item}};
}

}  // namespace

std::string RecipeSchema(const OperatorSet& set) {
  const auto operators = set.All();
  Json defs = {{"input", InputSchema()},
               {"reference",
                {{"description", "An input, a step, or step.port."},
                 {"type", "string"},
                 {"pattern", kReference}}},
               {"chain_step", ChainStep(operators)},
               {"named_step", NamedStep(operators)}};
  for (const Operator* op : operators) {
    defs["parameters." + op->record().name] = ParametersSchema(op->record());
  }
  const Json chain = {{"type", "array"}, {"items", Ref("chain_step")}};
  Json named = NamedMap(kStepName, Ref("named_step"));
  named.erase("minProperties");
  const Json dataset = {{"type", "string"}, {"pattern", kDatasetName}};
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Siku recipe"}};
  schema.update(Closed(
      {{"siku", {{"const", 1}}},
       {"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 128}}},
       {"plugins",
        OneOrMany({{"description", "Operators of one's own: .so, .py or package.module:name."},
                   {"type", "string"},
                   {"minLength", 1}})},
       {"input", Ref("input")},
       {"inputs", NamedMap(kStepName, Ref("input"))},
       {"steps", OneOf({chain, named})},
       {"output", dataset},
       {"outputs", NamedMap(kDatasetName, OneOrMany(Ref("reference")))},
       {"discard", OneOf({Ref("reference"), {{"type", "array"}, {"items", Ref("reference")}}})}}));
  schema["allOf"] = {Either("input", "inputs"), Either("output", "outputs")};
  schema["$defs"] = std::move(defs);
  return schema.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace siku
