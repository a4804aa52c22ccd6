#include "rows/conditions.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include <algorithm>
#include <string_view>

#include "arrow_internal.h"

namespace siku::catalog {
namespace {

/// Calls `visit` with the array as what it is; false: of a type that nothing is compared with.
template <class Visit>
bool AsTyped(const arrow::Array& array, const Visit& visit) {
  switch (array.type_id()) {
#define SIKU_TYPE(id, type)                        \
  case arrow::Type::id:                            \
    visit(static_cast<const arrow::type&>(array)); \
    return true;
    SIKU_TYPE(BOOL, BooleanArray)
    SIKU_TYPE(INT8, Int8Array)
    SIKU_TYPE(INT16, Int16Array)
    SIKU_TYPE(INT32, Int32Array)
    SIKU_TYPE(INT64, Int64Array)
    SIKU_TYPE(UINT8, UInt8Array)
    SIKU_TYPE(UINT16, UInt16Array)
    SIKU_TYPE(UINT32, UInt32Array)
    SIKU_TYPE(UINT64, UInt64Array)
    SIKU_TYPE(FLOAT, FloatArray)
    SIKU_TYPE(DOUBLE, DoubleArray)
    SIKU_TYPE(DECIMAL128, Decimal128Array)
    SIKU_TYPE(DECIMAL256, Decimal256Array)
    SIKU_TYPE(DATE32, Date32Array)
    SIKU_TYPE(DATE64, Date64Array)
    SIKU_TYPE(TIME32, Time32Array)
    SIKU_TYPE(TIME64, Time64Array)
    SIKU_TYPE(TIMESTAMP, TimestampArray)
    SIKU_TYPE(STRING, StringArray)
    SIKU_TYPE(LARGE_STRING, LargeStringArray)
#undef SIKU_TYPE
    default:
      return false;
  }
}

bool IsText(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING;
}
bool IsComparable(const arrow::DataType& type) {
  const auto none = arrow::MakeArrayOfNull(type.GetSharedPtr(), 0);
  return none.ok() && AsTyped(**none, [](const auto&) {});
}

bool ValueAt(const arrow::BooleanArray& array, int64_t i) { return array.Value(i); }
arrow::Decimal128 ValueAt(const arrow::Decimal128Array& array, int64_t i) {
  return arrow::Decimal128(array.GetValue(i));
}
arrow::Decimal256 ValueAt(const arrow::Decimal256Array& array, int64_t i) {
  return arrow::Decimal256(array.GetValue(i));
}
template <class Array>
auto ValueAt(const Array& array, int64_t i) {
  return array.GetView(i);
}

/// Of two values, neither null. Texts by their bytes, which is by their code points.
template <class Value>
bool Compares(std::string_view op, const Value& value, const Value& given) {
  if (op == "eq" || op == "in") return value == given;
  if (op == "lt") return value < given;
  if (op == "le") return value <= given;
  if (op == "gt") return value > given;
  if (op == "ge") return value >= given;
  if constexpr (std::is_same_v<Value, std::string_view>) {
    if (op == "contains") return value.find(given) != std::string_view::npos;
    if (op == "starts") return value.starts_with(given);
  }
  return false;
}

/// The values as the column's type has them.
Result<std::shared_ptr<arrow::Array>> ValuesOf(const RowFilter& filter,
                                               const std::shared_ptr<arrow::DataType>& type,
                                               const std::string& place) {
  arrow::LargeStringBuilder builder;
  SIKU_TRY(FromArrow(builder.AppendValues(filter.values)));
  SIKU_TRY(auto texts, FromArrow(builder.Finish()));
  if (texts->type()->Equals(type)) return texts;
  auto cast = arrow::compute::Cast(*texts, type);
  if (!cast.ok() || (*cast)->null_count() != 0) {
    return Fail(Code::kInvalid, "not a value of this column", filter.values[0], place);
  }
  return *std::move(cast);
}

}  // namespace

Result<RowConditions> RowConditions::Bind(const Schema& schema,
                                          const std::vector<RowFilter>& filters,
                                          const std::string& place) {
  RowConditions bound;
  for (size_t i = 0; i < filters.size(); ++i) {
    const RowFilter& filter = filters[i];
    const std::string at = place + "[" + std::to_string(i) + "]";
    SIKU_TRY(CheckRowFilter(filter, at));
    const int column = schema->GetFieldIndex(filter.field);
    if (column < 0 || filter.field.starts_with(kHiddenPrefix)) {
      return Fail(Code::kInvalid, "no such column", filter.field, at + ".field");
    }
    Condition& condition = bound.conditions_.emplace_back(Condition{column, filter.op, nullptr});
    if (filter.values.empty()) continue;
    const auto& type = schema->field(column)->type();
    const bool for_texts = filter.op == "contains" || filter.op == "starts";
    if (!IsComparable(*type) || (for_texts && !IsText(*type))) {
      return Fail(Code::kInvalid, "a column of this type has no such comparison", filter.op,
                  at + ".op");
    }
    SIKU_TRY(condition.values, ValuesOf(filter, type, at + ".value"));
  }
  return bound;
}

void RowConditions::Mark(const arrow::Array& column, const Condition& condition,
                         std::vector<char>& keeps) {
  const auto each = [&](const auto& fits) {
    for (size_t i = 0; i < keeps.size(); ++i) {
      if (keeps[i] != 0) keeps[i] = fits(static_cast<int64_t>(i)) ? 1 : 0;
    }
  };
  const std::string_view op = condition.op;
  if (op == "null") return each([&](int64_t i) { return column.IsNull(i); });
  if (op == "not_null") return each([&](int64_t i) { return column.IsValid(i); });
  const bool known = AsTyped(column, [&](const auto& array) {
    const auto& given = static_cast<decltype(array)>(*condition.values);
    const auto equals = [&](int64_t i, std::string_view how) {
      if (array.IsNull(i)) return false;
      const auto value = ValueAt(array, i);
      for (int64_t k = 0; k < given.length(); ++k) {
        if (Compares(how, value, ValueAt(given, k))) return true;
      }
      return false;
    };
    each([&](int64_t i) { return op == "ne" ? !equals(i, "eq") : equals(i, op); });
  });
  // Bound to another type: nobody reads what cannot be judged.
  if (!known) std::fill(keeps.begin(), keeps.end(), 0);
}

Result<Batch> RowConditions::Keep(const Batch& rows) const {
  std::vector<char> keeps(static_cast<size_t>(rows->num_rows()), 1);
  for (const Condition& condition : conditions_) {
    Mark(*rows->column(condition.column), condition, keeps);
  }
  std::vector<int64_t> kept;
  for (size_t i = 0; i < keeps.size(); ++i) {
    if (keeps[i] != 0) kept.push_back(static_cast<int64_t>(i));
  }
  if (kept.size() == keeps.size()) return rows;
  const auto count = static_cast<int64_t>(kept.size());
  const auto places = std::make_shared<arrow::Int64Array>(count, arrow::Buffer::Wrap(kept));
  SIKU_TRY(auto taken, FromArrow(arrow::compute::Take(
                           rows, places, arrow::compute::TakeOptions::NoBoundsCheck())));
  return taken.record_batch();
}

}  // namespace siku::catalog
