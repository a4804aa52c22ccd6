#include "mirror.h"

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/io/interfaces.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "siku/sha256.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kPiece = 8 << 20;

// Those that are open, by folder.
struct Registry {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<Mirror>> mirrors;
  std::atomic<bool> any{false};
};
Registry& Registered() {
  static Registry registry;
  return registry;
}

Result<std::string> CacheOfEnvironment() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (auto own = set("SIKU_CACHE"); !own.empty()) return own;
  if (auto xdg = set("XDG_CACHE_HOME"); !xdg.empty()) return xdg + "/siku";
  if (auto home = set("HOME"); !home.empty()) return home + "/.cache/siku";
  return Fail(Code::kInvalid, "there is no folder for what is read from S3", {}, "SIKU_CACHE",
              "name one that this machine has to itself");
}

// Of one that is a file, or somebody else's, no error below would say where it comes from.
Result<void> MakeCache(const std::string& cache, const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && ::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    error = std::error_code(errno, std::generic_category());
  }
  if (!error) return {};
  errno = error.value();
  Error failed = Errno("this folder cannot hold what is read from S3", cache).value();
  if (failed.code == Code::kNoSpace) return tl::unexpected<Error>(std::move(failed));
  if (failed.code == Code::kNotFound) failed.code = Code::kInvalid;
  failed.hint = "name a folder of your own in SIKU_CACHE";
  return tl::unexpected<Error>(std::move(failed));
}

// Names that are never used for other bytes: those of hashes, and those of one attempt at a task.
bool IsUsedOnce(std::string_view relative) {
  if (relative.starts_with("data/") || relative.starts_with("manifests/")) return true;
  if (relative.find("/ledger/") != std::string_view::npos) return true;
  return relative.find("/parts/") != std::string_view::npos && !relative.ends_with(".verdicts") &&
         !relative.ends_with(".side") && !relative.ends_with(".part");
}

Result<void> Download(const std::string& url, const std::string& path) {
  SIKU_TRY(const auto object, objects::Open(url));
  SIKU_TRY(const int64_t bytes, FromArrow(object->GetSize()));
  SIKU_TRY(const auto file, FromArrow(arrow::io::FileOutputStream::Open(path)));
  for (int64_t at = 0; at < bytes;) {
    SIKU_TRY(const auto piece, FromArrow(object->ReadAt(at, std::min(kPiece, bytes - at))));
    if (piece->size() == 0)
      return Fail(Code::kConflict, "the object changed while it was read", url);
    SIKU_TRY(FromArrow(file->Write(piece->data(), piece->size())));
    at += piece->size();
  }
  SIKU_TRY(FromArrow(file->Close()));
  return SyncFile(path);
}

}  // namespace

Result<std::shared_ptr<Mirror>> Mirror::Open(const std::string& given) {
  std::string url = given;
  while (url.ends_with('/')) url.pop_back();
  SIKU_TRY(auto cache, CacheOfEnvironment());
  std::error_code error;
  cache = fs::absolute(cache, error).lexically_normal().string();
  const std::string folder = cache + "/" + Sha256Hex(url).substr(0, 32);
  SIKU_TRY(MakeCache(cache, folder));
  Registry& registry = Registered();
  const std::lock_guard lock(registry.mutex);
  auto& known = registry.mirrors[folder];
  auto mirror = known.lock();
  if (mirror != nullptr && mirror->endpoint_ != objects::Endpoint()) {
    return Fail(Code::kConflict, "the store is open in this process by another S3 server",
                mirror->endpoint_, url);
  }
  if (mirror == nullptr) {
    mirror.reset(new Mirror(std::move(url), folder));
    known = mirror;
    registry.any = true;
  }
  return mirror;
}

std::shared_ptr<Mirror> Mirror::Of(std::string_view path) {
  Registry& registry = Registered();
  if (!registry.any) return nullptr;
  const std::lock_guard lock(registry.mutex);
  for (const auto& [folder, mirror] : registry.mirrors) {
    if (path.starts_with(folder) && path.substr(folder.size()).starts_with('/')) {
      return mirror.lock();
    }
  }
  return nullptr;
}

