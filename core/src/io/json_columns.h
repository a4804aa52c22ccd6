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

std::unique_ptr<arrow::ArrayBuilder> MakeBuilder(ColumnKind kind);

class JsonColumns {
 public:
  explicit JsonColumns(const std::vector<std::pair<std::string, ColumnKind>>& columns);

  struct Text {
    std::string_view column;
    std::string_view value;
    size_t begin, end;  // of its JSON in the line
  };
  struct Filled {
    std::vector<Hole> holes{};
    std::string_view tail{};
    std::vector<size_t> mismatched{};  // columns whose value stays in the residue
    std::vector<Text> texts{};
  };
  /// One row from a parsed object. `line` holds the object's text from byte `skip` on. Good until
  /// the next call.
  Result<const Filled*> Append(const JsonLine& parsed, std::string_view line, size_t skip);
  Result<void> Finish(arrow::ArrayVector& columns);

 private:
  // Where a column's value stands in the line.
  struct Place {
    size_t begin, end, column;
    Spelling spelling;
  };
  Result<bool> AppendValue(size_t column, const Member& member, std::string_view raw);
  const std::vector<std::pair<std::string, ColumnKind>>& columns_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_{};
  // Kept from row to row for their memory.
  std::vector<const Member*> found_{};
  std::vector<Place> places_{};
  Filled filled_{};
};

}  // namespace siku::io
