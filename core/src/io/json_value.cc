#include "json_value.h"

#include <arrow/api.h>
#include <arrow/util/base64.h>
#include <arrow/util/float16.h>
#include <arrow/util/key_value_metadata.h>
#include <arrow/visit_array_inline.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstring>

#include "json_line.h"
#include "siku/utf8.h"

namespace siku::io {
namespace {

void AppendUnit(char32_t unit, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits[(unit >> shift) & 15]);
}

void AppendEscaped(char32_t c, std::string& out) {
  constexpr std::string_view kFrom = "\"\\\b\f\n\r\t";
  constexpr std::string_view kTo = "\"\\bfnrt";
  const size_t place = c < 0x80 ? kFrom.find(static_cast<char>(c)) : std::string_view::npos;
  if (place != std::string_view::npos) {
    out.push_back('\\');
    out.push_back(kTo[place]);
  } else if (c < 0x10000) {
    AppendUnit(c, out);
  } else {
    AppendUnit(0xD800 + ((c - 0x10000) >> 10), out);
    AppendUnit(0xDC00 + ((c - 0x10000) & 0x3FF), out);
  }
}

// Bytes that cannot stand in a JSON string as they are.
constexpr std::array<bool, 256> EscapeTable(bool ascii) {
  std::array<bool, 256> table{};
  for (size_t i = 0; i < 256; ++i) {
    table[i] = i < 0x20 || i == '"' || i == '\\' || (ascii && i >= 0x80);
  }
  return table;
}
constexpr auto kEscape = EscapeTable(false);
constexpr auto kEscapeAscii = EscapeTable(true);

// Whether eight bytes may hold one of them, non-ASCII apart. Borrows make no more than false
// alarms.
bool MayNeedEscape(const char* bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  uint64_t word = 0;
  std::memcpy(&word, bytes, 8);
  const auto below = [](uint64_t w, uint64_t limit) { return (w - kOnes * limit) & ~w; };
  return ((below(word, 0x20) | below(word ^ (kOnes * '"'), 1) | below(word ^ (kOnes * '\\'), 1)) &
          (kOnes << 7)) != 0;
}

template <std::integral T>
void AppendNumber(T value, std::string& out) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void AppendReal(double value, std::string& out) {
  out.append(std::isfinite(value) ? RealText(value) : "null");
}

// Through the shortest text of a float, which its double need not have.
void AppendReal(float value, std::string& out) {
  char digits[32];
  const auto* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  double shortest = 0;
  (void)std::from_chars(digits, end, shortest);
  AppendReal(std::isfinite(value) ? shortest : static_cast<double>(value), out);
}

void AppendPadded(int64_t value, size_t width, std::string& out) {
  const std::string digits = std::to_string(value);
  out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

int64_t FloorDivide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

// Days since 1970-01-01 in the Gregorian calendar (Hinnant, chrono-compatible low-level date
// algorithms, civil_from_days).
void AppendDate(int64_t days, std::string& out) {
  days += 719468;
  const int64_t era = FloorDivide(days, 146097);
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;  // March is 0
  const int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0) out.push_back('-');
  if (year > 9999) out.push_back('+');
  AppendPadded(year < 0 ? -year : year, 4, out);
  out.push_back('-');
  AppendPadded(month, 2, out);
  out.push_back('-');
  AppendPadded(day_of_year - (153 * shifted + 2) / 5 + 1, 2, out);
}

struct Unit {
  int64_t per_second;
  size_t digits;
};
Unit UnitOf(arrow::TimeUnit::type unit) {
  constexpr Unit kUnits[] = {{1, 0}, {1'000, 3}, {1'000'000, 6}, {1'000'000'000, 9}};
  return kUnits[static_cast<size_t>(unit)];
}

void AppendTime(int64_t since_midnight, Unit unit, std::string& out) {
  const int64_t seconds = since_midnight / unit.per_second;
  AppendPadded(seconds / 3600, 2, out);
  out.push_back(':');
  AppendPadded(seconds / 60 % 60, 2, out);
  out.push_back(':');
  AppendPadded(seconds % 60, 2, out);
  if (unit.digits == 0) return;
  out.push_back('.');
  AppendPadded(since_midnight % unit.per_second, unit.digits, out);
}

void AppendTimestamp(int64_t value, const arrow::TimestampType& type, std::string& out) {
  const Unit unit = UnitOf(type.unit());
  const int64_t per_day = unit.per_second * 86400;
  const int64_t days = FloorDivide(value, per_day);
  AppendDate(days, out);
  out.push_back('T');
  AppendTime(value - days * per_day, unit, out);
  if (!type.timezone().empty()) out.push_back('Z');
}

bool IsText(arrow::Type::type id) {
  return id == arrow::Type::STRING || id == arrow::Type::LARGE_STRING ||
         id == arrow::Type::STRING_VIEW;
}

void AppendList(const arrow::Array& items, int64_t begin, int64_t length, std::string& out) {
  out.push_back('[');
  for (int64_t i = 0; i < length; ++i) {
    if (i > 0) out.push_back(',');
    AppendJsonValue(items, begin + i, out);
  }
  out.push_back(']');
}

void AppendStruct(const arrow::StructArray& values, int64_t row, std::string& out) {
  bool first = true;
  out.push_back('{');
  for (int i = 0; i < values.num_fields(); ++i) {
    const auto field = values.field(i);
    if (field->IsNull(row)) continue;
    if (!first) out.push_back(',');
    first = false;
    AppendJsonString(values.struct_type()->field(i)->name(), false, out);
    out.push_back(':');
    AppendJsonValue(*field, row, out);
  }
  out.push_back('}');
}

void AppendMap(const arrow::MapArray& values, int64_t row, std::string& out) {
  const bool object = IsText(values.keys()->type_id());
  const int64_t begin = values.value_offset(row);
  out.push_back(object ? '{' : '[');
  for (int64_t i = begin; i < begin + values.value_length(row); ++i) {
    if (i > begin) out.push_back(',');
    if (!object) out.push_back('[');
    AppendJsonValue(*values.keys(), i, out);
    out.push_back(object ? ':' : ',');
    AppendJsonValue(*values.items(), i, out);
    if (!object) out.push_back(']');
  }
  out.push_back(object ? '}' : ']');
}

// One overload per family of types; what has no form writes null, and writers refuse it before.
struct Appender {
  int64_t row;
  std::string& out;

