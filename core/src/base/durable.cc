#include "durable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>

namespace siku {

std::string UniqueName() {
  // Process ids repeat: over time, and between containers that share a disk.
  static const uint64_t process = [] {
    std::random_device random;
    return (static_cast<uint64_t>(random()) << 32) | random();
  }();
  static std::atomic<uint64_t> next{0};
  char text[48];
  std::snprintf(text, sizeof text, "%d-%016llx-%llu", ::getpid(),
                static_cast<unsigned long long>(process),  // NOLINT(google-runtime-int)
                static_cast<unsigned long long>(next++));  // NOLINT(google-runtime-int)
  return text;
}

tl::unexpected<Error> Errno(const char* what, const std::string& path) {
  const int number = errno;
  const Code code = number == ENOSPC || number == EDQUOT                     ? Code::kNoSpace
                    : number == EACCES || number == EPERM || number == EROFS ? Code::kDenied
                    : number == ENOENT || number == ENOTDIR                  ? Code::kNotFound
                    : number == EFBIG                                        ? Code::kLimit
                                                                             : Code::kIo;
  if (code == Code::kNoSpace) {
    return Fail(code, "the disk is full", number == EDQUOT ? std::strerror(number) : "", path);
  }
  return Fail(code, what, std::strerror(number), path);
}

Result<void> SyncFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Errno("cannot open for syncing", path);
  const int failed = ::fsync(file);
  auto result = failed == 0 ? Result<void>{} : Errno("cannot sync", path);
  ::close(file);
  return result;
}

Result<void> SyncFolder(const std::string& folder) { return SyncFile(folder); }

Result<void> WriteDurably(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return Errno("cannot write", path);
  Result<void> result;
  while (result.has_value() && !bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote >= 0) {
      bytes.remove_prefix(static_cast<size_t>(wrote));
    } else if (errno != EINTR) {
      result = Errno("cannot write", path);
    }
  }
  if (result.has_value() && ::fsync(file) != 0) result = Errno("cannot sync", path);
  struct stat info {};
  const bool regular = ::fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  ::close(file);
  // Never a device like /dev/full.
  if (!result.has_value() && regular) ::unlink(path.c_str());
  return result;
}

Result<void> RenameDurably(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return Errno("cannot rename", to);
  return SyncFolder(std::filesystem::path(to).parent_path().string());
}

Result<bool> PublishOnce(const std::string& temporary, const std::string& path) {
  const int failed = ::link(temporary.c_str(), path.c_str());
  if (failed != 0 && errno != EEXIST) return Errno("cannot write", path);
  ::unlink(temporary.c_str());
  SIKU_TRY(SyncFolder(std::filesystem::path(path).parent_path().string()));
  return failed == 0;
}

Result<void> ReplaceDurably(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + "." + UniqueName() + ".new";
  SIKU_TRY(WriteDurably(temporary, bytes));
  auto renamed = RenameDurably(temporary, path);
  if (!renamed.has_value()) ::unlink(temporary.c_str());
  return renamed;
}

Result<std::string> ReadWhole(const std::string& path, int64_t limit) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Errno("cannot read", path);
  std::string bytes;
  char chunk[65536];
  ssize_t got = 0;
  while ((got = ::read(file, chunk, sizeof chunk)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const auto failed = Errno("cannot read", path);
      ::close(file);
      return failed;
    }
    bytes.append(chunk, static_cast<size_t>(got));
    if (static_cast<int64_t>(bytes.size()) > limit) break;
  }
  ::close(file);
  if (static_cast<int64_t>(bytes.size()) > limit) {
    return Fail(Code::kLimit, "the file is larger than it may be", std::to_string(limit), path);
  }
  return bytes;
}

Result<void> MakeFolders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return {};
  errno = error.value();
  return Errno("cannot make the folder", path);
}

}  // namespace siku
