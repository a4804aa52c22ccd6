#include "output_file.h"

#include <arrow/io/compressed.h>
#include <arrow/util/compression.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "../objects/objects.h"

namespace siku::io {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

// Arrow's own file stream asks a pipe for its place.
class OutputFile::Descriptor final : public arrow::io::OutputStream {
 public:
  Descriptor(int file, bool owned) : file_(file), owned_(owned) {}
  ~Descriptor() override { (void)Close(); }

  arrow::Status Write(const void* data, int64_t length) override {
    const char* at = static_cast<const char*>(data);
    while (length > 0) {
      const ssize_t wrote = ::write(file_, at, static_cast<size_t>(length));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return arrow::internal::IOErrorFromErrno(errno, "write");
      at += wrote;
      length -= wrote;
      bytes_ += wrote;
    }
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Write;
  arrow::Result<int64_t> Tell() const override { return bytes_; }
  arrow::Status Close() override {
    const bool failed = owned_ && file_ >= 0 && ::close(file_) != 0;
    file_ = -1;
    return failed ? arrow::internal::IOErrorFromErrno(errno, "close") : arrow::Status::OK();
  }
  bool closed() const override { return file_ < 0; }
  int file() const { return file_; }
  int64_t bytes() const { return bytes_; }

 private:
  int file_;
  bool owned_;
  int64_t bytes_ = 0;
};

// The codec's end is not the upload's: that comes when all went well.
class OutputFile::Object final : public arrow::io::OutputStream {
 public:
  explicit Object(std::unique_ptr<objects::Upload> upload) : upload_(std::move(upload)) {}
  arrow::Status Write(const void* data, int64_t length) override {
    bytes_ += length;
    return upload_->stream()->Write(data, length);
  }
  using arrow::io::OutputStream::Write;
  arrow::Result<int64_t> Tell() const override { return bytes_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  Result<int64_t> Finish() {
    SIKU_TRY(upload_->Finish());
    return bytes_;
  }

 private:
  std::unique_ptr<objects::Upload> upload_;
  bool closed_ = false;
  int64_t bytes_ = 0;
};

Result<void> OutputFile::OpenPath() {
  if (path_ == "-") {
    raw_ = std::make_shared<Descriptor>(STDOUT_FILENO, false);
    return {};
  }
  // A link keeps pointing where it points: what it names is replaced.
  std::error_code error;
  if (fs::is_symlink(path_, error)) {
    const fs::path target = fs::weakly_canonical(path_, error);
    if (!error) path_ = target.string();
  }
  const fs::file_status status = fs::status(path_, error);
  if (fs::is_directory(status)) {
    return Fail(Code::kInvalid, "a folder stands where the file is to be written", path_);
  }
  const bool replaces = !fs::exists(status) || fs::is_regular_file(status);
  if (replaces) temporary_ = path_ + "." + std::to_string(::getpid()) + ".new";
  const std::string& name = replaces ? temporary_ : path_;
  const int file =
      ::open(name.c_str(), O_WRONLY | O_CLOEXEC | (replaces ? O_CREAT | O_TRUNC : 0), 0644);
  if (file < 0) {
    temporary_.clear();
    return Errno("cannot write", path_);
  }
  raw_ = std::make_shared<Descriptor>(file, true);
  return {};
}

Result<std::unique_ptr<OutputFile>> OutputFile::Open(const std::string& path,
                                                     Compression compression) {
  std::unique_ptr<OutputFile> output(new OutputFile(path));
  std::shared_ptr<arrow::io::OutputStream> raw;
  if (objects::IsObject(path)) {
    SIKU_TRY(auto upload, objects::Upload::Create(path));
    raw = output->object_ = std::make_shared<Object>(std::move(upload));
  } else {
    SIKU_TRY(output->OpenPath());
    raw = output->raw_;
  }
  output->stream_ = raw;
  if (compression == Compression::kNone) return output;
  const auto kind =
      compression == Compression::kGzip ? arrow::Compression::GZIP : arrow::Compression::ZSTD;
  SIKU_TRY(auto codec, FromArrow(arrow::util::Codec::Create(kind)));
  SIKU_TRY(output->stream_, FromArrow(arrow::io::CompressedOutputStream::Make(codec.get(), raw)));
  return output;
}

OutputFile::~OutputFile() {
  stream_.reset();
  raw_.reset();
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

tl::unexpected<Error> OutputFile::Failed(const Error& error) const {
  Error named = error;
  const bool disk = named.code == Code::kIo || named.code == Code::kDenied;
  if (disk && !IsServerError(named)) {
    named.message = "cannot write";
  }
  named.place = path_;
  return tl::unexpected<Error>(std::move(named));
}

Result<int64_t> OutputFile::FinishObject() {
  const auto closed = FromArrow(stream_->Close());
  if (!closed.has_value()) return Failed(closed.error());
  return object_->Finish();
}

Result<int64_t> OutputFile::Finish() {
  if (object_ != nullptr) return FinishObject();
  // The codec closes what it stands on, so the descriptor is kept open beside it.
  const int file = ::fcntl(raw_->file(), F_DUPFD_CLOEXEC, 3);
  if (file < 0) return Errno("cannot write", path_);
  const auto closed = FromArrow(stream_->Close());
  const bool synced = temporary_.empty() || ::fsync(file) == 0;
  const auto failed = synced ? Result<void>{} : Errno("cannot sync", path_);
  ::close(file);
  if (!closed.has_value()) return Failed(closed.error());
  SIKU_TRY(failed);
  if (temporary_.empty()) return raw_->bytes();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return Errno("cannot write", path_);
  temporary_.clear();
  SIKU_TRY(SyncFolder(FolderOf(path_)));
  return raw_->bytes();
}

}  // namespace siku::io
