#include "amount.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <limits>
#include <span>

namespace siku::cli {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

constexpr int64_t kKiB = 1024;
constexpr std::array kSizeUnits = {
    Unit{"", 1},
    Unit{"b", 1},
    Unit{"k", kKiB},
    Unit{"m", kKiB* kKiB},
    Unit{"g", kKiB* kKiB* kKiB},
    Unit{"t", kKiB* kKiB* kKiB* kKiB},
    Unit{"kib", kKiB},
    Unit{"mib", kKiB* kKiB},
    Unit{"gib", kKiB* kKiB* kKiB},
    Unit{"tib", kKiB* kKiB* kKiB* kKiB},
    Unit{"kb", 1000},
    Unit{"mb", 1000 * 1000},
    Unit{"gb", 1000LL * 1000 * 1000},
    Unit{"tb", 1000LL * 1000 * 1000 * 1000},
};
constexpr std::array kTimeUnits = {
    Unit{"", 1}, Unit{"s", 1}, Unit{"m", 60}, Unit{"h", 3600}, Unit{"d", 86400},
};

// A number with a unit behind it; less than 0 where it is none.
int64_t ParseWithUnit(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return -1;
  std::string unit(end, static_cast<size_t>(text.data() + text.size() - end));
  if (unit.starts_with(' ')) unit.erase(0, 1);
  for (char& c : unit) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const Unit& known : units) {
    if (unit != known.name) continue;
    const double value = number * static_cast<double>(known.factor);
    if (value >= 9.2e18) return -1;
    return static_cast<int64_t>(std::llround(value));
  }
  return -1;
}

}  // namespace

Result<int64_t> ParseSize(std::string_view text, const std::string& place) {
  const int64_t bytes = ParseWithUnit(text, kSizeUnits);
  if (bytes < 0) {
    return Fail(Code::kInvalid, "this is no size", std::string(text), place,
                "write it like 2GiB, 500MB or 1048576");
  }
  return bytes;
}

Result<int64_t> ParseSeconds(std::string_view text, const std::string& place) {
  const int64_t seconds = ParseWithUnit(text, kTimeUnits);
  if (seconds < 0) {
    return Fail(Code::kInvalid, "this is no length of time", std::string(text), place,
                "write it like 90s, 30m, 24h or 7d");
  }
  return seconds;
}

Result<int64_t> ParseInteger(std::string_view text, int64_t least, int64_t most,
                             const std::string& place) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(Code::kInvalid, "this is no whole number", std::string(text), place);
  }
  if (value < least || value > most) {
    const std::string range = most == std::numeric_limits<int64_t>::max()
                                  ? fmt::format("{} (>= {})", value, least)
                                  : fmt::format("{} ({}..{})", value, least, most);
    return Fail(Code::kInvalid, "the number is out of range", range, place);
  }
  return value;
}

Result<double> ParseReal(std::string_view text, double least, double most,
                         const std::string& place) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(Code::kInvalid, "this is no number", std::string(text), place);
  }
  if (!(value >= least && value <= most)) {
    return Fail(Code::kInvalid, "the number is out of range",
                fmt::format("{} ({}..{})", value, least, most), place);
  }
  return value;
}

std::string SizeText(int64_t bytes, Language language) {
  if (bytes < kKiB) {
    if (language == Language::kChinese) return fmt::format("{} 字节", bytes);
    return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  }
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  constexpr std::array<const char*, 5> kNames = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  for (value /= 1024; value >= 1023.95 && unit + 1 < kNames.size(); ++unit) value /= 1024;
  return value < 99.95 ? fmt::format("{:.1f} {}", value, kNames[unit])
                       : fmt::format("{:.0f} {}", value, kNames[unit]);
}

std::string CountText(int64_t count) {
  std::string digits = std::to_string(count);
  const size_t sign = count < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string Count(const Context& context, int64_t count, const char* one, const char* many,
                  const char* chinese) {
  const char* noun = context.chinese() ? chinese : count == 1 ? one : many;
  return CountText(count) + " " + noun;
}

std::string DurationText(double seconds, Language language) {
  const bool chinese = language == Language::kChinese;
  const char* s = chinese ? "秒" : "s";
  const char* min = chinese ? "分" : "min";
  const char* h = chinese ? "小时" : "h";
  if (seconds < 10) return fmt::format("{:.1f} {}", seconds, s);
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} {}", whole, s);
  if (whole < 3600) return fmt::format("{} {} {} {}", whole / 60, min, whole % 60, s);
  return fmt::format("{} {} {} {}", whole / 3600, h, whole % 3600 / 60, min);
}

std::string TimeText(int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace siku::cli
