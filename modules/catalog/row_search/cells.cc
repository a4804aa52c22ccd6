#include "row_search/cells.h"

#include <arrow/api.h>

#include "row_search/terms.h"
#include "rows/visible.h"

namespace siku::catalog {
namespace {

/// A text is shown as it is.
bool IsShownWhole(const arrow::DataType& type) { return type.id() == arrow::Type::LARGE_STRING; }

/// Whether it is shown in ASCII alone.
bool IsPlain(const arrow::DataType& type) {
  return arrow::is_primitive(type.id()) || arrow::is_decimal(type.id());
}

}  // namespace

std::string CellText(const nlohmann::json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Result<FoldedRows> FoldedRows::Of(const Batch& batch, bool numbers) {
  FoldedRows all;
  all.batch_ = batch;
  all.rows_ = batch->num_rows();
  all.shown_.resize(static_cast<size_t>(batch->num_columns()));
  std::vector<int> others;
  for (int i = 0; i < batch->num_columns(); ++i) {
    const auto& type = *batch->schema()->field(i)->type();
    if (!IsShownWhole(type) && (numbers || !IsPlain(type))) others.push_back(i);
  }
  if (others.empty()) return all;
  nlohmann::json rows = nlohmann::json::array();
  SIKU_TRY(const auto selected, Visible(batch, others));
  SIKU_TRY(AppendRows(selected, batch->num_rows(), rows));
  for (size_t i = 0; i < others.size(); ++i) {
    auto& column = all.shown_[static_cast<size_t>(others[i])];
    for (const auto& row : rows) column.push_back(CellText(row[i]));
  }
  return all;
}

const std::vector<std::u16string_view>& FoldedRows::Row(int64_t row) {
  folded_.clear();
  std::vector<size_t> ends;
  for (int i = 0; i < batch_->num_columns(); ++i) {
    const auto& shown = shown_[static_cast<size_t>(i)];
    if (!shown.empty()) {
      AppendFolded(shown[static_cast<size_t>(row)], folded_);
    } else if (batch_->column(i)->IsValid(row) && IsShownWhole(*batch_->column(i)->type())) {
      AppendFolded(static_cast<const arrow::LargeStringArray&>(*batch_->column(i)).GetView(row),
                   folded_);
    }
    ends.push_back(folded_.size());
  }
  cells_.clear();
  size_t begin = 0;
  for (const size_t end : ends) {
    cells_.push_back(std::u16string_view(folded_).substr(begin, end - begin));
    begin = end;
  }
  return cells_;
}

}  // namespace siku::catalog
