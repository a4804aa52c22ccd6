#include "operators/filter/fields.h"

#include <arrow/api.h>

#include <charconv>
#include <limits>

#include "arrow_internal.h"
#include "statistics/line_stream.h"

namespace siku::refine {
namespace {

template <class Array>
void Fill(const arrow::Array& column, std::vector<double>& values) {
  const auto& numbers = static_cast<const Array&>(column);
  for (int64_t row = 0; row < numbers.length(); ++row) {
    if (numbers.IsValid(row)) {
      values[static_cast<size_t>(row)] = static_cast<double>(numbers.Value(row));
    }
  }
}

std::string NamesOf(const arrow::FieldVector& fields) {
  std::string names;
  for (const auto& field : fields) names += (names.empty() ? "" : ", ") + field->name();
  return names;
}

int IndexOf(const arrow::FieldVector& fields, std::string_view name) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i]->name() == name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

Result<Field> FindField(const Schema& schema, const std::string& key) {
  const int whole = IndexOf(schema->fields(), key);
  if (whole >= 0) return Field{{whole}, schema->field(whole)->type()};
  Field found;
  arrow::FieldVector fields = schema->fields();
  for (size_t begin = 0; begin <= key.size();) {
    const size_t end = std::min(key.find('.', begin), key.size());
    const int index = IndexOf(fields, std::string_view(key).substr(begin, end - begin));
    if (index < 0) {
      return Fail(Code::kNotFound, "no such column; the columns are", NamesOf(fields), key);
    }
    found.path.push_back(index);
    found.type = fields[static_cast<size_t>(index)]->type();
    fields = found.type->id() == arrow::Type::STRUCT ? found.type->fields() : arrow::FieldVector{};
    begin = end + 1;
  }
  return found;
}

Result<std::shared_ptr<arrow::Array>> ValuesOf(const Batch& batch, const Field& field) {
  auto values = batch->column(field.path.front());
  for (size_t i = 1; i < field.path.size(); ++i) {
    const auto& parent = static_cast<const arrow::StructArray&>(*values);
    SIKU_TRY(values, FromArrow(parent.GetFlattenedField(field.path[i])));
  }
  return values;
}

Result<std::vector<double>> NumbersOf(const arrow::Array& column) {
  std::vector<double> values(static_cast<size_t>(column.length()),
                             std::numeric_limits<double>::quiet_NaN());
  switch (column.type_id()) {
    case arrow::Type::DOUBLE:
      return Fill<arrow::DoubleArray>(column, values), values;
    case arrow::Type::FLOAT:
      return Fill<arrow::FloatArray>(column, values), values;
    case arrow::Type::INT64:
      return Fill<arrow::Int64Array>(column, values), values;
    case arrow::Type::INT32:
      return Fill<arrow::Int32Array>(column, values), values;
    case arrow::Type::INT16:
      return Fill<arrow::Int16Array>(column, values), values;
    case arrow::Type::INT8:
      return Fill<arrow::Int8Array>(column, values), values;
    case arrow::Type::UINT64:
      return Fill<arrow::UInt64Array>(column, values), values;
    case arrow::Type::UINT32:
      return Fill<arrow::UInt32Array>(column, values), values;
    case arrow::Type::UINT16:
      return Fill<arrow::UInt16Array>(column, values), values;
    case arrow::Type::UINT8:
      return Fill<arrow::UInt8Array>(column, values), values;
    default:
      return Fail(Code::kUnsupported, "numbers of this type cannot be compared",
                  column.type()->ToString());
  }
}

std::optional<double> NumberIn(std::string_view text) {
  text = statistics::Stripped(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace siku::refine
