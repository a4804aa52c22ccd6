#include "object_sources.h"

#include "../objects/objects.h"

namespace siku::io {
namespace {

// A tree with more is a mistake, or wants a manifest.
constexpr size_t kMostObjects = 5'000'000;

bool IsHidden(const std::string& relative) {
  return relative.starts_with('.') || relative.find("/.") != std::string::npos;
}

Result<void> Below(const std::string& folder, const std::string& pattern,
                   std::vector<Found>& found) {
  SIKU_TRY(const auto objects, objects::List(folder));
  for (const auto& object : objects) {
    const std::string relative = object.path.substr(folder.size());
    if (IsHidden(relative) || (!pattern.empty() && !GlobMatches(pattern, relative))) continue;
    if (found.size() >= kMostObjects) {
      return Fail(Code::kLimit, "more files than one input may have", folder);
    }
    found.push_back({object.path, relative});
  }
  return {};
}

}  // namespace

Result<void> ExpandObjects(const std::string& text, std::vector<Found>& found) {
  const size_t before = found.size();
  const size_t wild = text.find_first_of("*?[");
  if (wild != std::string::npos) {
    const auto exact = objects::Look(text);
    if (exact.has_value()) {
      found.push_back({text, text.substr(text.rfind('/') + 1)});
      return {};
    }
    if (exact.error().code != Code::kNotFound) return tl::unexpected<Error>(exact.error());
    const size_t slash = text.rfind('/', wild);
    SIKU_TRY(Below(text.substr(0, slash + 1), text.substr(slash + 1), found));
    if (found.size() == before) return Fail(Code::kNotFound, "no file matches", text);
    return {};
  }
  SIKU_TRY(const auto objects, objects::List(text));
  if (objects.size() == 1 && objects.front().path == text) {
    found.push_back({text, text.substr(text.rfind('/') + 1)});
    return {};
  }
  SIKU_TRY(Below(text.ends_with('/') ? text : text + "/", "", found));
  if (found.size() == before) return Fail(Code::kNotFound, "the folder holds no file", text);
  return {};
}

Result<void> LookAtObject(Source& source) {
  SIKU_TRY(const auto info, objects::Look(source.path));
  source.bytes = info.bytes;
  source.modified = info.modified;
  source.etag = info.etag;
  return {};
}

}  // namespace siku::io
