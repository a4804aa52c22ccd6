// Parquet and Arrow IPC as sources.
#pragma once

#include <memory>
#include <vector>

#include "siku/reader.h"

namespace siku::io {

/// Bytes of each row group (Parquet) or record batch (IPC); a stream is one group.
Result<std::vector<int64_t>> GroupBytes(const Source& source);
/// User columns as rows will have them: strings large, dictionaries and views decoded.
Result<Schema> ColumnarSchema(const Source& source);

class ColumnarReader {
 public:
  /// Groups [begin, end) of a source; end -1: all.
  static Result<std::unique_ptr<ColumnarReader>> Open(const Source& source, int ordinal,
                                                      int64_t begin, int64_t end,
                                                      int64_t batch_rows);
  virtual ~ColumnarReader() = default;
  /// Rows and flags; no rows at the end.
  virtual Result<void> Next(Read& read) = 0;
};

}  // namespace siku::io
