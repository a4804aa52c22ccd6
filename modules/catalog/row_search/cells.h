// Rows as the search sees them: the text of each cell as it is shown, folded.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "siku/batch.h"
#include "siku/result.h"

namespace siku::catalog {

/// What a cell shows: a text itself, nothing of null, else as JSON has it.
std::string CellText(const nlohmann::json& value);

/// The folded cells of a batch, row by row.
class FoldedRows {
 public:
  /// Without `numbers`, those and dates, times and truth values count as empty.
  static Result<FoldedRows> Of(const Batch& batch, bool numbers);
  int64_t rows() const { return rows_; }
  /// Valid until the next call.
  const std::vector<std::u16string_view>& Row(int64_t row);

 private:
  Batch batch_;
  int64_t rows_ = 0;
  /// Of columns that are no texts, what they show, by row.
  std::vector<std::vector<std::string>> shown_{};
  std::u16string folded_{};
  std::vector<std::u16string_view> cells_{};
};

}  // namespace siku::catalog
