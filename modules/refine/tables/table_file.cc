#include "tables/table_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "siku/refine/tables.h"
#include "siku/sha256.h"

namespace siku::refine {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr size_t kHeaderSize = 64;
constexpr size_t kSectionSize = 32;
constexpr uint32_t kMostSections = 4096;
constexpr const char* kReinstall = "Build or install Siku again.";

template <class T>
T ReadAt(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

Result<std::shared_ptr<const TableFile>> TableFile::Open(const char* name, std::string_view magic,
                                                         uint32_t format) {
  SIKU_TRY(const std::string beside, Tables::Find());
  const size_t slash = beside.rfind('/');
  std::shared_ptr<TableFile> table(new TableFile);
  table->path_ = (slash == std::string::npos ? "" : beside.substr(0, slash + 1)) + name;
  const int file = open(table->path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return Fail(Code::kNotFound, "the language tables cannot be opened", std::strerror(errno),
                table->path_, kReinstall);
  }
  struct stat status;
  if (fstat(file, &status) == 0 && status.st_size >= static_cast<off_t>(kHeaderSize)) {
    const auto size = static_cast<size_t>(status.st_size);
    void* data = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
    if (data != MAP_FAILED) table->file_ = {static_cast<const char*>(data), size};
  }
  close(file);
  SIKU_TRY(table->Check(magic, format));
  return table;
}

TableFile::~TableFile() {
  // mmap gave the pages read-only; munmap wants the pointer without const.
  if (!file_.empty()) munmap(const_cast<char*>(file_.data()), file_.size());
}

Error TableFile::Damaged() const {
  return {.code = Code::kData,
          .message = "the language tables are damaged",
          .place = path_,
          .hint = kReinstall};
}

Result<void> TableFile::Check(std::string_view magic, uint32_t format) {
  if (!file_.starts_with(magic)) return tl::unexpected(Damaged());
  if (const auto found = ReadAt<uint32_t>(file_, 8); found != format) {
    return Fail(Code::kUnsupported, "the language tables have another format number",
                std::to_string(found), path_, kReinstall);
  }
  const Digest digest = Sha256Of(file_.substr(kHeaderSize));
  if (std::memcmp(digest.data(), file_.data() + 16, digest.size()) != 0) {
    return tl::unexpected(Damaged());
  }
  hash_ = Hex(digest);
  return {};
}

std::string_view TableFile::Bytes(std::string_view name) const {
  const uint32_t count = std::min(ReadAt<uint32_t>(file_, 12), kMostSections);
  for (size_t at = kHeaderSize; at < kHeaderSize + count * kSectionSize; at += kSectionSize) {
    if (at + kSectionSize > file_.size()) return {};
    const std::string_view padded = file_.substr(at, 16);
    if (padded.substr(0, padded.find('\0')) != name) continue;
    const auto offset = ReadAt<uint64_t>(file_, at + 16);
    const auto bytes = ReadAt<uint64_t>(file_, at + 24);
    if (offset % 8 != 0 || offset > file_.size() || bytes > file_.size() - offset) return {};
    return file_.substr(offset, bytes);
  }
  return {};
}

}  // namespace siku::refine
