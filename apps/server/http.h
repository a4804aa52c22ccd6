// HTTP as handlers see it; Beast stays in listener.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siku::server {

struct Request {
  std::string method;  // "GET"
  std::string path;    // decoded; begins with /, has no dot segments
  std::vector<std::pair<std::string, std::string>> query{};  // decoded, in order
  std::map<std::string, std::string> headers{};              // names in lower case
  std::string body{};

  /// The first of the name; empty if there is none.
  std::string Parameter(std::string_view name) const;
  std::vector<std::string> Parameters(std::string_view name) const;
  std::string Header(const std::string& name) const;
  std::string Cookie(std::string_view name) const;
  /// GET or HEAD.
  bool Reads() const { return method == "GET" || method == "HEAD"; }
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  /// In the place of `body`: the file's bytes, by ranges where the client asks (RFC 9110, 14).
  std::string file{};
};

Response TextResponse(int status, std::string text);

using Handler = std::function<Response(const Request&)>;

/// Splits and decodes a request's target. Nothing: bad escapes, NUL, dot segments.
std::optional<Request> ParseTarget(std::string_view target);
/// `bytes=5-9` of so many bytes: [begin, end). Nothing: no range that we serve, so all of it; end
/// 0: one that cannot be.
std::optional<std::pair<uint64_t, uint64_t>> ParseRange(std::string_view range, uint64_t size);

}  // namespace siku::server
