// The copy of a version that has only the columns and rows somebody may read: his downloads and
// queries are made of it and, where rows are kept from him, his pages and counts, so that none of
// them can come to anything else.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "rows/visible.h"
#include "siku/catalog/catalog.h"

namespace siku::catalog {

/// Of its Parquet form, which has a page in a row group or two.
inline constexpr int64_t kRestrictedGroupRows = 16'384;
Result<int64_t> RestrictedCount(const std::string& parquet);
Result<std::unique_ptr<VisibleRows>> RestrictedRows(const std::string& parquet, int64_t offset,
                                                    int64_t batch_rows);

}  // namespace siku::catalog
