// The files from which the index can be made again: manifests and commit records.
#pragma once

#include <string>
#include <vector>

#include "metadata.h"

namespace siku {

inline constexpr int64_t kManifestLimit = int64_t{1} << 30;  // bytes

std::string ManifestPath(const std::string& store, const std::string& sha256);
/// kData: it is not the one of that name, or cannot be read.
Result<Manifest> ReadManifestFile(const std::string& store, const std::string& sha256);

/// One file a commit, all its datasets in it: a commit is in the store whole or not at all.
std::string CommitPath(const std::string& store, int64_t ordinal);
Result<std::string> CommitJson(const CommitRecord& record);
Result<CommitRecord> CommitFromJson(const std::string& json, const std::string& place);
/// All commits in order; of each version the manifest it has now, with parent and files.
Result<std::vector<CommitRecord>> ReplayCommits(const std::string& store);

/// Writes manifests and record and makes the commit the newest. Inside Write.
Result<void> RecordCommit(const std::string& store, Metadata& metadata, CommitRecord& record,
                          const std::vector<std::string>& manifests);
/// Removes the record of a commit that did not come to be.
void ForgetCommit(const std::string& store, Metadata& metadata, int64_t ordinal);

}  // namespace siku
