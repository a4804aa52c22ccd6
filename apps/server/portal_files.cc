#include "portal_files.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "durable.h"
#include "siku/sha256.h"

namespace siku::server {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostBytes = int64_t{64} << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
}};

std::string TypeOf(const std::string& path) {
  for (const auto& [suffix, type] : kTypes) {
    if (path.ends_with(suffix)) return std::string(type);
  }
  return "application/octet-stream";
}

}  // namespace

Result<PortalFiles> PortalFiles::Load(const std::string& folder) {
  PortalFiles portal;
  std::error_code error;
  int64_t left = kMostBytes;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    SIKU_TRY(auto bytes, ReadWhole(it->path().string(), left));
    left -= static_cast<int64_t>(bytes.size());
    const std::string path = "/" + fs::relative(it->path(), folder, error).generic_string();
    const std::string tag = "\"" + Sha256Hex(bytes).substr(0, 32) + "\"";
    portal.files_[path] = {std::move(bytes), TypeOf(path), tag};
  }
  if (!portal.files_.contains("/index.html")) {
    return Fail(Code::kNotFound, "the portal is not built there", folder);
  }
  return portal;
}

Response PortalFiles::Answer(const Request& request) const {
  auto found = files_.find(request.path);
  if (found == files_.end()) {
    // An asset that is not there must not come as a page.
    const std::string name = request.path.substr(request.path.rfind('/') + 1);
    if (name.find('.') != std::string::npos || files_.empty()) {
      return TextResponse(404, "not found\n");
    }
    found = files_.find("/index.html");
  }
  const File& file = found->second;
  Response response{.type = file.type};
  response.headers.emplace_back("ETag", file.tag);
  // Vite names assets by their hash.
  response.headers.emplace_back("Cache-Control", found->first.starts_with("/assets/")
                                                     ? "public, max-age=31536000, immutable"
                                                     : "no-cache");
  if (request.Header("if-none-match") == file.tag) {
    response.status = 304;
  } else {
    response.body = file.bytes;
  }
  return response;
}

}  // namespace siku::server
