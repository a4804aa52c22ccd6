#include "quality/kind.h"

#include <algorithm>
#include <string>

#include "import/cell.h"

namespace siku::catalog {
namespace {

constexpr size_t kLongestValue = 256;  // bytes; what is longer is prose
constexpr size_t kLongestMark = 12;    // bytes of a mark of no value

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr unsigned kHasControl = 1;
constexpr unsigned kHasDigit = 2;
constexpr unsigned kHasWide = 4;     // lead byte of U+F000..U+FFFF, U+3000 or U+0080..U+009F
constexpr unsigned kHasForeign = 8;  // any byte that is not ASCII
constexpr unsigned kHasAt = 16;

constexpr std::array<uint8_t, 256> kByteClasses = [] {
  std::array<uint8_t, 256> classes{};
  for (size_t c = 0; c < 256; ++c) {
    const bool layout = c == '\t' || c == '\n' || c == '\r';  // of texts of several lines
    if ((c < 0x20 && !layout) || c == 0x7F) classes[c] = kHasControl;
    if (c >= '0' && c <= '9') classes[c] = kHasDigit;
    if (c >= 0x80) classes[c] = kHasForeign;
    if (c == 0xEF || c == 0xC2) classes[c] |= kHasWide;
    if (c == '@') classes[c] = kHasAt;
  }
  return classes;
}();

unsigned ClassesIn(std::string_view text) {
  unsigned classes = 0;
  for (const char c : text) classes |= kByteClasses[static_cast<unsigned char>(c)];
  return classes;
}

/// Full-width digits and letters, U+FFFD, C1 controls.
bool HasOddCharacters(std::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
    if (byte(i) == 0xC2 && byte(i + 1) < 0xA0) return true;
    if (byte(i) != 0xEF || i + 2 >= text.size()) continue;
    const unsigned code = 0xF000U | (byte(i + 1) & 0x3FU) << 6U | (byte(i + 2) & 0x3FU);
    if (code == 0xFFFD) return true;
    if ((code >= 0xFF10 && code <= 0xFF19) || (code >= 0xFF21 && code <= 0xFF3A) ||
        (code >= 0xFF41 && code <= 0xFF5A)) {
      return true;
    }
  }
  return false;
}

/// Without blanks around, U+3000 among them.
std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kWideBlank = "\u3000";
  for (;;) {
    if (!text.empty() && (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r'))) {
      text.remove_prefix(1);
    } else if (text.starts_with(kWideBlank)) {
      text.remove_prefix(kWideBlank.size());
    } else {
      break;
    }
  }
  for (;;) {
    if (!text.empty() && (text.back() == ' ' || (text.back() >= '\t' && text.back() <= '\r'))) {
      text.remove_suffix(1);
    } else if (text.ends_with(kWideBlank)) {
      text.remove_suffix(kWideBlank.size());
    } else {
      return text;
    }
  }
}

bool IsProvince(std::string_view digits) {
  // GB/T 2260: 北京 11 … 新疆 65, 台湾 71, 香港 81, 澳门 82.
  constexpr std::array kFirst = {11, 21, 31, 41, 50, 61, 71, 81};
  constexpr std::array kLast = {15, 23, 37, 46, 54, 65, 71, 82};
  const int code = (digits[0] - '0') * 10 + (digits[1] - '0');
  for (size_t i = 0; i < kFirst.size(); ++i) {
    if (code >= kFirst[i] && code <= kLast[i]) return true;
  }
  return false;
}

void Add(Look& look, ValueKind kind, bool valid) {
  const auto bit = static_cast<uint16_t>(1U << static_cast<unsigned>(kind));
  look.shapes |= bit;
  if (valid) look.valid |= bit;
}

/// 18 characters that are no blank: an identity, a credit code, or both by their form.
void LookAtEighteen(std::string_view text, Look& look) {
  if (AllDigits(text.substr(0, 17)) && (IsDigit(text[17]) || text[17] == 'X' || text[17] == 'x')) {
    Add(look, ValueKind::kIdentity, IsIdentityNumber(text));
    if (text[17] == 'x') look.form = 2;
    if (text[17] == 'X') look.form = 1;
  }
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || IsLetter(c); });
  if (plain && AllDigits(text.substr(2, 6))) Add(look, ValueKind::kCredit, IsCreditCode(text));
}

