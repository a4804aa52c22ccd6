// Accepts connections and gives their requests to a handler. HTTP/1.1 by Boost.Beast; what is ours
// on top of it: targets, ranges, caps and time limits (docs/server.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http.h"
#include "siku/result.h"

namespace siku::server {

struct ListenOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 0;                       // 0: any that is free
  int tries = 1;                           // so many ports from `port` on, the first that is free
  int threads = 4;                         // that answer requests
  uint64_t most_body = uint64_t{8} << 20;  // bytes; more is answered with 413
  int header_seconds = 10;  // to send a request's header, and so its body, progress apart
  int body_seconds = 30;    // without a byte
  int idle_seconds = 120;   // between requests
  int most_connections = 4096;
};

/// What is told of each request once it is answered.
struct Answered {
  std::string method;
  std::string path;
  int status = 0;
  uint64_t bytes = 0;
  double seconds = 0;
};

class Listener {
 public:
  /// kBusy: no port is free. kInvalid: no address. Listens from here on.
  static Result<std::unique_ptr<Listener>> Open(const ListenOptions& options, Handler handler,
                                                std::function<void(const Answered&)> answered);
  virtual ~Listener() = default;
  virtual uint16_t port() const = 0;
  /// No new connection and no new request; those being answered have so many seconds.
  virtual void Stop(int seconds) = 0;
};

}  // namespace siku::server
