// Bytes of a file or of standard input, decompressed by the file's name.
#pragma once

#include <memory>
#include <string>

#include "siku/result.h"

namespace siku::cli {

class Input {
 public:
  /// `path` "-" is standard input.
  static Result<std::unique_ptr<Input>> Open(const std::string& path);
  virtual ~Input() = default;
  /// Appends up to `bytes` bytes; false at the end.
  virtual Result<bool> Read(std::string& to, size_t bytes) = 0;
};

}  // namespace siku::cli
