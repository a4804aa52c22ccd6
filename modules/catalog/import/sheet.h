// One sheet of an Excel workbook as records, made in a process of its own (sheets.py).
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "siku/catalog/import.h"

namespace siku::catalog {

/// Cells that are one, rows and columns from 1, the last ones included.
struct Merge {
  int64_t top = 0, left = 0, bottom = 0, right = 0;
};

class Sheet {
 public:
  /// `name` empty: the first sheet that people see and that has cells. The records are in a file
  /// without a name, which goes when this does. kData: damaged; kLimit: more than it may have.
  static Result<std::shared_ptr<const Sheet>> Read(const std::string& path, const std::string& name,
                                                   const ImportProgress& progress);
  Sheet(const Sheet&) = delete;
  Sheet& operator=(const Sheet&) = delete;
  ~Sheet();

  /// CSV: texts in quotes, all else as Excel says it; a record a row, from the first.
  std::string records() const { return "/proc/self/fd/" + std::to_string(file_); }
  const std::string& name() const { return name_; }
  /// [{"name", "rows", "columns", "hidden"}]; sizes of others than this as they say themselves.
  const nlohmann::json& sheets() const { return sheets_; }
  const nlohmann::json& notes() const { return notes_; }
  size_t width() const { return width_; }
  /// Of the rows in which headers are.
  const std::vector<Merge>& merges() const { return merges_; }
  int64_t merge_count() const { return merge_count_; }
  int64_t file_bytes() const { return file_bytes_; }

 private:
  Sheet() = default;
  Result<void> Write(const std::string& bytes);
  Result<void> Take(const nlohmann::json& done);

  int file_ = -1;
  int64_t bytes_ = 0;       // of the records
  int64_t file_bytes_ = 0;  // of the workbook
  std::string name_{};
  nlohmann::json sheets_{};
  nlohmann::json notes_{};
  size_t width_ = 0;
  std::vector<Merge> merges_{};
  int64_t merge_count_ = 0;
};

/// B7 of row 7, column 1 (from 0).
std::string CellAddress(int64_t row, size_t column);

}  // namespace siku::catalog
