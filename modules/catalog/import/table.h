// The records of a file's table, whatever its format: as CSV has them, with what the file itself
// says of each field.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "import/layout.h"
#include "import/sheet.h"

namespace siku::catalog {

enum class Said : uint8_t {
  kNothing,  // CSV never says more
  kText,
  kValue,   // a number, a date, true or false
  kNested,  // JSON within JSON
  kError,   // of Excel: #N/A; "#=" a formula without a value
};

struct Table {
  std::unique_ptr<CsvFile> file{};
  const std::vector<Said>* said = nullptr;  // of the newest record's fields

  Said Of(size_t field) const { return said == nullptr ? Said::kNothing : (*said)[field]; }
};

/// What is read: the file, or what was made of it.
struct TableSource {
  std::string path{};
  std::shared_ptr<const Sheet> sheet{};
  std::vector<std::string> keys{};  // JSON: one a column
};

/// A file of that format; a sheet is read into its records first, which takes long.
Result<TableSource> PrepareTable(const std::string& path, ImportFormat format,
                                 const std::string& sheet, const ImportProgress& progress);

/// From its first record on; a text behind its mark.
Result<Table> OpenTable(const TableSource& source, const Layout& layout, int64_t max_record);

/// "#N/A" or "#=" as a reason of rejects and as a note.
const char* ErrorWord(std::string_view text);

}  // namespace siku::catalog
