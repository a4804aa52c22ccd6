// Text that was decoded by the wrong character set is decoded by its own (docs/repair.md).
#pragma once

#include <string_view>

#include "siku/refine/repair.h"

namespace siku::refine {

/// The first stage of the repair: UTF-8 read as GBK, Latin-1, code page 1252 (once and twice), code
/// page 874 or Big5; GBK read as Latin-1, code page 1252 or Big5; Big5 read as GBK. Whole texts,
/// paragraphs and sentences. Linear in the length of the text.
Repaired RestoreDecodings(std::string_view text, const Tables& tables,
                          const RepairOptions& options);

}  // namespace siku::refine
