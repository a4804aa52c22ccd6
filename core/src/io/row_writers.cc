#include "row_writers.h"

#include <arrow/api.h>

#include "json_value.h"

namespace siku::io {
std::string_view TextAt(const arrow::Array& values, int64_t row) {
  switch (values.type_id()) {
    case arrow::Type::LARGE_STRING:
      return static_cast<const arrow::LargeStringArray&>(values).GetView(row);
    case arrow::Type::STRING_VIEW:
      return static_cast<const arrow::StringViewArray&>(values).GetView(row);
    default:
      return static_cast<const arrow::StringArray&>(values).GetView(row);
  }
}

bool IsText(const arrow::DataType& type) {
  return type.id() == arrow::Type::LARGE_STRING || type.id() == arrow::Type::STRING ||
         type.id() == arrow::Type::STRING_VIEW;
}

void AppendText(const arrow::Array& values, int64_t row, std::string& out) {
  out.append(TextAt(values, row));
}

void UserColumn::AppendValue(const arrow::Array& values, int64_t row, Spelling spelling,
                             std::string& out) const {
  if (values.IsNull(row)) {
    out.append("null");
  } else if (IsText(*values.type()) && (json || spelling == Spelling::kVerbatim)) {
    AppendJsonText(TextAt(values, row), out);
  } else if (IsText(*values.type())) {
    AppendJsonString(TextAt(values, row), spelling == Spelling::kAscii, out);
  } else {
    AppendJsonValue(values, row, out);
  }
}

void UserColumn::AppendMember(const arrow::Array& values, int64_t row, std::string& out) const {
  out.append(key);
  AppendValue(values, row, Spelling::kCanonical, out);
}

UserColumns::UserColumns(const arrow::Schema& schema) {
  for (int i = 0; i < schema.num_fields(); ++i) {
    const auto& field = *schema.field(i);
    if (field.name().starts_with(kHiddenPrefix)) continue;
    columns_.push_back({i, IsJsonText(field), field.name(), JsonString(field.name()).append(":")});
  }
}

size_t UserColumns::Find(std::string_view name, size_t guess) const {
  if (guess < columns_.size() && columns_[guess].name == name) return guess;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == name) return i;
  }
  return columns_.size();
}

Result<void> CheckWritable(const Schema& schema, const WriteOptions& options) {
  if (options.format == Format::kJsonl || options.format == Format::kCsv) {
    for (const UserColumn& column : UserColumns(*schema)) {
      const auto& field = *schema->field(column.index);
      if (HasJsonForm(*field.type())) continue;
      return Fail(Code::kUnsupported, "a column of this type has no form in this format",
                  field.ToString());
    }
  }
  if (options.format == Format::kText || options.format == Format::kLines) {
    const auto field = schema->GetFieldByName("text");
    if (field == nullptr) return Fail(Code::kNotFound, "the rows have no column", "text");
    if (!IsText(*field->type())) return Fail(Code::kInvalid, "column is not text", "text");
  }
  return {};
}

Result<void> CheckColumns(const arrow::Schema& expected, const arrow::Schema& rows) {
  if (expected.Equals(rows, false)) return {};
  return Fail(Code::kInternal, "rows have other columns than their writer", rows.ToString());
}

}  // namespace siku::io
