#include "uploads.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "clock.h"
#include "durable.h"
#include "siku/catalog/model.h"
#include "siku/utf8.h"

namespace siku::server {
namespace {

namespace fs = std::filesystem;
using catalog::Actor;
using catalog::Role;
using nlohmann::json;

constexpr int64_t kDayMilliseconds = int64_t{24} * 3600 * 1000;
constexpr int64_t kReserve = int64_t{1} << 30;     // bytes of the disk that stay free
constexpr auto kPatience = std::chrono::hours(1);  // of a clock that does not jump
constexpr size_t kLongestName = 500;               // bytes
constexpr int64_t kLargestInfo = 1 << 20;

Result<void> MayUpload(const Actor& actor) {
  if (actor.Is(Role::kPublisher) || actor.Is(Role::kAdministrator)) return {};
  return Fail(Code::kDenied, "only publishers and administrators upload files");
}

bool MaySee(const Actor& actor, const Upload& upload) {
  return actor.account == upload.account || actor.Is(Role::kAdministrator);
}

tl::unexpected<Error> NotThere(const std::string& id) {
  return Fail(Code::kNotFound, "upload not found", id);
}

bool IsId(const std::string& id) {
  return id.size() == 36 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
         });
}

Result<void> CheckSpace(const std::string& folder, int64_t length) {
  struct statvfs disk {};
  if (statvfs(folder.c_str(), &disk) != 0) return Errno("cannot read", folder);
  const auto free = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
  // The rows take room, too, while the file is still there.
  if (free - kReserve >= length) return {};
  return Fail(Code::kNoSpace, "the disk has not so much space left", std::to_string(length));
}

/// All of it, behind `offset`, and synced; else what was there before.
Result<void> WriteAt(const std::string& path, int64_t offset, const std::string& bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return Errno("cannot write", path);
  size_t done = 0;
  bool failed = false;
  while (!failed && done < bytes.size()) {
    const ssize_t wrote = pwrite(file, bytes.data() + done, bytes.size() - done,
                                 static_cast<off_t>(offset) + static_cast<off_t>(done));
    if (wrote < 0 && errno == EINTR) continue;
    failed = wrote < 0;
    if (!failed) done += static_cast<size_t>(wrote);
  }
  failed = failed || fdatasync(file) != 0;
  Result<void> written;
  if (failed) written = Errno("cannot write", "uploads");
  if (failed) (void)!ftruncate(file, static_cast<off_t>(offset));
  close(file);
  return written;
}

}  // namespace

Uploads::Hold::Hold(Uploads& uploads, std::string id) : uploads_(uploads), id_(std::move(id)) {
  const std::lock_guard lock(uploads_.mutex_);
  taken_ = uploads_.held_.insert(id_).second;
}

Uploads::Hold::~Hold() {
  if (!taken_) return;
  const std::lock_guard lock(uploads_.mutex_);
  uploads_.held_.erase(id_);
}

