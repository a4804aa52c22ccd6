#include "ckan/parameters.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "ckan/package.h"

namespace siku::catalog {

using nlohmann::json;

Result<int64_t> NumberOf(const json& parameters, const char* name, int64_t usual) {
  const std::string text = TextOf(parameters, name);
  if (text.empty()) return usual;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return Fail(Code::kInvalid, "not a whole number in range", text, name);
  }
  return value;
}

bool Truth(const json& parameters, const char* name) {
  const std::string text = TextOf(parameters, name);
  return text == "true" || text == "True" || text == "1" || text == "yes";
}

std::vector<std::string> ListOf(const json& parameters, const char* name) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || found->is_null()) return {};
  json list = *found;
  if (list.is_string()) {
    json parsed = json::parse(list.get_ref<const std::string&>(), nullptr, false);
    list = parsed.is_array() ? parsed : json::array({list});
  }
  std::vector<std::string> values;
  for (const json& one : list) {
    if (one.is_string()) values.push_back(one.get<std::string>());
  }
  return values;
}

}  // namespace siku::catalog