/// 13800138000, +86 13800138000, 0755-82345678, (0755)82345678.
void LookAtPhone(std::string_view text, Look& look) {
  for (const std::string_view country : {"+86", "86-", "0086"}) {
    if (!text.starts_with(country)) continue;
    text.remove_prefix(country.size());
    while (!text.empty() && (text[0] == ' ' || text[0] == '-')) text.remove_prefix(1);
    break;
  }
  if (text.size() == 11 && text[0] == '1' && AllDigits(text)) {
    return Add(look, ValueKind::kPhone, text[1] >= '3');
  }
  if (text.empty() || (text[0] != '0' && text[0] != '(')) return;
  std::string digits;
  size_t marks = 0;
  for (const char c : text) {
    if (IsDigit(c)) digits += c;
    marks += c == '-' || c == '(' || c == ')' || c == ' ' ? 1 : 0;
  }
  if (digits.size() + marks != text.size() || digits.empty() || digits[0] != '0') return;
  if (digits.size() < 10 || digits.size() > 12 || (marks == 0 && digits.size() == 10)) return;
  const bool short_area = digits[1] == '1' || digits[1] == '2';  // 010, 021 … 029
  const size_t local = digits.size() - (short_area ? 3 : 4);
  Add(look, ValueKind::kPhone, digits[1] != '0' && (local == 7 || local == 8));
}

/// The form of a text that is written like a date, and its length; 0: it is not.
std::pair<uint8_t, size_t> DateForm(std::string_view text) {
  if (text.size() < 8 || !AllDigits(text.substr(0, 4))) return {0, 0};
  if (text.size() == 8 && AllDigits(text) && (text.starts_with("19") || text.starts_with("20"))) {
    return {5, 8};
  }
  constexpr std::array<std::string_view, 4> kFirst = {"-", "/", ".", "年"};
  constexpr std::array<std::string_view, 4> kSecond = {"-", "/", ".", "月"};
  for (size_t form = 0; form < kFirst.size(); ++form) {
    size_t at = 4;
    const auto digits = [&] {
      size_t count = 0;
      for (; count < 2 && at < text.size() && IsDigit(text[at]); ++at) ++count;
      return count;
    };
    if (!text.substr(at).starts_with(kFirst[form])) continue;
    at += kFirst[form].size();
    if (digits() == 0 || !text.substr(at).starts_with(kSecond[form])) return {0, 0};
    at += kSecond[form].size();
    if (digits() == 0) return {0, 0};
    constexpr std::string_view kDay = "日";
    if (form == 3 && text.substr(at).starts_with(kDay)) at += kDay.size();
    return {static_cast<uint8_t>(form + 1), at};
  }
  return {0, 0};
}

void LookAtTime(std::string_view text, Look& look) {
  const auto [form, length] = DateForm(text);
  if (form == 0) return;
  if (length == text.size()) {
    look.form = form;
    std::string dashed(text);
    if (form == 5) dashed.insert(6, "-").insert(4, "-");
    return Add(look, ValueKind::kDate, CellDate(dashed).has_value());
  }
  if (text[length] != ' ' && text[length] != 'T') return;
  if (text.find(':') == std::string_view::npos && text.find("时") == std::string_view::npos) return;
  look.form = form;
  std::string_view local = text;
  if (local.ends_with('Z')) local.remove_suffix(1);
  const size_t zone = local.find_last_of("+-");
  if (zone != std::string_view::npos && zone > length) local = local.substr(0, zone);
  Add(look, ValueKind::kTimestamp, CellTimestamp(local).has_value());
}

void LookAtNumber(std::string_view text, Look& look) {
  size_t digits = 0, points = 0, odd = 0;
  const std::string_view unsigned_text = text[0] == '-' || text[0] == '+' ? text.substr(1) : text;
  for (const char c : unsigned_text) {
    if (IsDigit(c)) {
      ++digits;
    } else if (c == '.') {
      ++points;
    } else if (c == ',' || c == '%' || c == 'e' || c == 'E' || c == '+' || c == '-') {
      ++odd;
    } else {
      return;
    }
  }
  // 007 is a code.
  const bool code = unsigned_text.size() > 1 && unsigned_text[0] == '0' && unsigned_text[1] != '.';
  if (digits == 0 || digits > 15 || code) return;
  const bool plain = odd == 0 && points <= 1 && unsigned_text[0] != '.' && text.back() != '.';
  Add(look, ValueKind::kNumber, plain);
}

