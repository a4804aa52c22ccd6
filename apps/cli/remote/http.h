// Requests over HTTP/1.1 to one server, by libcurl.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/result.h"

namespace siku::cli {

struct HttpRequest {
  std::string method{};  // GET, HEAD, POST, PUT, PATCH or DELETE
  std::string path{};    // behind the server's URL, encoded, with its query
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string_view body{};  // of POST, PUT and PATCH
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers{};  // names in small letters; the last of a name
  std::string body{};                            // unless a sink took it

  /// Empty where there is none.
  std::string Header(const std::string& name) const;
  /// Of the body; -1 where the server does not say.
  int64_t Length() const;
};

/// Takes a success's body as it comes; an error ends the request and is what it gives.
using BodySink = std::function<Result<void>(const HttpAnswer& head, std::string_view bytes)>;

/// Follows no redirect; proxies of the environment are used but for loopback. Certificates are
/// checked against SSL_CERT_FILE, else the system's. One thread at a time.
class Http {
 public:
  /// `key`, if any, is sent with each request and shown in no error. kInvalid: `url` is none of a
  /// server. kDenied: the key would go over a network that others read. kUnsupported: no libcurl.
  static Result<std::unique_ptr<Http>> Open(const std::string& url, const std::string& key);
  virtual ~Http() = default;

  /// As the server gave it, of whatever status. kIo: no connection, or a break. kInterrupted:
  /// Ctrl-C. kLimit: a body without sink beyond 256 MiB.
  virtual Result<HttpAnswer> Send(const HttpRequest& request, const BodySink& sink) = 0;
  /// Without a slash at its end.
  virtual const std::string& url() const = 0;
  /// `text` as a segment of a path or a value of a query.
  virtual std::string Encoded(std::string_view text) const = 0;
};

}  // namespace siku::cli
