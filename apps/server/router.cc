#include "router.h"

#include <charconv>

#include "api/schemas.h"

namespace siku::server {
namespace {

using nlohmann::json;

constexpr int kDeepestJson = 64;

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  for (size_t at = 1; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

bool Fits(std::string_view pattern, std::string_view path,
          std::map<std::string, std::string>& found) {
  const auto wanted = Segments(pattern);
  const auto given = Segments(path);
  if (wanted.size() != given.size()) return false;
  found.clear();
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      if (given[i].empty()) return false;
      found.emplace(wanted[i].substr(1, wanted[i].size() - 2), given[i]);
    } else if (wanted[i] != given[i]) {
      return false;
    }
  }
  return true;
}

json Schema(const char* name) { return {{"$ref", std::string("#/components/schemas/") + name}}; }

json JsonContent(const char* schema) {
  return {{"application/json", {{"schema", Schema(schema)}}}};
}

json OperationOf(const Route& route) {
  json parameters = json::array();
  for (const std::string_view segment : Segments(route.path)) {
    if (!segment.starts_with('{')) continue;
    parameters.push_back({{"name", segment.substr(1, segment.size() - 2)},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "string"}}}});
  }
  for (const RouteParameter& one : route.query) {
    json schema = {{"type", one.type}};
    if (one.many) schema = {{"type", "array"}, {"items", std::move(schema)}};
    parameters.push_back({{"name", one.name},
                          {"in", "query"},
                          {"description", one.summary},
                          {"schema", std::move(schema)}});
  }
  json operation = {{"summary", route.summary}, {"parameters", std::move(parameters)}};
  if (*route.takes != '\0') {
    operation["requestBody"] = {{"required", true}, {"content", JsonContent(route.takes)}};
  }
  json good = {{"description", "done"}};
  if (*route.gives != '\0') good["content"] = JsonContent(route.gives);
  operation["responses"] = {
      {"200", std::move(good)},
      {"default", {{"description", "an error in words"}, {"content", JsonContent("Error")}}}};
  return operation;
}

}  // namespace

Result<json> Call::Body() const {
  int depth = 0;
  const auto cap = [&](int, json::parse_event_t event, json&) {
    const bool opens =
        event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    const bool closes =
        event == json::parse_event_t::object_end || event == json::parse_event_t::array_end;
    depth += opens ? 1 : closes ? -1 : 0;
    return depth <= kDeepestJson;
  };
  json body = json::parse(request.body, cap, false);
  if (body.is_discarded() || !body.is_object()) {
    return Fail(Code::kInvalid, "the request's body is no JSON object");
  }
  return body;
}

Result<int64_t> Call::Number(const char* name, int64_t usual, int64_t least, int64_t most) const {
  const std::string text = request.Parameter(name);
  if (text.empty()) return usual;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return Fail(Code::kInvalid, "not a whole number in range", text, name);
  }
  return value;
}

Result<std::string> TextMember(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_string()) {
    return Fail(Code::kInvalid, "a text is missing in the request", name);
  }
  return found->get<std::string>();
}

Result<std::vector<std::string>> ListMember(const json& body, const char* name) {
  std::vector<std::string> list;
  const auto found = body.find(name);
  if (found == body.end() || !found->is_array()) {
    return Fail(Code::kInvalid, "a list is missing in the request", name);
  }
  for (const json& one : *found) {
    if (!one.is_string()) return Fail(Code::kInvalid, "not a text", one.dump(), name);
    list.push_back(one.get<std::string>());
  }
  return list;
}

Match FindRoute(const std::vector<Route>& routes, const std::string& method,
                const std::string& path) {
  Match match;
  for (const Route& route : routes) {
    std::map<std::string, std::string> found;
    if (!Fits(route.path, path, found)) continue;
    if (method == route.method || (method == "HEAD" && std::string_view(route.method) == "GET")) {
      return {&route, std::move(found), {}};
    }
    match.allowed += (match.allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  return match;
}

Response JsonResponse(const json& body, int status) {
  Response response{.status = status};
  response.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  return response;
}

Language LanguageOf(const Request& request) {
  return request.Header("accept-language").starts_with("zh") ? Language::kChinese
                                                             : Language::kEnglish;
}

json ProblemJson(const Error& error, Language language) {
  // Values that stand in the message's gaps are no value beside it.
  const bool gaps = std::string_view(error.message).find("{}") != std::string_view::npos;
  const Error bare{.code = error.code, .message = error.message, .value = error.value};
  return {{"code", CodeName(error.code)},
          {"message", gaps ? Describe(bare, language) : Translate(error.message, language)},
          {"value", gaps ? std::string() : error.value},
          {"place", error.place},
          {"hint", Translate(error.hint, language)}};
}

Response ErrorResponse(const Error& error, const Request& request) {
  Response response =
      JsonResponse({{"error", ProblemJson(error, LanguageOf(request))}}, HttpStatus(error.code));
  if (error.code == Code::kBusy) response.headers.emplace_back("Retry-After", "5");
  return response;
}

json OpenApi(const std::vector<Route>& routes) {
  json paths = json::object();
  for (const Route& route : routes) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(c | 0x20);
    paths[route.path][method] = OperationOf(route);
  }
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "Siku"}, {"version", "1"}}},
          {"paths", std::move(paths)},
          {"components", {{"schemas", ComponentSchemas()}}}};
}

}  // namespace siku::server
