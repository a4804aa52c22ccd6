// The built portal's files, held in memory: some hundred kilobytes that never change.
#pragma once

#include <map>
#include <string>

#include "http.h"
#include "siku/result.h"

namespace siku::server {

class PortalFiles {
 public:
  /// kNotFound: no index.html there. kLimit: more than 64 MiB.
  static Result<PortalFiles> Load(const std::string& folder);
  bool empty() const { return files_.empty(); }
  /// The file; for other addresses, which pages of the portal have, its index.
  Response Answer(const Request& request) const;

 private:
  struct File {
    std::string bytes;
    std::string type;
    std::string tag;
  };
  std::map<std::string, File> files_{};  // by path, from /
};

}  // namespace siku::server
