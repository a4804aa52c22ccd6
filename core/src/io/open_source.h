// Opening a source's bytes, decompressed.
#pragma once

#include <arrow/io/interfaces.h>

#include <memory>
#include <string>

#include "siku/source.h"

namespace siku::io {

struct OpenedStream {
  std::shared_ptr<arrow::io::InputStream> stream{};  // decompressed
  std::shared_ptr<arrow::io::InputStream> file{};    // what it is read from
};
/// What an object is read ahead by at most.
inline constexpr int64_t kReadAhead = 4 << 20;

/// From the start. `ahead`: bytes that objects are read ahead by.
Result<OpenedStream> OpenStream(const Source& source, int64_t ahead = kReadAhead);
/// From byte `begin` of the file on, as it is.
Result<std::shared_ptr<arrow::io::InputStream>> OpenStreamAt(const Source& source, int64_t begin,
                                                             int64_t ahead = kReadAhead);
/// The first bytes of the decompressed stream.
Result<std::string> ReadSample(const Source& source, int64_t bytes);
/// For columnar files.
Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenRandomAccess(const Source& source);

/// A failed read of the source's content as an error that names the source.
tl::unexpected<Error> SourceError(const Source& source, const Error& error, int64_t position);

}  // namespace siku::io
