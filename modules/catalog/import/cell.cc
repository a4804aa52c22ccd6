#include "import/cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <iterator>

#include "siku/utf8.h"

namespace siku::catalog {
namespace {

constexpr int kMostDigits = 38;  // of decimal128

constexpr std::array<std::string_view, 22> kEmptyMarks = {
    "-",  "--",   "—",    "——",   "－",   "/",   "／",  "\\", "无",   "暂无", "空",
    "缺", "NULL", "null", "Null", "None", "N/A", "n/a", "NA", "#N/A", "NaN",  "…"};

constexpr std::array<std::string_view, 8> kUnits = {"万", "亿", "%", "‰", "¥", "￥", "$", "元"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads a number of at most so many digits; -1: there is none.
int Number(std::string_view& text, size_t most) {
  size_t length = 0;
  while (length < text.size() && length < most && IsDigit(text[length])) ++length;
  if (length == 0) return -1;
  int value = 0;
  std::from_chars(text.data(), text.data() + length, value);
  text.remove_prefix(length);
  return value;
}

bool Take(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

/// The date that a text begins with.
std::optional<std::chrono::sys_days> TakeDate(std::string_view& text) {
  using namespace std::chrono;
  std::string_view rest = text;
  const int years = Number(rest, 4);
  if (text.size() - rest.size() != 4) return std::nullopt;
  std::string_view separator;
  for (const std::string_view one : {"-", "/", ".", "年"}) {
    if (Take(rest, one)) separator = one;
    if (!separator.empty()) break;
  }
  if (separator.empty()) return std::nullopt;
  const bool chinese = separator == "年";
  const int months = Number(rest, 2);
  if (months < 0 || !Take(rest, chinese ? "月" : separator)) return std::nullopt;
  const int days = Number(rest, 2);
  if (days < 0 || (chinese && !Take(rest, "日"))) return std::nullopt;
  const year_month_day date{year(years), month(static_cast<unsigned>(months)),
                            day(static_cast<unsigned>(days))};
  if (!date.ok() || years == 0) return std::nullopt;
  text = rest;
  return sys_days(date);
}

/// 8:30, 08:30:15, 08:30:15.5, 8时30分, 8时30分15秒, in milliseconds of the day.
std::optional<int64_t> TimeOf(std::string_view text) {
  const int hours = Number(text, 2);
  const bool chinese = Take(text, "时");
  if (hours < 0 || hours > 23 || (!chinese && !Take(text, ":"))) return std::nullopt;
  const int minutes = Number(text, 2);
  if (minutes < 0 || minutes > 59 || (chinese && !Take(text, "分"))) return std::nullopt;
  int64_t time = (int64_t{hours} * 60 + minutes) * 60'000;
  if (text.empty()) return time;
  if (!chinese && !Take(text, ":")) return std::nullopt;
  const int seconds = Number(text, 2);
  if (seconds < 0 || seconds > 59 || (chinese && !Take(text, "秒"))) return std::nullopt;
  time += int64_t{seconds} * 1000;
  if (Take(text, ".")) {
    const size_t digits = text.size();
    int part = Number(text, 3);
    if (part < 0) return std::nullopt;
    for (size_t i = digits - text.size(); i < 3; ++i) part *= 10;
    time += part;
  }
  return text.empty() ? std::optional(time) : std::nullopt;
}

/// A number taken apart: sign, digits before and behind the point, without separators.
struct Figure {
  bool negative = false;
  bool thousands = false;
  bool point = false;
  std::string whole{};
  std::string part{};
};

std::optional<Figure> FigureOf(std::string_view text) {
  Figure figure;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    figure.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  if (point < text.size()) {
    figure.point = true;
    figure.part = text.substr(point + 1);
    if (figure.part.empty()) return std::nullopt;
  }
  figure.thousands = whole.find(',') != std::string_view::npos;
  for (size_t i = 0; i < whole.size(); ++i) {
    // A comma before each three digits from the end, or before none.
    const bool comma = figure.thousands && (whole.size() - i) % 4 == 0;
    if (comma != (whole[i] == ',') || (comma && i == 0)) return std::nullopt;
    if (!comma) figure.whole += whole[i];
  }
  const auto digits = [](const std::string& some) {
    return std::all_of(some.begin(), some.end(), IsDigit);
  };
  if (figure.whole.empty() || !digits(figure.whole) || !digits(figure.part)) return std::nullopt;
  return figure;
}

bool IsExponent(std::string_view text) {
  const size_t e = text.find_first_of("eE");
  if (e == std::string_view::npos || !FigureOf(text.substr(0, e))) return false;
  std::string_view power = text.substr(e + 1);
  if (!power.empty() && (power[0] == '+' || power[0] == '-')) power.remove_prefix(1);
  return !power.empty() && std::all_of(power.begin(), power.end(), IsDigit);
}

std::string_view UnitBeside(std::string_view text) {
  for (const std::string_view unit : kUnits) {
    std::string_view rest = text;
    if (Take(rest, unit) && FigureOf(rest)) return unit;
    if (text.ends_with(unit) && FigureOf(text.substr(0, text.size() - unit.size()))) return unit;
    // 万元, 亿元
    constexpr std::string_view kYuan = "元";
    if (!text.ends_with(kYuan)) continue;
    rest = text.substr(0, text.size() - kYuan.size());
    if (rest.ends_with(unit) && FigureOf(rest.substr(0, rest.size() - unit.size()))) return unit;
  }
  return {};
}

bool IsMonth(std::string_view text) {
  const size_t length = text.size();
  return Number(text, 4) > 0 && length - text.size() == 4 && Take(text, "年") &&
         Number(text, 2) > 0 && text == "月";
}

void LookAtFigure(const Figure& figure, Cell& cell) {
  cell.kind = figure.point ? CellKind::kNumber : CellKind::kInteger;
  cell.leading_zero = figure.whole.size() > 1 && figure.whole[0] == '0';
  cell.thousands = figure.thousands;
  cell.scale = static_cast<int>(std::min<size_t>(figure.part.size(), 1000));
  const size_t first = figure.whole.find_first_not_of('0');
  const size_t whole = first == std::string::npos ? 1 : figure.whole.size() - first;
  cell.digits = static_cast<int>(std::min<size_t>(whole + figure.part.size(), 1000));
}

}  // namespace

std::string Narrowed(std::string_view text) {
  std::string narrow;
  for (size_t at = 0; at < text.size();) {
    const char32_t code = utf8::Next(text, at);
    const bool full = code >= 0xFF01 && code <= 0xFF5E;
    utf8::Append(full ? code - 0xFEE0 : code == 0x3000 ? U' ' : code, narrow);
  }
  const size_t first = narrow.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return narrow.substr(first, narrow.find_last_not_of(" \t") + 1 - first);
}

Cell LookAtCell(std::string_view text) {
  Cell cell;
  // Numbers and dates are short; what is longer is text without a closer look.
  if (text.size() > 200) return cell;
  const std::string narrow = Narrowed(text);
  for (size_t at = 0; at < text.size();) {
    const char32_t code = utf8::Next(text, at);
    cell.full_width |= (code >= 0xFF10 && code <= 0xFF19) || (code >= 0xFF21 && code <= 0xFF3A) ||
                       (code >= 0xFF41 && code <= 0xFF5A);
  }
  if (const auto figure = FigureOf(narrow)) {
    LookAtFigure(*figure, cell);
  } else if (CellDate(narrow)) {
    cell.kind = CellKind::kDate;
  } else if (CellTimestamp(narrow)) {
    cell.kind = CellKind::kTimestamp;
  } else if (CellBoolean(narrow)) {
    cell.kind = CellKind::kBoolean;
  } else {
    cell.exponent = IsExponent(narrow);
    cell.month = IsMonth(narrow);
    cell.unit = UnitBeside(narrow);
  }
  return cell;
}

std::optional<int64_t> CellInteger(std::string_view text) {
  const auto figure = FigureOf(text);
  if (!figure || figure->point) return std::nullopt;
  const std::string digits = (figure->negative ? "-" : "") + figure->whole;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::string> CellDecimal(std::string_view text, int scale) {
  auto figure = FigureOf(text);
  if (!figure) return std::nullopt;
  while (static_cast<int>(figure->part.size()) > scale && figure->part.ends_with('0')) {
    figure->part.pop_back();
  }
  if (static_cast<int>(figure->part.size()) > scale) return std::nullopt;
  figure->part.resize(static_cast<size_t>(scale), '0');
  std::string digits = figure->whole + figure->part;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  if (digits.size() > kMostDigits) return std::nullopt;
  return (figure->negative ? "-" : "") + digits;
}

std::optional<std::string> PlainNumber(std::string_view text) {
  if (!IsExponent(text)) return std::nullopt;
  const size_t e = text.find_first_of("eE");
  const auto figure = FigureOf(text.substr(0, e));
  std::string_view power = text.substr(e + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  int shift = 0;
  const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), shift);
  if (error != std::errc() || end != power.data() + power.size()) return std::nullopt;
  if (shift > kMostDigits || shift < -kMostDigits) return std::nullopt;
  std::string whole = figure->whole;
  std::string part = figure->part;
  for (; shift > 0; --shift) {
    whole += part.empty() ? '0' : part.front();
    if (!part.empty()) part.erase(0, 1);
  }
  for (; shift < 0; ++shift) {
    part.insert(part.begin(), whole.empty() ? '0' : whole.back());
    if (!whole.empty()) whole.pop_back();
  }
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  if (whole.empty()) whole = "0";
  if (whole.size() + part.size() > static_cast<size_t>(kMostDigits)) return std::nullopt;
  return (figure->negative ? "-" : "") + whole + (part.empty() ? "" : "." + part);
}

std::optional<double> CellReal(std::string_view text) {
  if (!FigureOf(text) && !IsExponent(text)) return std::nullopt;
  std::string plain;
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char c) { return c != ','; });
  const char* const begin = plain.data() + (plain.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(begin, plain.data() + plain.size(), value);
  const bool whole = error == std::errc() && end == plain.data() + plain.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<int32_t> CellDate(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date || !text.empty()) return std::nullopt;
  return static_cast<int32_t>(date->time_since_epoch().count());
}

std::optional<int64_t> CellTimestamp(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date || (!Take(text, " ") && !Take(text, "T"))) return std::nullopt;
  const auto time = TimeOf(text);
  if (!time) return std::nullopt;
  return int64_t{date->time_since_epoch().count()} * 86'400'000 + *time;
}

std::optional<bool> CellBoolean(std::string_view text) {
  for (const std::string_view yes : {"true", "True", "TRUE"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "False", "FALSE"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

bool IsEmptyMark(std::string_view text) {
  return std::find(kEmptyMarks.begin(), kEmptyMarks.end(), text) != kEmptyMarks.end();
}

}  // namespace siku::catalog
