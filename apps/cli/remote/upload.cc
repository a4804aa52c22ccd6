// A file to a server by tus 1.0 (tus.io/protocols/resumable-upload).
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <thread>

#include "durable.h"
#include "remote/transfer.h"
#include "remote/transfer_line.h"
#include "siku/sha256.h"
#include "stop.h"

namespace siku::cli {
namespace {

using nlohmann::json;

constexpr int64_t kPiece = int64_t{8} << 20;  // what the server takes at once
constexpr int kMostBreaks = 5;                // in a row

std::string Base64(std::string_view text) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string out(sodium_base64_encoded_len(text.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), kVariant);
  out.pop_back();  // the terminating zero
  return out;
}

Result<int64_t> OffsetOf(const HttpAnswer& answer, const Server& server) {
  const std::string text = answer.Header("upload-offset");
  int64_t offset = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error != std::errc() || end != text.data() + text.size() || offset < 0) {
    return NotACatalogue(server);
  }
  return offset;
}

HttpRequest TusRequest(const char* method, const std::string& path) {
  return {.method = method, .path = path, .headers = {{"Tus-Resumable", "1.0.0"}}, .body = {}};
}

/// One's upload of that name and length which is not imported yet; empty: there is none.
Result<std::string> FindUpload(const Server& server, const std::string& name, int64_t length) {
  SIKU_TRY(const auto told, server.Ask("GET", "/uploads"));
  try {
    for (const json& one : told.at("uploads")) {
      const auto state = one.at("state").get<std::string>();
      const bool open = state == "uploading" || state == "uploaded";
      if (open && one.at("name") == name && one.at("length") == length) {
        return one.at("id").get<std::string>();
      }
    }
  } catch (const json::exception&) {
    return NotACatalogue(server);
  }
  return std::string();
}

Result<std::string> Begin(const Server& server, const std::string& name, int64_t length) {
  HttpRequest request = TusRequest("POST", "/uploads");
  request.headers.emplace_back("Upload-Length", std::to_string(length));
  request.headers.emplace_back("Upload-Metadata", "filename " + Base64(name));
  SIKU_TRY(const auto answer, server.Send(std::move(request)));
  const json told = json::parse(answer.body, nullptr, false);
  if (!told.is_object() || !told.contains("id") || !told.at("id").is_string()) {
    return NotACatalogue(server);
  }
  return told.at("id").get<std::string>();
}

class LocalFile {
 public:
  explicit LocalFile(std::string path) : path_(std::move(path)) {}
  ~LocalFile() {
    if (file_ >= 0) ::close(file_);
  }
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;

  Result<void> Open() {
    file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) return Errno("cannot read", path_);
    struct stat about {};
    if (::fstat(file_, &about) != 0) return Errno("cannot read", path_);
    if (!S_ISREG(about.st_mode)) return Fail(Code::kInvalid, "not a file", {}, path_);
    length_ = about.st_size;
    return {};
  }
  int64_t length() const { return length_; }
  Result<std::string> Read(int64_t offset, int64_t bytes) const {
    std::string piece(static_cast<size_t>(std::min(bytes, length_ - offset)), '\0');
    for (size_t at = 0; at < piece.size();) {
      const ssize_t read =
          ::pread(file_, piece.data() + at, piece.size() - at, offset + static_cast<int64_t>(at));
      if (read < 0 && errno == EINTR) continue;
      if (read < 0) return Errno("cannot read", path_);
      if (read == 0) return Fail(Code::kConflict, "the file was changed meanwhile", {}, path_);
      at += static_cast<size_t>(read);
    }
    return piece;
  }

 private:
  std::string path_;
  int file_ = -1;
  int64_t length_ = 0;
};

/// All pieces that the server does not have, over breaks.
Result<void> SendPieces(const Server& server, const LocalFile& file, const std::string& path,
                        const Context& context) {
  TransferLine line(context, "upload");
  for (int breaks = 0;;) {
    bool here = false;  // what fails is on this side
    const auto sent = [&]() -> Result<bool> {
      SIKU_TRY(const auto head, server.Send(TusRequest("HEAD", path)));
      SIKU_TRY(int64_t offset, OffsetOf(head, server));
      line.Begin(offset, file.length());
      while (offset < file.length()) {
        if (Stopping()) return Fail(Code::kInterrupted, "interrupted");
        here = true;
        SIKU_TRY(const auto piece, file.Read(offset, kPiece));
        here = false;
        HttpRequest request = TusRequest("PATCH", path);
        request.headers.emplace_back("Upload-Offset", std::to_string(offset));
        request.headers.emplace_back("Content-Type", "application/offset+octet-stream");
        request.body = piece;
        SIKU_TRY(const auto answer, server.Send(std::move(request)));
        SIKU_TRY(offset, OffsetOf(answer, server));
        line.At(offset);
        breaks = 0;
      }
      return true;
    }();
    if (sent.has_value()) return {};
    const Code code = sent.error().code;
    // What the server has of a broken piece, it tells: HEAD asks once more.
    const bool may_pass = code == Code::kIo || code == Code::kBusy || code == Code::kConflict;
    if (here || !may_pass || ++breaks > kMostBreaks) return tl::make_unexpected(sent.error());
    std::this_thread::sleep_for(std::chrono::milliseconds(100 << breaks));
  }
}

}  // namespace

Result<UploadedFile> Upload(const Server& server, const std::string& file, const Context& context) {
  const std::string name = std::filesystem::path(file).filename().string();
  LocalFile local(file);
  SIKU_TRY(local.Open());
  UploadedFile uploaded;
  SIKU_TRY(uploaded.sha256, Sha256HexOfFile(file));
  SIKU_TRY(uploaded.id, FindUpload(server, name, local.length()));
  if (uploaded.id.empty()) {
    SIKU_TRY(uploaded.id, Begin(server, name, local.length()));
  }
  const std::string path = "/uploads/" + server.Encoded(uploaded.id);
  SIKU_TRY(SendPieces(server, local, path, context));
  return uploaded;
}

}  // namespace siku::cli
