#include "import/sheet.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "durable.h"
#include "query/process.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr const char* kWorkbooks =
#include "import_workbooks.inc"
    ;
constexpr const char* kSheets =
#include "import_sheets.inc"
    ;
constexpr const char* kNeeds =
    "set SIKU_PYTHON to a Python of 3.11 or newer that has openpyxl (pip install openpyxl)";
constexpr const char* kSaveAgain = "open it in Excel or WPS and save it as .xlsx";
constexpr int kSheetSeconds = 1800;
constexpr int64_t kMostRecordBytes = int64_t{8} << 30;  // bytes
constexpr int64_t kReserve = int64_t{1} << 30;          // of the disk that stay free

const WorkerProgram& SheetProgram() {
  static const auto* const kProgram = new WorkerProgram{
      .modules = {{"siku_workbooks", kWorkbooks}, {"siku_sheets", kSheets}},
      .failures =
          {{"damaged", Code::kData, "the workbook is damaged", kSaveAgain},
           {"no_workbook", Code::kData, "not an Excel workbook", kSaveAgain},
           {"no_sheets", Code::kData, "the workbook has no sheet of cells"},
           {"no_sheet", Code::kInvalid, "the workbook has no such sheet; it has"},
           {"binary", Code::kUnsupported, "Excel's binary formats are not read", kSaveAgain},
           {"encrypted", Code::kData, "the file is encrypted", "save it without a password"},
           {"packing", Code::kUnsupported, "the workbook is packed as none is", kSaveAgain},
           {"entities", Code::kData, "the workbook's XML has a document type, as none has",
            kSaveAgain},
           {"bomb", Code::kLimit, "the file unpacks to more than a workbook does, in bytes"},
           {"entries", Code::kLimit, "the workbook has too many parts"},
           {"sheets", Code::kLimit, "the workbook has too many sheets"},
           {"large", Code::kLimit, "a part of the workbook is larger than it may be"},
           {"rows", Code::kData, "a sheet has at most 1,048,576 rows"},
           {"columns", Code::kData, "a sheet has at most 16,384 columns"},
           {"memory", Code::kLimit,
            "reading the file needs more memory than it may have, in bytes"},
           {"missing", Code::kUnsupported, "reading Excel needs openpyxl, which this Python lacks",
            kNeeds},
           {"failed", Code::kInternal, "the file cannot be read"}},
      .none = "reading Excel needs a Python, which cannot be started",
      .ended = "the process that reads the file ended",
      .late = "reading the file took longer than it may, in seconds",
      .hint = kNeeds};
  return *kProgram;
}

/// A file without a name: it is gone with its last descriptor, however the program ends.
Result<int> NamelessFile() {
  const char* const chosen = std::getenv("TMPDIR");
  // Not /tmp, which may be memory.
  const std::string folder = chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
  int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
  std::string path = folder + "/siku-XXXXXX";
  file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return Errno("cannot write", folder);
  ::unlink(path.c_str());
  return file;
}

}  // namespace

Sheet::~Sheet() {
  if (file_ >= 0) ::close(file_);
}

Result<void> Sheet::Write(const std::string& bytes) {
  bytes_ += static_cast<int64_t>(bytes.size());
  struct statvfs disk {};
  const bool known = ::fstatvfs(file_, &disk) == 0;
  if (known && static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize) <
                   kReserve + static_cast<int64_t>(bytes.size())) {
    return Fail(Code::kNoSpace, "the disk has not so much space left", std::to_string(bytes_));
  }
  if (bytes_ > kMostRecordBytes) {
    return Fail(Code::kLimit, "the file unpacks to more than a workbook does, in bytes",
                std::to_string(bytes_));
  }
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = ::write(file_, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return Errno("cannot write", "records of the sheet");
    done += static_cast<size_t>(wrote);
  }
  return {};
}

Result<void> Sheet::Take(const json& done) {
  name_ = done.at("sheet").get<std::string>();
  sheets_ = done.at("sheets");
  notes_ = done.at("notes");
  width_ = done.at("width").get<size_t>();
  merge_count_ = done.at("merge_count").get<int64_t>();
  for (const json& one : done.at("merges")) {
    merges_.push_back({one.at(0).get<int64_t>(), one.at(1).get<int64_t>(), one.at(2).get<int64_t>(),
                       one.at(3).get<int64_t>()});
  }
  return {};
}

Result<std::shared_ptr<const Sheet>> Sheet::Read(const std::string& path, const std::string& name,
                                                 const ImportProgress& progress) {
  const std::shared_ptr<Sheet> sheet(new Sheet());
  std::error_code ignored;
  sheet->file_bytes_ = static_cast<int64_t>(std::filesystem::file_size(path, ignored));
  SIKU_TRY(sheet->file_, NamelessFile());
  int64_t read = 0;
  const std::function<bool()> stop = [&] { return !progress(read); };
  const QueryLimits limits{
      .seconds = kSheetSeconds, .memory = int64_t{3} << 30, .stop = progress ? &stop : nullptr};
  SIKU_TRY(const auto process,
           QueryProcess::Start(path, {{"kind", "sheet"}, {"sheet", name}}, limits, SheetProgram()));
  for (;;) {
    SIKU_TRY(const auto message, process->Next());
    SIKU_TRY(sheet->Write(message.body));
    try {
      if (message.head.contains("done")) {
        SIKU_TRY(sheet->Take(message.head));
        return sheet;
      }
      read = std::clamp(message.head.value("at", int64_t{0}), read, sheet->file_bytes_);
    } catch (const json::exception& e) {
      return Fail(Code::kInternal, SheetProgram().ended, e.what());
    }
    if (message.head.contains("again")) {
      if (::ftruncate(sheet->file_, 0) != 0 || ::lseek(sheet->file_, 0, SEEK_SET) != 0) {
        return Errno("cannot write", "records of the sheet");
      }
    }
    if (progress && !progress(read)) return Fail(Code::kInterrupted, "the import was ended");
  }
}

std::string CellAddress(int64_t row, size_t column) {
  std::string letters;
  for (size_t left = column + 1; left > 0; left = (left - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (left - 1) % 26));
  }
  return letters + std::to_string(row);
}

}  // namespace siku::catalog
