// A file of a server, whole or not at all; what came before a break is not asked again.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
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

/// Breaks in a row without a byte between them.
constexpr int kMostBreaks = 4;
constexpr int kMostChanges = 5;

struct FileHead {
  std::string tag{};  // empty: none that says that bytes are the same (RFC 9110, 8.8.1)
  int64_t length = 0;
};

Result<FileHead> Head(const Server& server, const std::string& path, const Query& query) {
  const auto head = server.Send({.method = "HEAD", .path = path, .headers = {}, .body = {}}, query);
  if (!head.has_value()) {
    if (head.error().code == Code::kIo) return tl::make_unexpected(head.error());
    // An answer to HEAD has no words; that to GET says what is wrong.
    const auto sink = [](const HttpAnswer&, std::string_view) -> Result<void> {
      return Fail(Code::kConflict, "the file changes while it is downloaded");
    };
    SIKU_TRY(server.Send({.method = "GET", .path = path, .headers = {}, .body = {}}, query, sink));
    return tl::make_unexpected(head.error());
  }
  const int64_t length = head->Length();
  if (length < 0) {
    return Fail(Code::kData, "the server does not say how long the file is", {}, server.url());
  }
  const std::string tag = head->Header("etag");
  return FileHead{tag.starts_with('"') ? tag : "", length};
}

/// Waits before the next try; false: no more tries.
bool WaitAfter(int breaks) {
  if (breaks > kMostBreaks || Stopping()) return false;
  std::this_thread::sleep_for(std::chrono::milliseconds(100 << breaks));
  return !Stopping();
}

bool MayPass(const Error& error) { return error.code == Code::kIo || error.code == Code::kBusy; }

/// Asks for what is behind `begun`; gives `write` what comes of it. `changed` is set where it is
/// not the file that the head is of.
Result<void> Append(const Server& server, const std::string& path, const Query& query,
                    const FileHead& head, int64_t begun, bool& changed,
                    const std::function<Result<void>(std::string_view)>& write) {
  HttpRequest request{.method = "GET", .path = path, .headers = {}, .body = {}};
  if (begun > 0) {
    request.headers.emplace_back("Range", fmt::format("bytes={}-", begun));
    request.headers.emplace_back("If-Range", head.tag);
  }
  int64_t left = head.length - begun;
  const auto sink = [&](const HttpAnswer& answer, std::string_view bytes) -> Result<void> {
    const bool whole = answer.status == 200;
    if ((!head.tag.empty() && answer.Header("etag") != head.tag) || (whole && begun > 0)) {
      changed = true;
      return Fail(Code::kConflict, "the file changes while it is downloaded", {}, server.url());
    }
    const std::string range = answer.Header("content-range");
    if (!whole && !range.starts_with(fmt::format("bytes {}-", begun))) {
      return Fail(Code::kData, "the server sends another part than was asked for", range,
                  server.url());
    }
    if (static_cast<int64_t>(bytes.size()) > left) {
      return Fail(Code::kData, "the server sends more than it said", {}, server.url());
    }
    left -= static_cast<int64_t>(bytes.size());
    return write(bytes);
  };
  SIKU_TRY(server.Send(std::move(request), query, sink));
  return {};
}

/// All that is missing from `begun` on, over breaks.
Result<void> Fill(const Server& server, const std::string& path, const Query& query,
                  const FileHead& head, int64_t begun, bool& changed,
                  const std::function<Result<void>(std::string_view)>& write) {
  int64_t done = begun;
  for (int breaks = 0; done < head.length;) {
    const int64_t before = done;
    const auto counted = [&](std::string_view bytes) -> Result<void> {
      SIKU_TRY(write(bytes));
      done += static_cast<int64_t>(bytes.size());
      return {};
    };
    const auto appended = Append(server, path, query, head, done, changed, counted);
    if (done > before) breaks = 0;
    if (appended.has_value() && done == head.length) break;
    Error error = appended.has_value() ? Error{.code = Code::kIo,
                                               .message = "the file is shorter than was said",
                                               .place = server.url()}
                                       : appended.error();
    // Without a tag nothing tells that it is still the same file.
    if (!MayPass(error) || (head.tag.empty() && done > 0) || !WaitAfter(++breaks)) {
      return tl::make_unexpected(std::move(error));
    }
  }
  return {};
}