  template <class Array>
  static constexpr bool kWhole = arrow::is_integer_type<typename Array::TypeClass>::value ||
                                 std::is_same_v<typename Array::TypeClass, arrow::DurationType>;

  template <class Array>
  arrow::Status Visit(const Array& values) {
    using Type = typename Array::TypeClass;
    if constexpr (kWhole<Array>) {
      AppendNumber(values.Value(row), out);
    } else if constexpr (std::is_same_v<Type, arrow::BooleanType>) {
      out.append(values.Value(row) ? "true" : "false");
    } else if constexpr (std::is_same_v<Type, arrow::FloatType> ||
                         std::is_same_v<Type, arrow::DoubleType>) {
      AppendReal(values.Value(row), out);
    } else if constexpr (std::is_same_v<Type, arrow::HalfFloatType>) {
      AppendReal(arrow::util::Float16::FromBits(values.Value(row)).ToFloat(), out);
    } else if constexpr (arrow::is_decimal_type<Type>::value) {
      out.append(values.FormatValue(row));
    } else if constexpr (arrow::is_string_type<Type>::value ||
                         std::is_same_v<Type, arrow::StringViewType>) {
      AppendJsonString(values.GetView(row), false, out);
    } else if constexpr (arrow::is_binary_type<Type>::value ||
                         std::is_same_v<Type, arrow::BinaryViewType> ||
                         std::is_same_v<Type, arrow::FixedSizeBinaryType>) {
      AppendJsonString(arrow::util::base64_encode(values.GetView(row)), false, out);
    } else if constexpr (std::is_same_v<Type, arrow::MapType>) {
      AppendMap(values, row, out);
    } else if constexpr (arrow::is_var_length_list_type<Type>::value ||
                         arrow::is_list_view_type<Type>::value ||
                         std::is_same_v<Type, arrow::FixedSizeListType>) {
      AppendList(*values.values(), values.value_offset(row), values.value_length(row), out);
    } else if constexpr (std::is_same_v<Type, arrow::StructType>) {
      AppendStruct(values, row, out);
    } else if constexpr (std::is_same_v<Type, arrow::DictionaryType>) {
      AppendJsonValue(*values.dictionary(), values.GetValueIndex(row), out);
    } else if constexpr (std::is_same_v<Type, arrow::ExtensionType>) {
      AppendJsonValue(*values.storage(), row, out);
    } else if constexpr (arrow::is_temporal_type<Type>::value) {
      out.push_back('"');
      VisitTime(values);
      out.push_back('"');
    } else {
      out.append("null");
    }
    return arrow::Status::OK();
  }

