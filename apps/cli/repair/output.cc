#include "output.h"

#include "arrow_internal.h"
#include "io/output_file.h"

namespace siku::cli {
namespace {

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

class FileOutput final : public Output {
 public:
  explicit FileOutput(std::unique_ptr<io::OutputFile> file) : file_(std::move(file)) {}
  Result<void> Write(std::string_view bytes) override {
    const auto done =
        FromArrow(file_->stream().Write(bytes.data(), static_cast<int64_t>(bytes.size())));
    if (!done.has_value()) return Named(file_->Failed(done.error()).value());
    return {};
  }
  Result<void> Commit() override {
    const auto bytes = file_->Finish();
    if (!bytes.has_value()) return Named(bytes.error());
    return {};
  }

 private:
  static tl::unexpected<Error> Named(Error error) {
    if (error.code == Code::kNoSpace) {
      error.message = "the disk is full";
      error.value.clear();
    }
    return tl::make_unexpected(std::move(error));
  }
  std::unique_ptr<io::OutputFile> file_;
};

}  // namespace

Result<std::unique_ptr<Output>> Output::Open(const std::string& path, Context& context) {
  if (path.empty() || path == "-") return std::make_unique<StandardOutput>(context);
  SIKU_TRY(auto file, io::OutputFile::Open(path, CompressionOfFile(path)));
  return std::make_unique<FileOutput>(std::move(file));
}

}  // namespace siku::cli
