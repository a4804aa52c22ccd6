// An import's document, read and written.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "import/layout.h"

namespace siku::catalog {

/// What the document says of the layout. kInvalid with the key.
Result<GivenLayout> ParseLayout(const nlohmann::json& document);
/// Its columns; none where it has none. kInvalid with the key.
Result<std::vector<ImportColumn>> ParseColumns(const nlohmann::json& document);
nlohmann::json PlanJson(const ImportPlan& plan);

const char* FormatName(ImportFormat format);

/// An error whose place is a line, with the file's name before it.
tl::unexpected<Error> InFile(const std::string& name, Error error);

/// Whether a record became none: it is rejected whole.
bool IsNoRow(const CsvRecord& record);
/// Whether a record has a field for each column, and nothing behind them.
bool FitsColumns(const CsvRecord& record, size_t columns);

}  // namespace siku::catalog
