// Turns arrow::Status and arrow::Result into ours. Internal: no public header includes Arrow
// proper.
#pragma once

#include <arrow/result.h>
#include <arrow/status.h>
#include <arrow/util/io_util.h>

#include <cerrno>
#include <string>
#include <utility>

#include "server_error.h"
#include "siku/result.h"

namespace siku {

inline Code CodeOf(const arrow::Status& status) {
  switch (arrow::internal::ErrnoFromStatus(status)) {
    case ENOSPC:
    case EDQUOT:
      return Code::kNoSpace;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::kDenied;
    case ENOENT:
      return Code::kNotFound;
    default:
      break;
  }
  if (status.IsOutOfMemory() || status.IsCapacityError()) return Code::kLimit;
  if (status.IsIOError()) return Code::kIo;
  if (status.IsInvalid() || status.IsTypeError() || status.IsSerializationError()) {
    return Code::kData;
  }
  if (status.IsNotImplemented()) return Code::kUnsupported;
  return Code::kInternal;
}

/// What went wrong in our words, and in Arrow's behind them.
inline tl::unexpected<Error> ArrowError(const arrow::Status& status) {
  if (auto error = ServerError(status.message())) {
    return tl::unexpected<Error>(*std::move(error));
  }
  const Code code = CodeOf(status);
  const char* const message = code == Code::kNoSpace  ? "the disk is full"
                              : code == Code::kDenied ? "not readable or writable"
                                                      : "Arrow could not do it";
  return Fail(code, message, status.message());
}

inline Result<void> FromArrow(const arrow::Status& status) {
  if (status.ok()) return {};
  return ArrowError(status);
}

template <class T>
Result<T> FromArrow(arrow::Result<T> result) {
  if (result.ok()) return std::move(result).ValueUnsafe();
  return ArrowError(result.status());
}

}  // namespace siku
