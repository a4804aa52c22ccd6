#include "rows/restricted.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <fcntl.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>

#include "arrow_internal.h"
#include "durable.h"
#include "rows/visible.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kRoom = int64_t{8} << 30;
constexpr int kMostInside = 2;  // half of the threads that answer
constexpr const char* kPrefix = "restricted-";
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

/// Those that were not read for longest go; who has one open goes on reading it.
void MakeRoom(const std::string& folder, const std::string& made) {
  std::vector<Copy> copies;
  int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    struct stat status {};
    const std::string path = entry.path().string();
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
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

/// Notes that it was read, whatever the file system does of itself.
bool Touch(const std::string& path) {
  const timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
  return ::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0;
}

using ParquetFile = std::unique_ptr<parquet::arrow::FileReader>;

Result<ParquetFile> OpenCopy(const std::string& path) {
  SIKU_TRY(auto input, FromArrow(arrow::io::ReadableFile::Open(path)));
  return FromArrow(parquet::arrow::OpenFile(input, arrow::default_memory_pool()));
}

}  // namespace

Result<std::string> RestrictedName(const Store& store, const Readable& readable,
                                   const std::string& format) {
  const json what = {readable.Whole().content, readable.withheld,
                     RestrictionJson({{}, readable.conditions}), format};
  SIKU_TRY(const auto secret, Secret(store.path()));
  return kPrefix + Sha256Hex(secret + what.dump()).substr(0, 48) + "." + format;
}

Result<void> MakeRestricted(const std::string& path, const std::function<Result<void>()>& make) {
  static std::atomic<int> inside{0};
  static std::mutex one_at_a_time;
  if (Touch(path)) return {};
  struct Place {
    bool free = ++inside <= kMostInside;
    ~Place() { --inside; }
  } const place;
  if (!place.free) {
    return Fail(Code::kBusy, "the server does much of this already", {}, {},
                "try again in some seconds");
  }
  const std::lock_guard lock(one_at_a_time);
  if (Touch(path)) return {};
  SIKU_TRY(make());
  MakeRoom(fs::path(path).parent_path().string(), path);
  return {};
}

Result<int64_t> RestrictedCount(const std::string& parquet) {
  SIKU_TRY(const auto file, OpenCopy(parquet));
  return file->parquet_reader()->metadata()->num_rows();
}

Result<json> RestrictedPage(const std::string& parquet, int64_t offset, int64_t limit) {
  SIKU_TRY(const auto file, OpenCopy(parquet));
  const auto metadata = file->parquet_reader()->metadata();
  std::vector<int> groups;
  int64_t begin = 0;    // of the group
  int64_t skipped = 0;  // rows of the groups before
  for (int group = 0; group < metadata->num_row_groups() && begin - offset < limit; ++group) {
    const int64_t rows = metadata->RowGroup(group)->num_rows();
    if (begin + rows > offset) {
      if (groups.empty()) skipped = begin;
      groups.push_back(group);
    }
    begin += rows;
  }
  json page = json::array();
  if (groups.empty()) return page;
  file->set_batch_size(std::clamp<int64_t>(limit, 1, 1024));
  SIKU_TRY(auto reader, FromArrow(file->GetRecordBatchReader(groups)));
  int64_t skip = offset - skipped;
  while (static_cast<int64_t>(page.size()) < limit) {
    Batch batch;
    SIKU_TRY(FromArrow(reader->ReadNext(&batch)));
    if (batch == nullptr) break;
    const int64_t here = std::min(skip, batch->num_rows());
    skip -= here;
    SIKU_TRY(AppendRows(batch->Slice(here), limit, page));
  }
  return page;
}

}  // namespace siku::catalog
