// Texts of columnar files that are not the UTF-8 they are said to be.
#pragma once

#include <vector>

#include "siku/reader.h"

namespace siku::io {

/// Whether all of a batch is sound but for the UTF-8 of its text columns; texts inside lists and
/// structs must be sound, too.
bool OnlyTextIsBroken(const Batch& batch);
/// Rows, hidden columns first, whose broken texts have U+FFFD for each malformed part: flagged, and
/// their bytes kept in the residue, which is null in all rows.
Result<Batch> MendTexts(const Batch& rows, std::vector<ReadFlag>& flags);

}  // namespace siku::io
