#include "input.h"

#include <arrow/buffer.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "arrow_internal.h"
#include "io/open_source.h"
#include "stop.h"

namespace siku::cli {
namespace {

tl::unexpected<Error> ReadError(const std::string& path, int number) {
  if (number == EINTR) return Fail(Code::kInterrupted, "interrupted");
  if (number == ENOENT) return Fail(Code::kNotFound, "no such file or folder", path);
  if (number == EACCES || number == EPERM) return Fail(Code::kDenied, "not readable", path);
  if (number == EISDIR) return Fail(Code::kInvalid, "neither a file nor a folder", path);
  return Fail(Code::kIo, "cannot read", std::strerror(number), path);
}

class PlainInput final : public Input {
 public:
  PlainInput(int file, std::string name) : file_(file), name_(std::move(name)) {}
  ~PlainInput() override {
    if (file_ != STDIN_FILENO) ::close(file_);
  }
  Result<bool> Read(std::string& to, size_t bytes) override {
    const size_t before = to.size();
    to.resize(before + bytes);
    ssize_t got = 0;
    do {
      got = ::read(file_, to.data() + before, bytes);
    } while (got < 0 && errno == EINTR && !Stopping());
    const int number = errno;
    to.resize(before + static_cast<size_t>(got > 0 ? got : 0));
    if (got < 0) return ReadError(name_, number);
    return got > 0;
  }

 private:
  int file_;
  std::string name_;
};

class CompressedInput final : public Input {
 public:
  explicit CompressedInput(Source source) : source_(std::move(source)) {}
  Result<void> Begin() {
    SIKU_TRY(opened_, io::OpenStream(source_));
    return {};
  }
  Result<bool> Read(std::string& to, size_t bytes) override {
    auto read = FromArrow(opened_.stream->Read(static_cast<int64_t>(bytes)));
    if (!read.has_value()) return io::SourceError(source_, read.error(), -1);
    to.append(reinterpret_cast<const char*>((*read)->data()), static_cast<size_t>((*read)->size()));
    return (*read)->size() > 0;
  }

 private:
  Source source_;
  io::OpenedStream opened_{};
};

}  // namespace

Result<std::unique_ptr<Input>> Input::Open(const std::string& path) {
  if (path == "-") return std::make_unique<PlainInput>(STDIN_FILENO, "-");
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return ReadError(path, errno);
  Source source{.path = path, .relative = path, .compression = CompressionOfFile(path)};
  if (source.compression == Compression::kNone) return std::make_unique<PlainInput>(file, path);
  ::close(file);
  auto input = std::make_unique<CompressedInput>(std::move(source));
  SIKU_TRY(input->Begin());
  return input;
}

}  // namespace siku::cli