std::vector<std::string> Uploads::Ids() const {
  std::vector<std::string> ids;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (IsId(entry.path().filename().string())) ids.push_back(entry.path().filename().string());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<Upload> Uploads::Load(const std::string& id) const {
  if (!IsId(id)) return NotThere(id);
  const std::string path = folder_ + "/" + id + "/info.json";
  const auto text = ReadWhole(path, kLargestInfo);
  // Out of descriptors, for example: it is still there.
  if (!text.has_value() && text.error().code != Code::kNotFound) {
    return tl::make_unexpected(text.error());
  }
  const json info = json::parse(text.value_or(""), nullptr, false);
  if (!info.is_object()) return NotThere(id);
  Upload upload{.id = id,
                .name = info.value("name", ""),
                .account = info.value("account", ""),
                .length = info.value("length", int64_t{0}),
                .result = info.value("result", "")};
  struct stat data {};
  const bool there = stat(DataPath(id).c_str(), &data) == 0;
  if (!there && upload.result.empty()) return NotThere(id);
  upload.offset = there ? static_cast<int64_t>(data.st_size) : upload.length;
  const auto touched = there ? int64_t{data.st_mtim.tv_sec} * 1000 : info.value("done", int64_t{0});
  upload.expires = touched + kUploadDays * kDayMilliseconds;
  return upload;
}

Result<void> Uploads::Save(const Upload& upload) const {
  json info = {{"name", upload.name}, {"account", upload.account}, {"length", upload.length}};
  if (!upload.result.empty()) {
    info["result"] = upload.result;
    info["done"] = NowMilliseconds();
  }
  return ReplaceDurably(folder_ + "/" + upload.id + "/info.json", info.dump());
}

Result<Upload> Uploads::Create(const Actor& actor, const std::string& name, int64_t length) {
  SIKU_TRY(MayUpload(actor));
  if (length < 1 || length > kLargestUpload) {
    return Fail(Code::kLimit, "a file has at least one byte and at most 64 GiB",
                std::to_string(length));
  }
  if (name.empty() || name.size() > kLongestName || !utf8::Valid(name)) {
    return Fail(Code::kInvalid, "a file needs a name of at most 500 bytes", {}, "filename");
  }
  const std::lock_guard lock(mutex_);
  SweepLocked();
  SIKU_TRY(MakeFolders(folder_));
  int64_t bytes = length;
  int count = 1;
  for (const std::string& id : Ids()) {
    const auto other = Load(id);
    if (!other.has_value() || other->account != actor.account || !other->result.empty()) continue;
    bytes += other->length;
    ++count;
  }
  if (bytes > kUploadQuota || count > kMostUploads) {
    return Fail(Code::kLimit, "an account has at most 100 files and 128 GiB waiting", {}, {},
                "import them, or delete those that are not needed");
  }
  SIKU_TRY(CheckSpace(folder_, length));
  Upload upload{.id = catalog::NewId(), .name = name, .account = actor.account, .length = length};
  SIKU_TRY(MakeFolders(folder_ + "/" + upload.id));
  SIKU_TRY(WriteDurably(DataPath(upload.id), ""));
  SIKU_TRY(Save(upload));
  SIKU_TRY(SyncFolder(folder_));
  return Load(upload.id);
}

Result<Upload> Uploads::Find(const Actor& actor, const std::string& id) const {
  SIKU_TRY(auto upload, Load(id));
  if (!MaySee(actor, upload)) return NotThere(id);
  return upload;
}

Result<std::vector<Upload>> Uploads::List(const Actor& actor) const {
  SIKU_TRY(MayUpload(actor));
  std::vector<Upload> uploads;
  for (const std::string& id : Ids()) {
    auto upload = Load(id);
    if (upload.has_value() && MaySee(actor, *upload)) uploads.push_back(*std::move(upload));
  }
  return uploads;
}

Result<Upload> Uploads::Append(const Actor& actor, const std::string& id, int64_t offset,
                               const std::string& bytes) {
  SIKU_TRY(MayUpload(actor));
  const Hold hold(*this, id);
  if (!hold.taken()) return Fail(Code::kBusy, "the upload is being written or imported", id);
  SIKU_TRY(const auto upload, Find(actor, id));
  if (offset != upload.offset || !upload.result.empty()) {
    return Fail(Code::kConflict, "the bytes that are here end elsewhere",
                std::to_string(upload.offset), "Upload-Offset");
  }
  if (static_cast<int64_t>(bytes.size()) > upload.length - offset) {
    return Fail(Code::kInvalid, "more bytes than the file has", std::to_string(upload.length));
  }
  if (!bytes.empty()) SIKU_TRY(WriteAt(DataPath(id), offset, bytes));
  return Load(id);
}

Result<void> Uploads::Remove(const Actor& actor, const std::string& id) {
  SIKU_TRY(MayUpload(actor));
  const Hold hold(*this, id);
  if (!hold.taken()) return Fail(Code::kBusy, "the upload is being written or imported", id);
  SIKU_TRY(const auto upload, Find(actor, id));
  std::error_code error;
  fs::remove_all(folder_ + "/" + upload.id, error);
  if (error) return Fail(Code::kIo, "cannot delete", id);
  return {};
}

Result<void> Uploads::Finish(const Actor& actor, const std::string& id, const std::string& result) {
  SIKU_TRY(auto upload, Find(actor, id));
  upload.result = result;
  SIKU_TRY(Save(upload));
  std::error_code error;
  fs::remove(DataPath(id), error);
  return {};
}

void Uploads::Sweep() {
  const std::lock_guard lock(mutex_);
  SweepLocked();
}

void Uploads::SweepLocked() {
  const auto now = std::chrono::steady_clock::now();
  std::map<std::string, std::chrono::steady_clock::time_point> expired;
  for (const std::string& id : Ids()) {
    if (held_.contains(id)) continue;
    const auto upload = Load(id);
    // One without its record was being made when the server ended.
    bool remove = !upload.has_value() && upload.error().code == Code::kNotFound;
    if (upload.has_value() && upload->expires < NowMilliseconds()) {
      const auto before = expired_.find(id);
      const auto since = before == expired_.end() ? now : before->second;
      expired.emplace(id, since);
      remove = now - since >= kPatience;
    }
    std::error_code error;
    if (remove) fs::remove_all(folder_ + "/" + id, error);
  }
  expired_ = std::move(expired);
}

}  // namespace siku::server
