// Typed columns filled from JSON objects, and the holes their values leave in the line.
#pragma once

#include <arrow/builder.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "json_line.h"
#include "siku/reader.h"
#include "siku/residue.h"

namespace siku::io {

class JsonColumns {
 public:
  explicit JsonColumns(const std::vector<std::pair<std::string, ColumnKind>>& columns);

  struct Filled {
    std::vector<Hole> holes{};
    std::string_view tail{};
    std::vector<size_t> mismatched{};  // columns whose value stays in the residue
    std::vector<std::pair<std::string_view, std::string_view>> texts{};  // column, value
  };
  /// One row from a parsed object. `line` holds the object's text from byte `skip` on.
  Result<Filled> Append(const JsonLine& parsed, std::string_view line, size_t skip);
  Result<void> Finish(arrow::ArrayVector& columns);

 private:
  Result<bool> AppendValue(size_t column, const Member& member, std::string_view raw);
  const std::vector<std::pair<std::string, ColumnKind>>& columns_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_{};
  std::vector<const Member*> found_{};
};

}  // namespace siku::io