void LookAtAddress(std::string_view text, unsigned classes, Look& look) {
  if (text.starts_with("http://") || text.starts_with("https://") || text.starts_with("www.") ||
      text.starts_with("ftp://")) {
    const size_t host = text.find("://");
    const bool web = text.starts_with("http") && host != std::string_view::npos;
    const bool named = web && host + 3 < text.size() && text[host + 3] != '/';
    Add(look, ValueKind::kUrl, named && text.find(' ') == std::string_view::npos);
  }
  if ((classes & kHasAt) == 0) return;
  const size_t at = text.find('@');
  const std::string_view domain = text.substr(at + 1);
  const size_t point = domain.rfind('.');
  const bool parts = at > 0 && domain.find('@') == std::string_view::npos && point > 0 &&
                     point != std::string_view::npos && point + 2 < domain.size();
  const bool plain =
      (classes & kHasForeign) == 0 && std::all_of(text.begin(), text.end(), [](char c) {
        return IsDigit(c) || IsLetter(c) ||
               std::string_view("@._%+-").find(c) != std::string_view::npos;
      });
  Add(look, ValueKind::kEmail, parts && plain);
}

void LookAtKinds(std::string_view text, unsigned classes, Look& look) {
  if ((classes & kHasDigit) != 0) {
    if ((classes & kHasForeign) == 0) {
      if (text.size() == 18) LookAtEighteen(text, look);
      if (text.size() >= 10 && text.size() <= 20) LookAtPhone(text, look);
      const bool lengths = text.size() == 6 || text.size() == 9 || text.size() == 12;
      if (lengths && AllDigits(text)) Add(look, ValueKind::kRegion, IsRegionCode(text));
      LookAtNumber(text, look);
    }
    if (text.size() <= 40) LookAtTime(text, look);
  }
  LookAtAddress(text, classes, look);
}

}  // namespace

std::optional<ValueKind> ParseValueKind(std::string_view name) {
  for (size_t i = 0; i < kValueKinds; ++i) {
    if (kValueKindNames[i] == name) return static_cast<ValueKind>(i);
  }
  return std::nullopt;
}

bool IsIdentityNumber(std::string_view text) {
  if (text.size() != 18 || !AllDigits(text.substr(0, 17)) || !IsProvince(text)) return false;
  std::string birth(text.substr(6, 8));
  birth.insert(6, "-").insert(4, "-");
  if (!CellDate(birth)) return false;
  int sum = 0;
  for (size_t i = 0, weight = 1; i < 17; ++i) {
    // 2^(17 - i) modulo 11, from the right.
    weight = weight * 2 % 11;
    sum += (text[16 - i] - '0') * static_cast<int>(weight);
  }
  constexpr std::string_view kCheck = "10X98765432";
  const char last = text[17] == 'x' ? 'X' : text[17];
  return kCheck[static_cast<size_t>(sum % 11)] == last;
}

bool IsCreditCode(std::string_view text) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  if (text.size() != 18 || !AllDigits(text.substr(2, 6))) return false;
  size_t sum = 0, weight = 1;
  for (size_t i = 0; i < 17; ++i) {
    const size_t value = kAlphabet.find(text[i]);
    if (value == std::string_view::npos) return false;
    sum += value * weight;
    weight = weight * 3 % 31;
  }
  return kAlphabet[(31 - sum % 31) % 31] == text[17];
}

bool IsRegionCode(std::string_view text) {
  return (text.size() == 6 || text.size() == 9 || text.size() == 12) && AllDigits(text) &&
         IsProvince(text);
}

Look LookAtText(std::string_view text) {
  Look look;
  if (text.empty()) return look;
  const unsigned classes = ClassesIn(text);
  const std::string_view trimmed = Trimmed(text);
  // No mark begins with a digit.
  look.filled = !trimmed.empty() &&
                (trimmed.size() > kLongestMark || IsDigit(trimmed[0]) || !IsEmptyMark(trimmed));
  if (!look.filled) return look;
  std::string_view body = text;
  if (trimmed.find('\n') != std::string_view::npos) {
    // The last of several lines may end, too.
    while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
  }
  look.clean = (classes & kHasControl) == 0 && trimmed.size() == body.size() &&
               ((classes & kHasWide) == 0 || !HasOddCharacters(text));
  if (text.size() > kLongestValue) return look;
  if (look.clean) {
    LookAtKinds(text, classes, look);
    return look;
  }
  // What it is meant to be shows; right it is not.
  const std::string narrow = Narrowed(trimmed);
  if (!narrow.empty()) LookAtKinds(narrow, ClassesIn(narrow), look);
  look.valid = 0;
  look.form = 0;
  return look;
}

}  // namespace siku::catalog