std::string Mirror::UrlOf(std::string_view path) const {
  return url_ + std::string(path.substr(folder_.size()));
}
std::string Mirror::PathOf(std::string_view url) const {
  return folder_ + std::string(url.substr(url_.size()));
}

Mirror::Copy Mirror::LookAt(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {info.st_size, int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

void Mirror::Know(const std::string& path, const Copy& copy) {
  const std::lock_guard lock(mutex_);
  known_[path] = copy;
}

bool Mirror::Knows(const std::string& path, const Copy& copy) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(path);
  return found != known_.end() && found->second == copy;
}

void Mirror::Expect(const std::string& path, const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  expected_[path] = sha256;
}

std::string Mirror::ExpectedOf(const std::string& path) {
  std::string stem = fs::path(path).stem().string();
  const bool hash =
      stem.size() == 64 && stem.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (hash) return stem;
  const std::lock_guard lock(mutex_);
  const auto found = expected_.find(path);
  return found == expected_.end() ? "" : found->second;
}

// Of an intermediate nobody has recorded more than the server knows.
Result<bool> Mirror::IsSound(const std::string& path, const Copy& copy) {
  if (const std::string expected = ExpectedOf(path); !expected.empty()) {
    SIKU_TRY(const auto found, Sha256HexOfFile(path));
    return found == expected;
  }
  const objects::ServerScope scope(endpoint_);
  const auto object = objects::Look(UrlOf(path));
  if (object.has_value()) return object->bytes == copy.bytes;
  // It is not sent yet.
  if (object.error().code == Code::kNotFound) return true;
  return tl::unexpected<Error>(object.error());
}

// What a damaged object gave must not stay here.
Result<void> Mirror::CheckNew(const std::string& file, const std::string& path) {
  const std::string expected = ExpectedOf(path);
  if (expected.empty()) return {};
  SIKU_TRY(const auto found, Sha256HexOfFile(file));
  if (found == expected) return {};
  return Fail(Code::kData, "the object is damaged: it has another SHA-256 than it was written with",
              found, UrlOf(path), "`siku store verify` says what else is damaged");
}

Result<void> Mirror::Push(const std::string& path) {
  const objects::ServerScope scope(endpoint_);
  SIKU_TRY(const auto file, FromArrow(arrow::io::ReadableFile::Open(path)));
  SIKU_TRY(auto upload, objects::Upload::Create(UrlOf(path)));
  for (;;) {
    SIKU_TRY(const auto piece, FromArrow(file->Read(kPiece)));
    if (piece->size() == 0) break;
    SIKU_TRY(FromArrow(upload->stream()->Write(piece)));
  }
  SIKU_TRY(upload->Finish());
  Know(path, LookAt(path));
  return {};
}

Result<void> Mirror::Bring(const std::string& path) {
  const Copy copy = LookAt(path);
  if (!IsUsedOnce(std::string_view(path).substr(folder_.size() + 1))) {
    const std::lock_guard lock(mutex_);
    if (known_.contains(path)) return {};
  } else if (copy != Copy{}) {
    if (Knows(path, copy)) return {};
    SIKU_TRY(const bool sound, IsSound(path, copy));
    if (sound) {
      Know(path, copy);
      return {};
    }
  }
  return BringAnew(path);
}

Result<void> Mirror::BringAnew(const std::string& path) {
  const objects::ServerScope scope(endpoint_);
  SIKU_TRY(MakeFolders(fs::path(path).parent_path().string()));
  const std::string temporary = path + "." + UniqueName() + ".new";
  auto done = Download(UrlOf(path), temporary);
  if (done.has_value()) done = CheckNew(temporary, path);
  if (done.has_value()) {
    SIKU_TRY(RenameDurably(temporary, path));
    Know(path, LookAt(path));
    return {};
  }
  ::unlink(temporary.c_str());
  if (done.error().code != Code::kNotFound) return done;
  ::unlink(path.c_str());
  return {};
}

Result<bool> Mirror::Has(const std::string& path) {
  const objects::ServerScope scope(endpoint_);
  const auto found = objects::Look(UrlOf(path));
  if (found.has_value()) return true;
  if (found.error().code == Code::kNotFound) return false;
  return tl::unexpected<Error>(found.error());
}

Result<std::vector<objects::ObjectInfo>> Mirror::Below(const std::string& folder) {
  const objects::ServerScope scope(endpoint_);
  auto found = objects::List(UrlOf(folder) + "/");
  if (!found.has_value() && found.error().code == Code::kNotFound) {
    return std::vector<objects::ObjectInfo>();
  }
  return found;
}

Result<void> Mirror::Drop(const std::string& path) {
  const objects::ServerScope scope(endpoint_);
  SIKU_TRY(objects::Remove(UrlOf(path)));
  ::unlink(path.c_str());
  const std::lock_guard lock(mutex_);
  known_.erase(path);
  return {};
}

Result<objects::ObjectInfo> Mirror::Listed(const std::string& path) {
  const objects::ServerScope scope(endpoint_);
  SIKU_TRY(auto objects, objects::List(UrlOf(path)));
  return std::move(objects.front());
}

Result<void> Mirror::CheckBucket() {
  const objects::ServerScope scope(endpoint_);
  return objects::CheckBucket(url_);
}

void Mirror::DropFolder(const std::string& folder) {
  const objects::ServerScope scope(endpoint_);
  (void)objects::RemoveBelow(UrlOf(folder)).has_value();
}

Result<void> Share(const std::string& path) {
  const auto mirror = Mirror::Of(path);
  return mirror == nullptr ? Result<void>() : mirror->Push(path);
}

Result<void> Bring(const std::string& path) {
  const auto mirror = Mirror::Of(path);
  return mirror == nullptr ? Result<void>() : mirror->Bring(path);
}

Result<void> BringAnew(const std::string& path) {
  const auto mirror = Mirror::Of(path);
  return mirror == nullptr ? Result<void>() : mirror->BringAnew(path);
}

void Expect(const std::string& path, const std::string& sha256) {
  if (const auto mirror = Mirror::Of(path)) mirror->Expect(path, sha256);
}

std::string PlaceOf(const std::string& path) {
  const auto mirror = Mirror::Of(path);
  return mirror == nullptr ? path : mirror->UrlOf(path);
}

Result<void> ShareOnce(const std::string& temporary, const std::string& path) {
  const auto mirror = Mirror::Of(path);
  if (mirror == nullptr) {
    SIKU_TRY(PublishOnce(temporary, path));
    return {};
  }
  // What stands here but was never sent is of a process that died. Of two that send at once the
  // later stays; both speak of files that are there.
  SIKU_TRY(const bool there, mirror->Has(path));
  if (there) {
    ::unlink(temporary.c_str());
    return mirror->BringAnew(path);
  }
  SIKU_TRY(RenameDurably(temporary, path));
  return mirror->Push(path);
}

Result<bool> IsShared(const std::string& path) {
  const auto mirror = Mirror::Of(path);
  if (mirror != nullptr) return mirror->Has(path);
  std::error_code error;
  return fs::exists(path, error);
}

Result<std::set<std::string>> NamesIn(const std::string& folder) {
  std::set<std::string> names;
  if (const auto mirror = Mirror::Of(folder)) {
    SIKU_TRY(const auto found, mirror->Below(folder));
    for (const auto& object : found) names.insert(fs::path(object.path).filename().string());
    return names;
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

Result<void> Drop(const std::string& path) {
  if (const auto mirror = Mirror::Of(path)) return mirror->Drop(path);
  ::unlink(path.c_str());
  return {};
}

void DropFolder(const std::string& folder) {
  if (const auto mirror = Mirror::Of(folder)) mirror->DropFolder(folder);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

}  // namespace siku
