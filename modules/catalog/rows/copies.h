// Files that are made of a version for whoever reads it, in folders of the store: named by what
// they have, made when first asked for, and gone when room is needed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "siku/catalog/catalog.h"

namespace siku::catalog {

/// What the names of copies begin with from which columns or rows are kept back.
inline constexpr std::string_view kRestricted = "restricted-";

/// The file name of what may be read of a version. Where something is kept back, no digest of all
/// that the version has can be told from it, which would prove a guess of the rest.
Result<std::string> CopyName(const Store& store, const Readable& readable,
                             const std::string& ending);

/// Notes that a copy was read, whatever the file system does of itself. False: it is not there.
bool UseCopy(const std::string& path);

/// Has the files of a folder whose names begin with `prefix` fit into 8 GiB: those that were not
/// used for longest go, `made` never; who has one open goes on reading it.
void MakeRoom(const std::string& folder, std::string_view prefix, const std::string& made);

/// Calls `make` for a file that is not there, one at a time; then makes room among its like. kBusy:
/// one is being made and one is waited for.
Result<void> MakeCopy(const std::string& path, const std::function<Result<void>()>& make);

}  // namespace siku::catalog
