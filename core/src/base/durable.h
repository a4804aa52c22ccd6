// Files that survive kill -9 and power loss: written whole, synced, then given their name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "siku/result.h"

namespace siku {

/// The current errno as an error about `path`.
tl::unexpected<Error> Errno(const char* what, const std::string& path);
/// A name no other process or thread makes, on any machine.
std::string UniqueName();
/// Writes `bytes` to a new file and syncs it; on failure nothing is left.
Result<void> WriteDurably(const std::string& path, std::string_view bytes);
/// Gives `temporary` its final name unless that exists already; false: somebody else was first.
Result<bool> PublishOnce(const std::string& temporary, const std::string& path);
/// Renames over what stands there, and syncs the folder.
Result<void> RenameDurably(const std::string& from, const std::string& to);
/// Writes and renames over what stands there.
Result<void> ReplaceDurably(const std::string& path, std::string_view bytes);
Result<void> SyncFile(const std::string& path);
Result<void> SyncFolder(const std::string& folder);
/// kLimit beyond `limit` bytes.
Result<std::string> ReadWhole(const std::string& path, int64_t limit);
Result<void> MakeFolders(const std::string& path);

}  // namespace siku
