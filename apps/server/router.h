// The routes of the API, declared once: requests are dispatched by them and OpenAPI is printed
// from them.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "http.h"
#include "siku/catalog/identity.h"
#include "siku/result.h"

namespace siku::server {

/// A request on its way to the route's function.
struct Call {
  const Request& request;
  std::map<std::string, std::string> path{};  // "name" of /datasets/{name}
  catalog::Actor actor{};
  std::string csrf{};  // of the session; empty without one

  /// The body as an object. kInvalid.
  Result<nlohmann::json> Body() const;
  /// A whole number of the query. kInvalid: none, or outside.
  Result<int64_t> Number(const char* name, int64_t usual, int64_t least, int64_t most) const;
};

/// Members of a request's body. kInvalid: missing, or of another type.
Result<std::string> TextMember(const nlohmann::json& body, const char* name);
Result<std::vector<std::string>> ListMember(const nlohmann::json& body, const char* name);

struct RouteParameter {
  const char* name;
  const char* type;  // of JSON Schema
  const char* summary;
  bool many = false;
};

struct Route {
  const char* method;
  const char* path;  // "/api/v1/datasets/{name}"
  const char* summary;
  std::vector<RouteParameter> query{};
  const char* takes = "";  // component schema of the body
  const char* gives = "";  // component schema of the answer; empty: bytes
  /// Takes a processor for long: few run at a time, so that the others are answered meanwhile.
  bool heavy = false;
  /// Changes nothing, though it is a POST: a key that may only read will do.
  bool reads = false;
  std::function<Result<Response>(const Call&)> answer{};
};

/// Finds the route, or says 404 or 405.
struct Match {
  const Route* route = nullptr;
  std::map<std::string, std::string> path{};
  std::string allowed{};  // methods the path has, where this one is not among them
};
Match FindRoute(const std::vector<Route>& routes, const std::string& method,
                const std::string& path);

Response JsonResponse(const nlohmann::json& body, int status = 200);
/// As answers have it: code, message, value, place, hint.
nlohmann::json ProblemJson(const Error& error, Language language);
/// In the language of Accept-Language.
Response ErrorResponse(const Error& error, const Request& request);
Language LanguageOf(const Request& request);

/// OpenAPI 3.1.
nlohmann::json OpenApi(const std::vector<Route>& routes);

}  // namespace siku::server
