// The files beside the index from which it can be made again.
#pragma once

#include <string>

#include "metadata.h"

namespace siku {

std::string ManifestPath(const std::string& store, const std::string& sha256);
/// One file a commit, all its datasets in it: a commit is in the store whole or not at all.
std::string CommitPath(const std::string& store, int64_t ordinal);
std::string CommitJson(const CommitRecord& record);
Result<CommitRecord> CommitFromJson(const std::string& json, const std::string& place);

}  // namespace siku
