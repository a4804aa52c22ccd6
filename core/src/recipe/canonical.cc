// Canonical JSON of a recipe (RFC 8785): two recipes that decide the same rows give the same bytes.
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "siku/recipe.h"

namespace siku {
namespace {

using nlohmann::json;

// ECMA-262, Number::toString: the shortest digits that read back as the same number.
std::string EcmaNumber(double value) {
  if (value == 0) return "0";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), std::fabs(value),
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
  const int count = static_cast<int>(digits.size());
  const int exponent = std::stoi(std::string(text.substr(e + 1)));
  const int point = exponent + 1;  // digits before the decimal point
  std::string out;
  if (point > 21 || point < -5) {
    out = digits.substr(0, 1) + (count > 1 ? "." + digits.substr(1) : "");
    out += (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    out = "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  } else if (point >= count) {
    out = digits + std::string(static_cast<size_t>(point - count), '0');
  } else {
    out = digits.insert(static_cast<size_t>(point), 1, '.');
  }
  return value < 0 ? "-" + out : out;
}

std::string Quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

// A double holds no more, and RFC 8785 knows no other numbers: what is larger is a string.
constexpr int64_t kLargestExact = int64_t{1} << 53;

std::string Written(const ParameterValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) {
    const std::string digits = std::to_string(*number);
    const bool exact = *number >= -kLargestExact && *number <= kLargestExact;
    return exact ? digits : Quoted(digits);
  }
  if (const auto* number = std::get_if<double>(&value)) return EcmaNumber(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return Quoted(*text);
  std::string list;
  for (const auto& text : std::get<std::vector<std::string>>(value)) {
    list += (list.empty() ? "" : ",") + Quoted(text);
  }
  return "[" + list + "]";
}

// Names are ASCII, so the order of bytes is the order of UTF-16 units that RFC 8785 asks for.
std::string Object(const std::map<std::string, std::string>& members) {
  std::string out;
  for (const auto& [name, value] : members) {
    out += (out.empty() ? "" : ",") + Quoted(name) + ":" + value;
  }
  return "{" + out + "}";
}

template <class List, class Write>
std::string Array(const List& list, Write write) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : ",") + write(item);
  return "[" + out + "]";
}

std::string Reference(const RecipeReference& reference) {
  return Quoted(reference.port.empty() ? reference.node : reference.node + "." + reference.port);
}

std::string Input(const RecipeInput& input) {
  std::map<std::string, std::string> members = {
      {"kind", input.dataset.empty() ? "\"files\"" : "\"dataset\""}, {"name", Quoted(input.name)}};
  if (!input.format.empty()) members["format"] = Quoted(input.format);
  if (!input.encoding.empty()) members["encoding"] = Quoted(input.encoding);
  if (!input.compression.empty()) members["compression"] = Quoted(input.compression);
  if (!input.columns.empty()) {
    // A list: columns have an order.
    members["columns"] = Array(input.columns, [](const auto& column) {
      return "[" + Quoted(column.first) + "," + Quoted(column.second) + "]";
    });
  }
  return Object(members);
}

std::string Step(const RecipeStep& step) {
  std::map<std::string, std::string> parameters;
  for (const auto& [name, value] : step.parameters.values()) parameters[name] = Written(value);
  return Object({{"from", Array(step.from, Reference)},
                 {"operator", Quoted(step.op->record().name)},
                 {"parameters", Object(parameters)},
                 {"version", std::to_string(step.op->record().version)}});
}

}  // namespace

std::string CanonicalJson(const Recipe& recipe) {
  std::map<std::string, std::string> steps, outputs;
  for (const RecipeStep& step : recipe.steps) steps[step.name] = Step(step);
  for (const RecipeOutput& output : recipe.outputs) {
    outputs[output.dataset] = Reference(output.from);
  }
  // Inputs are a list: their order numbers the sources, and so is part of every row's key.
  return Object({{"format", "1"},
                 {"inputs", Array(recipe.inputs, Input)},
                 {"outputs", Object(outputs)},
                 {"steps", Object(steps)}});
}

}  // namespace siku
