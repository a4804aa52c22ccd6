// One record as JSON, for forms and other front ends.
#include <nlohmann/json.hpp>

#include "labels.h"
#include "siku/manual.h"

namespace siku {
namespace {

// Ordered: people read it too.
using Json = nlohmann::ordered_json;

Json NamesJson(const std::vector<Named>& names) {
  Json list = Json::array();
  for (const Named& named : names) {
    list.push_back(
        {{"name", named.name}, {"summary", named.summary}, {"summary_zh", named.summary_zh}});
  }
  return list;
}

// Absent, not null, where there is none: a form asks for presence.
Json ParameterJson(const ParameterSpec& spec) {
  Json json = {{"name", spec.name},
               {"type", manual::TypeName(spec.type)},
               {"summary", spec.summary},
               {"summary_zh", spec.summary_zh}};
  if (!spec.unit.empty()) json["unit"] = spec.unit;
  if (spec.default_value) {
    json["default"] = std::visit([](const auto& held) { return Json(held); }, *spec.default_value);
  }
  if (spec.minimum) json["minimum"] = *spec.minimum;
  if (spec.maximum) json["maximum"] = *spec.maximum;
  if (!spec.choices.empty()) json["choices"] = spec.choices;
  if (spec.names_files) json["names_files"] = true;
  return json;
}

Json TraitsJson(const Traits& traits) {
  constexpr const char* kCardinality[] = {"map", "filter", "expand"};
  constexpr const char* kScope[] = {"row", "keyed", "all"};
  constexpr const char* kCompletion[] = {"now", "deferred", "joint"};
  return {{"cardinality", kCardinality[static_cast<int>(traits.cardinality)]},
          {"scope", kScope[static_cast<int>(traits.scope)]},
          {"completion", kCompletion[static_cast<int>(traits.completion)]},
          {"deterministic", traits.deterministic},
          {"conceals", traits.conceals},
          {"effects", traits.effects}};
}

}  // namespace

std::string RecordJson(const Record& record) {
  Json parameters = Json::array();
  for (const ParameterSpec& spec : record.parameters) parameters.push_back(ParameterJson(spec));
  const Json json = {{"name", record.name},
                     {"version", record.version},
                     {"summary", record.summary},
                     {"summary_zh", record.summary_zh},
                     {"source", record.source},
                     {"example", record.example},
                     {"parameters", std::move(parameters)},
                     {"reads", record.reads},
                     {"writes", record.writes},
                     {"outputs", record.outputs},
                     {"rules", NamesJson(record.rules)},
                     {"reasons", NamesJson(record.reasons)},
                     {"flags", NamesJson(record.flags)},
                     {"traits", TraitsJson(record.traits)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace siku
