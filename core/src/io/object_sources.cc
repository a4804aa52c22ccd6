#include "object_sources.h"

#include "../objects/objects.h"

namespace siku::io {
namespace {

// A tree with more is a mistake, or wants a manifest.
constexpr size_t kMostObjects = 5'000'000;

// Up to the first part that begins with a point; empty: none does.
std::string HiddenName(const std::string& relative) {
  size_t at = 0;
  if (!relative.starts_with('.')) {
    at = relative.find("/.");
    if (at == std::string::npos) return {};
    ++at;
  }
  return relative.substr(0, relative.find('/', at));
}

Result<void> Below(const std::string& folder, const std::string& pattern, std::vector<Found>& found,
                   HiddenNames& hidden) {
  SIKU_TRY(const auto objects, objects::List(folder));
  for (const auto& object : objects) {
    const std::string relative = object.path.substr(folder.size());
    if (auto name = HiddenName(relative); !name.empty()) {
      if (pattern.empty()) hidden.insert(std::move(name));
      continue;
    }
    if (!pattern.empty() && !GlobMatches(pattern, relative)) continue;
    if (found.size() >= kMostObjects) {
      return Fail(Code::kLimit, "more files than one input may have", folder);
    }
    found.push_back({object.path, relative});
  }
  return {};
}

}  // namespace

Result<void> ExpandObjects(const std::string& text, std::vector<Found>& found,
                           HiddenNames& hidden) {
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
    SIKU_TRY(Below(text.substr(0, slash + 1), text.substr(slash + 1), found, hidden));
    if (found.size() == before) return Fail(Code::kNotFound, "no file matches", text);
    return {};
  }
  SIKU_TRY(const auto objects, objects::List(text));
  if (objects.size() == 1 && objects.front().path == text) {
    found.push_back({text, text.substr(text.rfind('/') + 1)});
    return {};
  }
  SIKU_TRY(Below(text.ends_with('/') ? text : text + "/", "", found, hidden));
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