/// What there is of a file so far; no other process has it.
class Part {
 public:
  /// `target`: what errors name.
  Part(std::string path, std::string target) : path_(std::move(path)), target_(std::move(target)) {}
  ~Part() {
    if (file_ >= 0) ::close(file_);
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  /// kBusy: another process fills it.
  Result<void> Open() {
    for (;;) {
      file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
      if (file_ < 0) return Errno("cannot write", target_);
      if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        return Fail(Code::kBusy, "another download writes this file", path_);
      }
      // It may have got its name between the two calls: then it is somebody's result.
      struct stat here {};
      struct stat there {};
      if (::fstat(file_, &here) == 0 && ::stat(path_.c_str(), &there) == 0 &&
          here.st_ino == there.st_ino && here.st_dev == there.st_dev) {
        return {};
      }
      ::close(file_);
    }
  }
  int64_t Length() const {
    struct stat about {};
    return ::fstat(file_, &about) == 0 ? about.st_size : 0;
  }
  Result<void> Clear() {
    if (::ftruncate(file_, 0) != 0) return Errno("cannot write", target_);
    return {};
  }
  Result<void> Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Errno("cannot write", target_);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }
  Result<void> Become(const std::string& target) {
    if (::fsync(file_) != 0) return Errno("cannot write", target_);
    return RenameDurably(path_, target);
  }
  void Remove() { ::unlink(path_.c_str()); }

 private:
  std::string path_;
  std::string target_;
  int file_ = -1;
};

/// Removes beginnings of other files for the same target, but none that somebody fills.
void Sweep(const std::filesystem::path& folder, const std::string& begin) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(begin) || !name.ends_with(".part")) continue;
    if (name.size() != begin.size() + 16 + 5) continue;
    Part part(entry.path().string(), name);
    if (part.Open().has_value()) part.Remove();
  }
}

}  // namespace

Result<int64_t> Download(const Server& server, const std::string& path, const Query& query,
                         const std::string& target, const Context& context) {
  std::error_code ignored;
  if (std::filesystem::is_directory(target, ignored)) {
    return Fail(Code::kInvalid, "the path is a folder", target, "--output");
  }
  const std::filesystem::path whole = std::filesystem::absolute(target);
  const std::string begin = "." + whole.filename().string() + ".";
  TransferLine line(context, "download");
  for (int changes = 0; changes < kMostChanges; ++changes) {
    SIKU_TRY(const auto head, Head(server, path, query));
    std::string of = server.url() + "\n" + path;
    for (const auto& [name, value] : query) of.append("\n").append(name).append("=").append(value);
    const std::string name = Sha256Hex(of + "\n" + head.tag).substr(0, 16);
    Part part((whole.parent_path() / (begin + name + ".part")).string(), target);
    SIKU_TRY(part.Open());
    if (head.tag.empty() || part.Length() > head.length) {
      SIKU_TRY(part.Clear());
    }
    line.Begin(part.Length(), head.length);
    bool changed = false;
    const auto filled = Fill(server, path, query, head, part.Length(), changed,
                             [&](std::string_view bytes) -> Result<void> {
                               SIKU_TRY(part.Write(bytes));
                               line.Add(static_cast<int64_t>(bytes.size()));
                               return {};
                             });
    if (changed) {
      part.Remove();
      continue;
    }
    SIKU_TRY(filled);
    SIKU_TRY(part.Become(whole.string()));
    Sweep(whole.parent_path(), begin);
    return head.length;
  }
  return Fail(Code::kConflict, "the file changes while it is downloaded", {}, server.url());
}

Result<int64_t> Download(const Server& server, const std::string& path, const Query& query,
                         const std::function<Result<void>(std::string_view)>& write) {
  SIKU_TRY(const auto head, Head(server, path, query));
  bool changed = false;
  SIKU_TRY(Fill(server, path, query, head, 0, changed, write));
  return head.length;
}

}  // namespace siku::cli
