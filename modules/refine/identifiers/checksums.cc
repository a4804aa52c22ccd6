#include "identifiers/checksums.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace siku::refine {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
int Digit(char c) { return c - '0'; }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }
int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + Digit(c);
  return value;
}

// GB/T 2260: provinces, and 81 82 83 of residence permits for Hong Kong, Macao and Taiwan.
bool IsDivision(std::string_view six) {
  const int province = Number(six.substr(0, 2));
  const int city = Number(six.substr(2, 2));
  if (province >= 81 && province <= 83) return true;
  const bool known = (province >= 11 && province <= 15) || (province >= 21 && province <= 23) ||
                     (province >= 31 && province <= 37) || (province >= 41 && province <= 46) ||
                     (province >= 50 && province <= 54) || (province >= 61 && province <= 65) ||
                     province == 71;
  // 01-70 prefectures, 90 counties directly below a province.
  return known && ((city >= 1 && city <= 70) || city == 90);
}

bool IsDate(int year, int month, int day) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
  return day <= days;
}

// GB 32100: digits and capital letters without I, O, S, V, Z; their values are their places.
constexpr std::string_view kCreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// The registering authority and the kind of body, Table 1 with its later additions.
bool IsCreditKind(char authority, char kind) {
  switch (authority) {
    case '1':
      return kind == '1' || kind == '2' || kind == '3' || kind == '9';
    case '5':
      return kind == '1' || kind == '2' || kind == '3' || kind == '9';
    case '9':
      return kind == '1' || kind == '2' || kind == '3';
    case '3':
      return (kind >= '1' && kind <= '5') || kind == '9';
    case 'N':
      return kind == '1' || kind == '2' || kind == '3' || kind == '9';
    case '2':
    case '4':
    case '6':
    case '7':
    case '8':
    case 'A':
      return kind == '1' || kind == '2' || kind == '9';
    case 'Y':
      return kind == '1';
    default:
      return false;
  }
}

// The MIIT's area codes of four digits, by their first three; bit d: the digit d may follow.
struct AreaCodes {
  int first_three;
  uint16_t last;
};
constexpr uint16_t kAll = 0x3FF;
constexpr uint16_t Digits(std::string_view digits) {
  uint16_t bits = 0;
  for (const char c : digits) bits = static_cast<uint16_t>(bits | 1U << (c - '0'));
  return bits;
}
constexpr std::array kAreaCodes = {
    AreaCodes{31, kAll},
    AreaCodes{33, Digits("5")},
    AreaCodes{34, Digits("9")},
    AreaCodes{35, kAll},
    AreaCodes{37, kAll},
    AreaCodes{39, Digits("123456789")},
    AreaCodes{41, kAll},
    AreaCodes{42, Digits("1279")},
    AreaCodes{43, Digits("123456789")},
    AreaCodes{44, Digits("08")},
    AreaCodes{45, kAll},
    AreaCodes{46, Digits("46789")},
    AreaCodes{47, kAll},
    AreaCodes{48, Digits("23")},
    AreaCodes{51, kAll},
    AreaCodes{52, Digits("37")},
    AreaCodes{53, kAll},
    AreaCodes{54, Digits("36")},
    AreaCodes{55, kAll},
    AreaCodes{56, Digits("123456")},
    AreaCodes{57, kAll},
    AreaCodes{58, Digits("0")},
    AreaCodes{59, kAll},
    AreaCodes{63, Digits("12345")},
    AreaCodes{66, Digits("0238")},
    AreaCodes{69, Digits("12")},
    AreaCodes{70, Digits("1")},
    AreaCodes{71, kAll},
    AreaCodes{72, Digits("248")},
    AreaCodes{73, kAll},
    AreaCodes{74, Digits("3456")},
    AreaCodes{75, kAll},
    AreaCodes{76, Digits("023689")},
    AreaCodes{77, kAll},
    AreaCodes{79, kAll},
    AreaCodes{81, Digits("23678")},
    AreaCodes{82, Digits("5678")},
    AreaCodes{83, kAll},
    AreaCodes{85, Digits("123456789")},
    AreaCodes{87, kAll},
    AreaCodes{88, Digits("3678")},
    AreaCodes{89, Digits("0123456789")},
    AreaCodes{90, Digits("1234689")},
    AreaCodes{91, Digits("12345679")},
    AreaCodes{93, kAll},
    AreaCodes{94, Digits("13")},
    AreaCodes{95, Digits("12345")},
    AreaCodes{97, kAll},
    AreaCodes{99, kAll},
};

}  // namespace