  template <class Array>
  void VisitTime(const Array& values) {
    using Type = typename Array::TypeClass;
    if constexpr (std::is_same_v<Type, arrow::Date32Type>) {
      AppendDate(values.Value(row), out);
    } else if constexpr (std::is_same_v<Type, arrow::Date64Type>) {
      AppendDate(FloorDivide(values.Value(row), 86'400'000), out);
    } else if constexpr (std::is_same_v<Type, arrow::TimestampType>) {
      AppendTimestamp(values.Value(row), static_cast<const Type&>(*values.type()), out);
    } else if constexpr (arrow::is_time_type<Type>::value) {
      AppendTime(values.Value(row), UnitOf(static_cast<const Type&>(*values.type()).unit()), out);
    }
  }
};

}  // namespace

void AppendJsonString(std::string_view text, bool ascii, std::string& out) {
  const auto& escape = ascii ? kEscapeAscii : kEscape;
  out.push_back('"');
  size_t plain = 0;  // start of what can be copied as it is
  for (size_t at = 0; at < text.size();) {
    if (!ascii && at + 8 <= text.size() && !MayNeedEscape(text.data() + at)) {
      at += 8;
      continue;
    }
    if (!escape[static_cast<uint8_t>(text[at])]) {
      ++at;
      continue;
    }
    out.append(text.substr(plain, at - plain));
    AppendEscaped(utf8::Next(text, at), out);
    plain = at;
  }
  out.append(text.substr(plain));
  out.push_back('"');
}

bool HasJsonForm(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::SPARSE_UNION:
    case arrow::Type::DENSE_UNION:
    case arrow::Type::RUN_END_ENCODED:
    case arrow::Type::INTERVAL_MONTHS:
    case arrow::Type::INTERVAL_DAY_TIME:
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return false;
    case arrow::Type::DICTIONARY:
      return HasJsonForm(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::EXTENSION:
      return HasJsonForm(*static_cast<const arrow::ExtensionType&>(type).storage_type());
    default:
      return std::all_of(type.fields().begin(), type.fields().end(),
                         [](const auto& field) { return HasJsonForm(*field->type()); });
  }
}

bool IsJsonText(const arrow::Field& field) {
  return IsText(field.type()->id()) && field.HasMetadata() &&
         field.metadata()->Get("siku.json").ValueOr("") == "1";
}

void AppendJsonValue(const arrow::Array& values, int64_t row, std::string& out) {
  if (values.IsNull(row)) {
    out.append("null");
    return;
  }
  Appender appender{row, out};
  // Visit never fails: all it does is to choose the overload.
  (void)arrow::VisitArrayInline(values, &appender);
}

void AppendJsonText(std::string_view json, std::string& out) {
  const size_t begin = out.size();
  out.append(json);
  // A line end in JSON stands between tokens only, so a blank says the same.
  std::replace_if(
      out.begin() + static_cast<ptrdiff_t>(begin), out.end(),
      [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

}  // namespace siku::io
