// `--seal-key FILE`: the option, and reading what it names.
#pragma once

#include <optional>
#include <string>

#include "arguments.h"
#include "siku/seal_key.h"

namespace siku::cli {

class SealOption {
 public:
  void Declare(Arguments& arguments);
  bool given() const { return !file_.empty(); }
  const std::string& path() const { return file_; }
  /// Nothing where it was not given.
  Result<std::optional<SealKey>> Read() const;

 private:
  std::string file_;
};

}  // namespace siku::cli
