#include "open_remote.h"

#include <filesystem>

#include "../base/durable.h"
#include "folder.h"
#include "metadata.h"
#include "siku/sha256.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFormatLimit = 4096;

std::string FormatPath(const Mirror& mirror) { return mirror.folder() + "/FORMAT"; }

std::string FormatHere(const Mirror& mirror) {
  auto text = ReadWhole(FormatPath(mirror), kFormatLimit);
  return text.has_value() ? *std::move(text) : "";
}

// False: the bucket has none.
Result<bool> BringFormat(Mirror& mirror) {
  const std::string before = FormatHere(mirror);
  SIKU_TRY(mirror.BringAnew(FormatPath(mirror)));
  const std::string now = FormatHere(mirror);
  if (before != now && !before.empty()) {
    // What is here is of a store that stood there before.
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(mirror.folder(), error)) {
      if (entry.path().filename() != "FORMAT") fs::remove_all(entry.path(), error);
    }
  }
  return !now.empty();
}

Result<void> RefuseOthers(Mirror& mirror) {
  SIKU_TRY(const auto objects, mirror.Below(mirror.folder()));
  if (objects.empty()) return {};
  return Fail(Code::kInvalid, "the folder holds other things and is no store",
              objects.front().path.substr(mirror.url().size() + 1), mirror.url(),
              "name a new or empty folder");
}

Result<void> MakeRemote(Mirror& mirror, const std::string& index) {
  SIKU_TRY(const bool there, BringFormat(mirror));
  if (there) return {};
  SIKU_TRY(RefuseOthers(mirror));
  const std::string schema = "siku_" + Sha256Hex(UniqueName()).substr(0, 16);
  // The schema first: a store that names one that was never made would be of no use.
  SIKU_TRY(auto made, OpenPostgres(index, schema, true));
  SIKU_TRY(MakeFolder(mirror.folder(), schema));
  auto pushed = mirror.Push(FormatPath(mirror));
  if (pushed.has_value()) return pushed;
  made.reset();
  (void)DropPostgres(index, schema).has_value();  // of what went wrong, the upload is to be told
  return pushed;
}

}  // namespace

Result<std::shared_ptr<Mirror>> OpenMirror(const std::string& url, bool create,
                                           const std::string& index) {
  if (index.empty()) {
    return Fail(Code::kInvalid, "a store in S3 needs its index in PostgreSQL", url, {},
                "--index or SIKU_INDEX names the database");
  }
  SIKU_TRY(auto mirror, Mirror::Open(url));
  SIKU_TRY(const bool there, BringFormat(*mirror));
  if (!there && !create) return Fail(Code::kNotFound, "there is no store here", url);
  if (!there) {
    SIKU_TRY(mirror->CheckBucket());
    SIKU_TRY(AloneInPostgres(index, mirror->url(), [&] { return MakeRemote(*mirror, index); }));
  }
  for (const char* folder : {"data", "manifests", "commits", "runs"}) {
    SIKU_TRY(MakeFolders(mirror->folder() + "/" + folder));
  }
  return mirror;
}

}  // namespace siku
