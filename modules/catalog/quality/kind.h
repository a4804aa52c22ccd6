// What one cell shows of itself: whether it has a value, is cleanly written, and what it could be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace siku::catalog {

/// What the values of a text column can claim to be, the most particular first.
enum class ValueKind : uint8_t {
  kIdentity,   // 公民身份号码, GB 11643
  kCredit,     // 统一社会信用代码, GB 32100
  kPhone,      // mobile, or with an area code
  kRegion,     // 行政区划代码, GB/T 2260, of 6, 9 or 12 digits
  kEmail,      //
  kUrl,        //
  kTimestamp,  // a date and a time of day
  kDate,       //
  kNumber,     //
};
inline constexpr size_t kValueKinds = 9;
/// Their names in reports and rules, by value.
inline constexpr std::array<std::string_view, kValueKinds> kValueKindNames = {
    "identity", "credit", "phone", "region", "email", "url", "timestamp", "date", "number"};
std::optional<ValueKind> ParseValueKind(std::string_view name);

inline constexpr size_t kForms = 8;

struct Look {
  uint16_t shapes = 0;  // bit i: written like a ValueKind i, right or wrong
  uint16_t valid = 0;   // bit i: is one
  /// How a date is written (2024-01-05, 2024/1/5, …), a number of an identity ends (x, X); 0: no
  /// matter.
  uint8_t form = 0;
  bool filled = false;  // neither blank nor a mark of no value (无, NULL, -)
  /// Without control characters, U+FFFD, full-width digits and letters, blanks around.
  bool clean = true;

  bool Is(ValueKind kind) const { return (valid >> static_cast<unsigned>(kind) & 1U) != 0; }
};

/// Of a text, in UTF-8.
Look LookAtText(std::string_view text);

/// Of 18 characters: form, region, date of birth, check character. Source: GB 11643-1999.
bool IsIdentityNumber(std::string_view text);
/// Of 18 characters: form, region, check character. Source: GB 32100-2015.
bool IsCreditCode(std::string_view text);
/// 6, 9 or 12 digits that begin with the code of a province. Source: GB/T 2260.
bool IsRegionCode(std::string_view text);

}  // namespace siku::catalog
