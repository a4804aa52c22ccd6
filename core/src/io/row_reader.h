// Texts, lines and JSON lines as rows.
#pragma once

#include <memory>

#include "siku/reader.h"

namespace siku::io {

class RowReader {
 public:
  static Result<std::unique_ptr<RowReader>> Open(const Source& source, const SplitPart& part,
                                                 const InputSchema& schema,
                                                 const ReadOptions& options);
  virtual ~RowReader() = default;
  /// Fills rows, bad rows and flags; `rows` stays null and `bad` empty at the end.
  virtual Result<void> Next(Read& read) = 0;
  virtual int64_t bytes_done() const = 0;
};

}  // namespace siku::io
