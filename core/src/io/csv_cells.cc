#include "csv_cells.h"

#include "../base/arrow_internal.h"
#include "json_columns.h"
#include "json_line.h"
#include "json_value.h"
#include "row_writers.h"

namespace siku::io {
namespace {

template <class Builder>
Builder& As(arrow::ArrayBuilder& builder) {
  return static_cast<Builder&>(builder);
}

}  // namespace

CsvCells::CsvCells(const std::vector<std::pair<std::string, ColumnKind>>& columns)
    : columns_(columns), spelled_(columns.size()) {
  for (const auto& [name, kind] : columns) builders_.push_back(MakeBuilder(kind));
}

// False: the text is no value of the column.
Result<bool> CsvCells::AppendValue(size_t column, std::string_view text) {
  arrow::ArrayBuilder& builder = *builders_[column];
  std::string& spelled = spelled_[column];
  int64_t integer = 0;
  double real = 0;
  switch (columns_[column].second) {
    case ColumnKind::kInt:
      if (!ParseInt(text, integer)) return false;
      SIKU_TRY(FromArrow(As<arrow::Int64Builder>(builder).Append(integer)));
      spelled = std::to_string(integer);
      break;
    case ColumnKind::kReal:
      if (!ParseReal(text, real)) return false;
      SIKU_TRY(FromArrow(As<arrow::DoubleBuilder>(builder).Append(real)));
      spelled = RealText(real);
      break;
    case ColumnKind::kBool:
      if (text != "true" && text != "false") return false;
      SIKU_TRY(FromArrow(As<arrow::BooleanBuilder>(builder).Append(text == "true")));
      spelled = text;
      break;
    case ColumnKind::kJson: {
      // One that is no JSON would break whoever writes it into a line of JSON.
      JsonLine line;
      std::string object = "{\"v\":";
      if (!line.Parse(object.append(text).append("}")) || line.members().size() != 1) return false;
      SIKU_TRY(FromArrow(As<arrow::LargeStringBuilder>(builder).Append(text)));
      values_[column] = text;
      return true;
    }
    case ColumnKind::kText:
      SIKU_TRY(FromArrow(As<arrow::LargeStringBuilder>(builder).Append(text)));
      values_[column] = text;
      return true;
  }
  values_[column] = spelled;
  return true;
}

Result<std::vector<size_t>> CsvCells::Append(const std::vector<CsvFields::Field>& fields) {
  std::vector<size_t> misfits;
  values_.assign(fields.size(), std::nullopt);
  quoted_.assign(fields.size(), false);
  for (size_t i = 0; i < fields.size(); ++i) {
    quoted_[i] = fields[i].quoted;
    const bool missing = fields[i].text.empty() && !fields[i].quoted;
    bool fits = false;
    if (!missing) {
      SIKU_TRY(fits, AppendValue(i, fields[i].text));
      if (!fits) misfits.push_back(i);
    }
    if (!fits) SIKU_TRY(FromArrow(builders_[i]->AppendNull()));
  }
  return misfits;
}

Result<void> CsvCells::Finish(arrow::ArrayVector& columns) {
  for (const auto& builder : builders_) {
    SIKU_TRY(auto array, FromArrow(builder->Finish()));
    columns.push_back(std::move(array));
  }
  return {};
}

std::optional<std::string> CsvCellText(const arrow::Array& values, int64_t row) {
  if (values.IsNull(row)) return std::nullopt;
  if (IsText(*values.type())) return std::string(TextAt(values, row));
  std::string text;
  AppendJsonValue(values, row, text);
  // Not a number, or infinite.
  if (text == "null") return std::nullopt;
  if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace siku::io
