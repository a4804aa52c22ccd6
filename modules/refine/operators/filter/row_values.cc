#include "operators/filter/row_values.h"

#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace siku::refine {
namespace {

using conditions::Value;
using nlohmann::json;

// What is nested deeper has no meaning in a condition, and each level needs stack.
constexpr int kMostDepth = 100;

Value OfJson(const json& from, int depth = 0) {
  if (from.is_boolean()) return {from.get<bool>()};
  if (from.is_number_unsigned() && from.get<uint64_t>() > INT64_MAX) return {from.get<double>()};
  if (from.is_number_integer()) return {from.get<int64_t>()};
  if (from.is_number()) return {from.get<double>()};
  if (from.is_string()) return {from.get<std::string>()};
  if (depth == kMostDepth) return {};
  if (from.is_array()) {
    conditions::List list;
    for (const json& one : from) list.push_back(OfJson(one, depth + 1));
    return {std::move(list)};
  }
  if (!from.is_object()) return {};
  conditions::Members members;
  for (const auto& [name, value] : from.items())
    members.emplace_back(name, OfJson(value, depth + 1));
  return {std::move(members)};
}

template <class Array>
const Array& As(const arrow::Array& values) {
  return static_cast<const Array&>(values);
}

bool IsKnown(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
      return IsKnown(*type.field(0)->type());
    case arrow::Type::NA:
    case arrow::Type::BOOL:
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
      return true;
    default:
      return arrow::is_integer(type.id()) || type.id() == arrow::Type::FLOAT ||
             type.id() == arrow::Type::DOUBLE;
  }
}

Value OfArray(const arrow::Array& values, int64_t row);

template <class Array>
Value OfList(const arrow::Array& values, int64_t row) {
  const auto& lists = As<Array>(values);
  conditions::List list;
  for (int64_t i = 0; i < lists.value_length(row); ++i) {
    list.push_back(OfArray(*lists.values(), lists.value_offset(row) + i));
  }
  return {std::move(list)};
}

Value OfArray(const arrow::Array& values, int64_t row) {
  if (values.IsNull(row)) return {};
  switch (values.type_id()) {
    case arrow::Type::BOOL:
      return {As<arrow::BooleanArray>(values).Value(row)};
    case arrow::Type::INT8:
      return {int64_t{As<arrow::Int8Array>(values).Value(row)}};
    case arrow::Type::INT16:
      return {int64_t{As<arrow::Int16Array>(values).Value(row)}};
    case arrow::Type::INT32:
      return {int64_t{As<arrow::Int32Array>(values).Value(row)}};
    case arrow::Type::INT64:
      return {As<arrow::Int64Array>(values).Value(row)};
    case arrow::Type::UINT8:
      return {int64_t{As<arrow::UInt8Array>(values).Value(row)}};
    case arrow::Type::UINT16:
      return {int64_t{As<arrow::UInt16Array>(values).Value(row)}};
    case arrow::Type::UINT32:
      return {int64_t{As<arrow::UInt32Array>(values).Value(row)}};
    case arrow::Type::UINT64: {
      const uint64_t value = As<arrow::UInt64Array>(values).Value(row);
      if (value > INT64_MAX) return {static_cast<double>(value)};
      return {static_cast<int64_t>(value)};
    }
    case arrow::Type::FLOAT:
      return {double{As<arrow::FloatArray>(values).Value(row)}};
    case arrow::Type::DOUBLE:
      return {As<arrow::DoubleArray>(values).Value(row)};
    case arrow::Type::STRING:
      return {std::string(As<arrow::StringArray>(values).GetView(row))};
    case arrow::Type::LARGE_STRING:
      return {std::string(As<arrow::LargeStringArray>(values).GetView(row))};
    case arrow::Type::LIST:
      return OfList<arrow::ListArray>(values, row);
    case arrow::Type::LARGE_LIST:
      return OfList<arrow::LargeListArray>(values, row);
    default:
      return {};
  }
}

bool HoldsJson(const arrow::Field& field) {
  return field.type()->id() == arrow::Type::LARGE_STRING && field.HasMetadata() &&
         field.metadata()->Get("siku.json").ValueOr("") == "1";
}

}  // namespace

std::vector<std::string> SplitPath(const std::string& key) {
  std::vector<std::string> path;
  for (size_t begin = 0; begin <= key.size();) {
    const size_t end = std::min(key.find('.', begin), key.size());
    path.push_back(key.substr(begin, end - begin));
    begin = end + 1;
  }
  return path;
}

Result<DeepField> FindDeepField(const Schema& schema, const std::vector<std::string>& path) {
  DeepField found;
  std::string name = path.front();
  const int index = schema->GetFieldIndex(name);
  if (index >= 0 && HoldsJson(*schema->field(index))) {
    found.json = true;
    found.members.assign(path.begin() + 1, path.end());
  } else {
    for (size_t i = 1; i < path.size(); ++i) name += "." + path[i];
  }
  SIKU_TRY(found.field, FindField(schema, name));
  if (!IsKnown(*found.field.type)) {
    return Fail(Code::kUnsupported, "values of this type have no place in a condition",
                found.field.type->ToString(), name);
  }
  return found;
}

Result<RowValues> RowValues::Open(const Batch& batch, const DeepField& field) {
  RowValues values;
  SIKU_TRY(values.values_, ValuesOf(batch, field.field));
  values.field_ = &field;
  return values;
}

Value RowValues::At(int64_t row) const {
  if (!field_->json) return OfArray(*values_, row);
  if (values_->IsNull(row)) return {};
  const json whole =
      json::parse(As<arrow::LargeStringArray>(*values_).GetView(row), nullptr, false);
  const json* inner = &whole;
  for (const std::string& member : field_->members) {
    if (!inner->is_object()) return {};
    const auto at = inner->find(member);
    if (at == inner->end()) return {};
    inner = &*at;
  }
  return inner->is_discarded() ? Value{} : OfJson(*inner);
}

}  // namespace siku::refine
