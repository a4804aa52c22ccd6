// Sources in S3: which objects a path means, and whether one is what it was.
#pragma once

#include <string>
#include <vector>

#include "siku/source.h"

namespace siku::io {

struct Found {
  std::string path;
  std::string relative;  // to what it was found by
};

/// `**` crosses folders, `*` and `?` do not.
bool GlobMatches(std::string_view pattern, std::string_view path);

/// The objects that `text` (s3://…) names: one, all below it, or those of a glob; as FindSources
/// finds files. kNotFound: none.
Result<void> ExpandObjects(const std::string& text, std::vector<Found>& found, HiddenNames& hidden);
/// Fills in size and identity.
Result<void> LookAtObject(Source& source);

}  // namespace siku::io
