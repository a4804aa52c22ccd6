#include "metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

namespace siku::server {

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0;
  uint64_t resident = 0;
  if (!(statm >> size >> resident)) return 0;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void Metrics::Count(const Answered& answered) {
  const std::lock_guard lock(mutex_);
  ++requests_[{answered.method, answered.status}];
  bytes_ += answered.bytes;
  seconds_ += answered.seconds;
}

std::string Metrics::Text() const {
  const std::lock_guard lock(mutex_);
  std::string text =
      "# HELP siku_requests_total Requests answered.\n"
      "# TYPE siku_requests_total counter\n";
  uint64_t all = 0;
  for (const auto& [key, count] : requests_) {
    text += fmt::format("siku_requests_total{{method=\"{}\",status=\"{}\"}} {}\n", key.first,
                        key.second, count);
    all += count;
  }
  text +=
      "# HELP siku_request_seconds Time from a request's first byte to its answer's last.\n"
      "# TYPE siku_request_seconds summary\n";
  text +=
      fmt::format("siku_request_seconds_sum {}\nsiku_request_seconds_count {}\n", seconds_, all);
  text +=
      "# HELP siku_response_bytes_total Bytes of bodies sent.\n"
      "# TYPE siku_response_bytes_total counter\n";
  text += fmt::format("siku_response_bytes_total {}\n", bytes_);
  text +=
      "# HELP process_resident_memory_bytes Resident memory.\n"
      "# TYPE process_resident_memory_bytes gauge\n";
  text += fmt::format("process_resident_memory_bytes {}\n", ResidentBytes());
  return text;
}

}  // namespace siku::server
