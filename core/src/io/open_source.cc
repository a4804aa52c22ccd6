#include "open_source.h"

#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>

#include <algorithm>

#include "../base/arrow_internal.h"
#include "../objects/objects.h"

namespace siku::io {

tl::unexpected<Error> SourceError(const Source& source, const Error& error, int64_t position) {
  Error named = error;
  named.place = source.relative;
  if (position >= 0) named.place += ":" + std::to_string(position);
  if (objects::IsObject(source.path) && IsServerError(named)) {
    return tl::unexpected<Error>(std::move(named));
  }
  // A codec reports broken data as an I/O error; the disk is not to blame.
  if (source.compression != Compression::kNone && named.code == Code::kIo) named.code = Code::kData;
  if (named.code == Code::kData) named.message = "the file is damaged or cut off";
  return tl::unexpected<Error>(std::move(named));
}

Result<std::shared_ptr<arrow::io::InputStream>> OpenStreamAt(const Source& source, int64_t begin,
                                                             int64_t ahead) {
  if (objects::IsObject(source.path)) {
    return objects::OpenStream(source.path, source.bytes, begin, ahead);
  }
  SIKU_TRY(std::shared_ptr<arrow::io::RandomAccessFile> file, OpenRandomAccess(source));
  SIKU_TRY(FromArrow(file->Seek(begin)));
  return file;
}

Result<OpenedStream> OpenStream(const Source& source, int64_t ahead) {
  SIKU_TRY(auto file, OpenStreamAt(source, 0, ahead));
  if (source.compression == Compression::kNone) return OpenedStream{file, file};
  const auto codec_type = source.compression == Compression::kGzip ? arrow::Compression::GZIP
                                                                   : arrow::Compression::ZSTD;
  SIKU_TRY(std::shared_ptr<arrow::util::Codec> codec,
           FromArrow(arrow::util::Codec::Create(codec_type)));
  SIKU_TRY(auto stream, FromArrow(arrow::io::CompressedInputStream::Make(codec.get(), file)));
  // The stream keeps a bare pointer to the codec; tie their lives.
  struct Both {
    std::shared_ptr<arrow::util::Codec> codec;
    std::shared_ptr<arrow::io::InputStream> stream;
  };
  auto both = std::make_shared<Both>(Both{std::move(codec), std::move(stream)});
  arrow::io::InputStream* bare = both->stream.get();
  return OpenedStream{{std::move(both), bare}, std::move(file)};
}

Result<std::string> ReadSample(const Source& source, int64_t bytes) {
  constexpr int64_t kLeastAhead = 64 << 10;
  SIKU_TRY(auto opened, OpenStream(source, std::clamp(bytes, kLeastAhead, kReadAhead)));
  std::string sample;
  while (static_cast<int64_t>(sample.size()) < bytes) {
    auto read = FromArrow(opened.stream->Read(bytes - static_cast<int64_t>(sample.size())));
    // Damage further on is for the reader to report, at its place.
    if (!read.has_value() && !sample.empty()) break;
    if (!read.has_value()) return SourceError(source, read.error(), -1);
    if ((*read)->size() == 0) break;
    sample.append(reinterpret_cast<const char*>((*read)->data()),
                  static_cast<size_t>((*read)->size()));
  }
  return sample;
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenRandomAccess(const Source& source) {
  if (objects::IsObject(source.path)) return objects::Open(source.path, source.bytes);
  SIKU_TRY(std::shared_ptr<arrow::io::RandomAccessFile> file,
           FromArrow(arrow::io::ReadableFile::Open(source.path)));
  return file;
}

}  // namespace siku::io
