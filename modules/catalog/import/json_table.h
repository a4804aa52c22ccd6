// JSON's objects as the records of a table: a column a key, numbers as they are written.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "import/table.h"

namespace siku::catalog {

/// A member that no column is made of.
struct StrangeMember {
  std::string key{};
  std::string_view value{};
};

class JsonTable : public CsvFile {
 public:
  static Result<std::unique_ptr<JsonTable>> Open(const TableSource& source, const Layout& layout,
                                                 int64_t max_record);
  virtual const std::vector<Said>& said() const = 0;
  /// Of the newest record.
  virtual const std::vector<StrangeMember>& strange() const = 0;
};

/// The layout that was given, or a guess. `told` gets "arrays". kData: no objects.
Result<Layout> GuessJsonLayout(const std::string& path, const GivenLayout& given,
                               nlohmann::json& told, const ImportProgress& progress);

/// In the order in which they are first there. kLimit: more than a table's columns.
Result<std::vector<std::string>> KeysOf(const std::string& path, const Layout& layout,
                                        const ImportProgress& progress);

}  // namespace siku::catalog
