// A file that appears whole or not at all, compressed by its name; or standard output.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "context.h"
#include "siku/result.h"

namespace siku::cli {

class Output {
 public:
  /// `path` empty or "-": standard output.
  static Result<std::unique_ptr<Output>> Open(const std::string& path, Context& context);
  virtual ~Output() = default;
  virtual Result<void> Write(std::string_view bytes) = 0;
  /// Completes the file and gives it its name.
  virtual Result<void> Commit() = 0;
};

}  // namespace siku::cli
