// Where a writer's bytes go: a file that appears whole or not at all, or a stream that is open.
#pragma once

#include <arrow/io/interfaces.h>

#include <memory>
#include <string>

#include "siku/result.h"
#include "siku/source.h"

namespace siku::io {

class OutputFile {
 public:
  /// "-" is standard output; s3://bucket/key an object. What is no regular file (a pipe, a device)
  /// is written to as it is.
  static Result<std::unique_ptr<OutputFile>> Open(const std::string& path, Compression compression);
  /// Without Finish nothing stays behind.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  arrow::io::OutputStream& stream() { return *stream_; }
  const std::shared_ptr<arrow::io::OutputStream>& shared_stream() const { return stream_; }
  /// Syncs and names the file; gives its bytes.
  Result<int64_t> Finish();
  /// A failed write as an error that names the file.
  tl::unexpected<Error> Failed(const Error& error) const;

 private:
  class Descriptor;
  class Object;
  explicit OutputFile(std::string path) : path_(std::move(path)) {}
  Result<void> OpenPath();
  Result<int64_t> FinishObject();

  std::string path_;                   // as it will be called; "-"
  std::string temporary_;              // empty: none
  std::shared_ptr<Descriptor> raw_{};  // of a file
  std::shared_ptr<Object> object_{};
  std::shared_ptr<arrow::io::OutputStream> stream_{};
};

}  // namespace siku::io
