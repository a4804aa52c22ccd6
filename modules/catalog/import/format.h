// What kind of file it is, by its first bytes.
#pragma once

#include <string>

#include "siku/catalog/import.h"

namespace siku::catalog {

/// CSV where it is nothing else. kUnsupported, kData: a kind that is known and not read.
Result<ImportFormat> FormatOf(const std::string& path);

}  // namespace siku::catalog
