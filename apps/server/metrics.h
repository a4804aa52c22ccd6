// What the server counts, as Prometheus reads it (text exposition format 0.0.4).
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "listener.h"

namespace siku::server {

/// Safe to use from several threads.
class Metrics {
 public:
  void Count(const Answered& answered);
  std::string Text() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, uint64_t> requests_{};  // by method and status
  uint64_t bytes_ = 0;
  double seconds_ = 0;
};

/// Of this process, in bytes; 0 where /proc is not.
uint64_t ResidentBytes();

}  // namespace siku::server
