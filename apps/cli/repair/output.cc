#include "output.h"

#include <filesystem>

#include "arrow_internal.h"
#include "durable.h"
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
    if (!done.has_value()) return file_->Failed(done.error());
    return {};
  }
  Result<void> Commit() override {
    SIKU_TRY([[maybe_unused]] const int64_t bytes, file_->Finish());
    return {};
  }

 private:
  std::unique_ptr<io::OutputFile> file_;
};

}  // namespace

Result<std::unique_ptr<Output>> Output::Open(const std::string& path, Context& context) {
  if (path.empty() || path == "-") return std::make_unique<StandardOutput>(context);
  if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty()) {
    SIKU_TRY(MakeFolders(folder.string()));
  }
  SIKU_TRY(auto file, io::OutputFile::Open(path, CompressionOfFile(path)));
  return std::make_unique<FileOutput>(std::move(file));
}

}  // namespace siku::cli
