// The copy of a version that has only the columns and rows somebody may read: his downloads and
// queries are made of it and, where rows are kept from him, his pages and counts, so that none of
// them can come to anything else.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "siku/catalog/catalog.h"

namespace siku::catalog {

/// Its file name in the folder of exports. No digest of all that the version has can be told from
/// it, which would prove a guess of what is kept back.
Result<std::string> RestrictedName(const Store& store, const Readable& readable,
                                   const std::string& format);

/// Calls `make` for a file that is not there, one at a time; then has the copies in the folder fit
/// into their room. kBusy: one is being made and one is waited for.
Result<void> MakeRestricted(const std::string& path, const std::function<Result<void>()>& make);

/// Of its Parquet form, which has a page in a row group or two.
inline constexpr int64_t kRestrictedGroupRows = 16'384;
Result<int64_t> RestrictedCount(const std::string& parquet);
Result<nlohmann::json> RestrictedPage(const std::string& parquet, int64_t offset, int64_t limit);

}  // namespace siku::catalog
