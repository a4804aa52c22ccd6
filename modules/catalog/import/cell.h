// What a cell of a table says: a whole number, a number, a date, a time, or just text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace siku::catalog {

enum class CellKind : uint8_t { kText, kInteger, kNumber, kDate, kTimestamp, kBoolean };

struct Cell {
  CellKind kind = CellKind::kText;
  int digits = 0;             // of a number, without leading zeros
  int scale = 0;              // behind the point
  bool leading_zero = false;  // 007, not 0 and 0.5
  bool thousands = false;     // 1,234
  bool full_width = false;    // digits or letters of Chinese typesetting
  bool exponent = false;      // 4.4E+17: a spreadsheet has taken digits away (kText)
  bool month = false;         // 2023年1月, a date without its day (kText)
  /// 万, 亿, % or the sign of a currency beside a number (kText).
  std::string_view unit{};
};

Cell LookAtCell(std::string_view text);

/// ASCII for the full-width forms U+FF01..U+FF5E and U+3000, without blanks around.
std::string Narrowed(std::string_view text);

/// Of Narrowed text. Nothing: it is no such value, or out of range.
std::optional<int64_t> CellInteger(std::string_view text);
/// Sign and digits without the point, which stands before the last `scale`; at most 38 digits, and
/// none but zeros are cut off.
std::optional<std::string> CellDecimal(std::string_view text, int scale);
/// A number with an exponent as one without, exactly; nothing: it is none, or has more than 38
/// digits then.
std::optional<std::string> PlainNumber(std::string_view text);
/// A finite double, with or without an exponent.
std::optional<double> CellReal(std::string_view text);
/// Days since 1970-01-01 of 2024-01-05, 2024/1/5, 2024.1.5, 2024年1月5日.
std::optional<int32_t> CellDate(std::string_view text);
/// Milliseconds since 1970-01-01 of a date with 8:30, 08:30:00, 8时30分 or 8:30:00.5 behind a blank
/// or T.
std::optional<int64_t> CellTimestamp(std::string_view text);
std::optional<bool> CellBoolean(std::string_view text);

/// Whether people write it where there is no value: -, /, 无, NULL, N/A, …
bool IsEmptyMark(std::string_view text);

}  // namespace siku::catalog
