#include "output.h"

#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "arrow_internal.h"
#include "durable.h"
#include "siku/source.h"

namespace siku::cli {
namespace {

namespace fs = std::filesystem;

class StandardOutput final : public Output {
 public:
  explicit StandardOutput(Context& context) : context_(context) {}
  Result<void> Write(std::string_view bytes) override {
    context_.Print(bytes);
    return {};
  }
  Result<void> Commit() override { return context_.Finish(); }

 private:
  Context& context_;
};

// Into what is no plain file (a pipe, /dev/null), directly; else beside it, and renamed.
class FileOutput final : public Output {
 public:
  explicit FileOutput(std::string path) : path_(std::move(path)) {}
  ~FileOutput() override {
    if (!committed_ && !temporary_.empty()) ::unlink(temporary_.c_str());
  }

  Result<void> Begin() {
    std::error_code ignored;
    const auto status = fs::status(path_, ignored);
    if (fs::is_directory(status)) {
      return Fail(Code::kInvalid, "a folder stands where the file should go", path_);
    }
    if (!fs::exists(status) || fs::is_regular_file(status)) {
      // A link stays a link: what it points to is replaced.
      const fs::path real = fs::canonical(path_, ignored);
      if (!ignored) path_ = real.string();
      temporary_ = path_ + ".siku-" + std::to_string(::getpid());
      if (const auto parent = fs::path(path_).parent_path(); !parent.empty()) {
        SIKU_TRY(MakeFolders(parent.string()));
      }
    }
    const std::string& opened = temporary_.empty() ? path_ : temporary_;
    auto file = FromArrow(arrow::io::FileOutputStream::Open(opened));
    if (!file.has_value()) return Named(file.error());
    stream_ = *file;
    const Compression compression = CompressionOfFile(path_);
    if (compression == Compression::kNone) return {};
    SIKU_TRY(codec_, FromArrow(arrow::util::Codec::Create(compression == Compression::kGzip
                                                              ? arrow::Compression::GZIP
                                                              : arrow::Compression::ZSTD)));
    SIKU_TRY(stream_,
             FromArrow(arrow::io::CompressedOutputStream::Make(codec_.get(), std::move(*file))));
    return {};
  }

  Result<void> Write(std::string_view bytes) override {
    return Named(FromArrow(stream_->Write(bytes.data(), static_cast<int64_t>(bytes.size()))));
  }

  Result<void> Commit() override {
    SIKU_TRY(Named(FromArrow(stream_->Close())));
    if (temporary_.empty()) return {};
    KeepMode();
    SIKU_TRY(SyncFile(temporary_));
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return Errno("cannot write", path_);
    committed_ = true;
    return {};
  }

 private:
  Result<void> Named(Result<void> result) const {
    if (result.has_value()) return {};
    return Named(result.error());
  }
  tl::unexpected<Error> Named(const Error& error) const {
    return Fail(error.code, "cannot write", error.value, path_);
  }
  // A file that is replaced keeps its permissions.
  void KeepMode() const {
    struct stat info {};
    if (::stat(path_.c_str(), &info) == 0) (void)::chmod(temporary_.c_str(), info.st_mode & 07777U);
  }

  std::string path_;
  std::string temporary_{};
  std::shared_ptr<arrow::util::Codec> codec_{};
  std::shared_ptr<arrow::io::OutputStream> stream_{};
  bool committed_ = false;
};

}  // namespace

Result<std::unique_ptr<Output>> Output::Open(const std::string& path, Context& context) {
  if (path.empty() || path == "-") return std::make_unique<StandardOutput>(context);
  auto output = std::make_unique<FileOutput>(path);
  SIKU_TRY(output->Begin());
  return output;
}

}  // namespace siku::cli
