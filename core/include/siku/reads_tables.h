// What a binding reads beside its input, for the lineage of what it makes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace siku {

/// A Bound derives from it as well where its parameters name files.
class ReadsTables {
 public:
  virtual ~ReadsTables() = default;
  /// Names and SHA-256 (hex) of the files that were read.
  virtual std::vector<std::pair<std::string, std::string>> tables() const = 0;
};

}  // namespace siku