bool IsResidentId(std::string_view id) {
  constexpr std::array<int, 17> kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kChecks = "10X98765432";
  if (id.size() != 18 || !AllDigits(id.substr(0, 17)) || !IsDivision(id)) return false;
  const int year = Number(id.substr(6, 4));
  if (year < 1850 || year > 2099) return false;
  if (!IsDate(year, Number(id.substr(10, 2)), Number(id.substr(12, 2)))) return false;
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) sum += Digit(id[i]) * kWeights[i];
  return id[17] == kChecks[static_cast<size_t>(sum % 11)];
}

bool IsOldResidentId(std::string_view id) {
  return id.size() == 15 && AllDigits(id) && IsDivision(id) &&
         IsDate(1900 + Number(id.substr(6, 2)), Number(id.substr(8, 2)), Number(id.substr(10, 2)));
}

bool IsCreditCode(std::string_view code) {
  constexpr std::array<int, 17> kWeights = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                            29, 25, 13, 8,  24, 10, 30, 28};
  if (code.size() != 18 || !IsCreditKind(code[0], code[1])) return false;
  const std::string_view division = code.substr(2, 6);
  if (!AllDigits(division) || !(IsDivision(division) || division == "100000")) {
    // Bodies of a province or of a city above its counties are registered under round numbers.
    if (!AllDigits(division) || division.substr(2) != "0000") return false;
    std::string city(division);
    city[3] = '1';
    if (!IsDivision(city)) return false;
  }
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) {
    const size_t value = kCreditAlphabet.find(code[i]);
    if (value == std::string_view::npos) return false;
    sum += static_cast<int>(value) * kWeights[i];
  }
  return code[17] == kCreditAlphabet[static_cast<size_t>((31 - sum % 31) % 31)];
}

bool IsOrganisationCode(std::string_view code) {
  constexpr std::array<int, 8> kWeights = {3, 7, 9, 10, 5, 8, 4, 2};
  if (code.size() != 9) return false;
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) {
    const char c = code[i];
    if (!IsDigit(c) && !(c >= 'A' && c <= 'Z')) return false;
    sum += (IsDigit(c) ? Digit(c) : c - 'A' + 10) * kWeights[i];
  }
  const int check = 11 - sum % 11;
  return code[8] == (check == 10 ? 'X' : check == 11 ? '0' : static_cast<char>('0' + check));
}

bool PassesLuhn(std::string_view digits) {
  if (digits.size() < 2 || !AllDigits(digits)) return false;
  int sum = 0;
  bool twice = false;
  for (size_t i = digits.size(); i-- > 0; twice = !twice) {
    const int value = Digit(digits[i]) * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

bool IsCardIssuer(std::string_view digits) {
  const size_t length = digits.size();
  if (length < 12 || length > 19 || !AllDigits(digits)) return false;
  const int two = Number(digits.substr(0, 2));
  const int four = Number(digits.substr(0, 4));
  if (two == 62) return length >= 16;                                         // UnionPay
  if (two / 10 == 4) return length == 13 || length == 16 || length == 19;     // Visa
  if (two >= 51 && two <= 55) return length == 16;                            // Mastercard
  if (four >= 2221 && four <= 2720) return length == 16;                      // Mastercard
  if (two == 34 || two == 37) return length == 15;                            // American Express
  if (four >= 3528 && four <= 3589) return length >= 16;                      // JCB
  if (two == 30 || two == 36 || two == 38 || two == 39) return length == 14;  // Diners
  if (four == 6011 || two == 64 || two == 65) return length >= 16;            // Discover
  // Maestro, and Chinese cards from before UnionPay's range.
  return two == 50 || (two >= 56 && two <= 69) || (two / 10 == 9 && length >= 16);
}

bool IsMobile(std::string_view digits) {
  // Second and third digit; bit d: the digit d may follow.
  constexpr std::array<uint16_t, 10> kThird = {0,
                                               0,
                                               0,
                                               kAll,
                                               Digits("56789"),
                                               Digits("012356789"),
                                               Digits("2567"),
                                               Digits("012345678"),
                                               kAll,
                                               Digits("012356789")};
  return digits.size() == 11 && AllDigits(digits) && digits[0] == '1' &&
         (kThird[static_cast<size_t>(Digit(digits[1]))] >> Digit(digits[2]) & 1U) != 0;
}

int AreaCodeLength(std::string_view digits) {
  if (digits.size() < 4 || !AllDigits(digits.substr(0, 3)) || digits[0] != '0') return 0;
  if (digits[1] == '1' && digits[2] == '0') return 3;
  if (digits[1] == '2' && digits[2] != '6') return 3;
  if (!IsDigit(digits[3])) return 0;
  const int middle = Number(digits.substr(1, 2));
  for (const AreaCodes& codes : kAreaCodes) {
    if (codes.first_three == middle && (codes.last >> Digit(digits[3]) & 1U) != 0) return 4;
  }
  return 0;
}

}  // namespace siku::refine
