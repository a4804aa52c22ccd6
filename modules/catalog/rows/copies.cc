#include "rows/copies.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <vector>

#include "durable.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kRoom = int64_t{8} << 30;
constexpr int kMostInside = 2;  // half of the threads that answer
constexpr size_t kSecretBytes = 32;

/// The store's own, made once, so that a download goes on after a restart.
Result<std::string> Secret(const std::string& store) {
  const std::string path = store + "/exports.secret";
  if (auto kept = ReadWhole(path, kSecretBytes); kept.has_value() && kept->size() == kSecretBytes) {
    return kept;
  }
  std::string made(kSecretBytes, '\0');
  randombytes_buf(made.data(), made.size());
  SIKU_TRY(ReplaceDurably(path, made));
  return made;
}

struct Copy {
  std::string path;
  int64_t bytes = 0;
  timespec used{};
};

}  // namespace

Result<std::string> CopyName(const Store& store, const Readable& readable,
                             const std::string& ending) {
  if (readable.withheld.empty() && readable.conditions.empty()) {
    return readable.version.content.substr(0, 32) + "." + ending;
  }
  const json what = {readable.Whole().content, readable.withheld,
                     RestrictionJson({{}, readable.conditions}), ending};
  SIKU_TRY(const auto secret, Secret(store.path()));
  return std::string(kRestricted) + Sha256Hex(secret + what.dump()).substr(0, 48) + "." + ending;
}

bool UseCopy(const std::string& path) {
  const timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
  return ::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0;
}

void MakeRoom(const std::string& folder, std::string_view prefix, const std::string& made) {
  std::vector<Copy> copies;
  int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    struct stat status {};
    const std::string path = entry.path().string();
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    if (::stat(path.c_str(), &status) != 0) continue;
    bytes += status.st_size;
    if (path != made) copies.push_back({path, status.st_size, status.st_atim});
  }
  std::sort(copies.begin(), copies.end(), [](const Copy& one, const Copy& other) {
    return std::pair(one.used.tv_sec, one.used.tv_nsec) <
           std::pair(other.used.tv_sec, other.used.tv_nsec);
  });
  for (const Copy& copy : copies) {
    if (bytes <= kRoom) return;
    if (::unlink(copy.path.c_str()) == 0) bytes -= copy.bytes;
  }
}

Result<void> MakeCopy(const std::string& path, const std::function<Result<void>()>& make) {
  static std::atomic<int> inside{0};
  static std::mutex one_at_a_time;
  if (UseCopy(path)) return {};
  struct Place {
    bool free = ++inside <= kMostInside;
    ~Place() { --inside; }
  } const place;
  if (!place.free) {
    return Fail(Code::kBusy, "the server does much of this already", {}, {},
                "try again in some seconds");
  }
  const std::lock_guard lock(one_at_a_time);
  if (UseCopy(path)) return {};
  SIKU_TRY(make());
  MakeRoom(fs::path(path).parent_path().string(), kRestricted, path);
  return {};
}

}  // namespace siku::catalog
