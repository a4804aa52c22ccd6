// Numbers with letters in them: credit codes, plates, passports.
#include <algorithm>

#include "identifiers/candidates.h"
#include "identifiers/checksums.h"
#include "identifiers/context.h"

namespace siku::refine {
namespace {

constexpr std::string_view kProvinces =
    "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

bool IsProvince(std::string_view character) {
  for (size_t i = 0; i < kProvinces.size(); i += 3) {
    if (kProvinces.substr(i, 3) == character) return true;
  }
  return false;
}

// The byte where the province that stands before `at` begins; npos: there is none.
size_t ProvinceBefore(std::string_view text, size_t at) {
  if (at < 3 || !IsProvince(text.substr(at - 3, 3))) return std::string_view::npos;
  return at - 3;
}

// GA 36-2018: letters of a serial leave out I and O.
bool IsSerialLetter(char c) { return IsUpper(c) && c != 'I' && c != 'O'; }

// Two digits at least: a name such as 京ABCDEF is no plate.
bool IsSerial(std::string_view serial, size_t length) {
  size_t digits = 0;
  for (const char c : serial) {
    if (!IsDigit(c) && !IsSerialLetter(c)) return false;
    digits += IsDigit(c) ? 1 : 0;
  }
  return serial.size() == length && digits >= 2;
}

// New energy: small vehicles letter, letter or digit, four digits; large ones five digits, letter.
bool IsNewEnergySerial(std::string_view serial) {
  const auto kind = [](char c) { return (c >= 'A' && c <= 'H') || c == 'J' || c == 'K'; };
  const auto digits = [&](size_t from, size_t count) {
    for (size_t i = from; i < from + count; ++i) {
      if (!IsDigit(serial[i])) return false;
    }
    return true;
  };
  if (serial.size() != 6) return false;
  if (kind(serial[0]) && (IsDigit(serial[1]) || IsSerialLetter(serial[1]))) return digits(2, 4);
  return digits(0, 5) && kind(serial[5]);
}

// Plates of driving schools, trailers, police, and of cars from Hong Kong and Macao end in a
// character of their own and have four characters before it.
size_t SpecialEnd(std::string_view text, size_t at) {
  for (const std::string_view mark : {"学", "挂", "警", "港", "澳"}) {
    if (text.substr(at).starts_with(mark)) return at + mark.size();
  }
  return 0;
}

// Armed police: WJ京12345 and WJ·京1234X since 2012, WJ01-12345 before, and WJ12345 of
// headquarters, which a word must announce. The last may be the letter of a branch.
bool IsArmedPoliceSerial(std::string_view serial) {
  constexpr std::string_view kBranches = "XBTSHJD";
  return serial.size() == 5 && std::all_of(serial.begin(), serial.end() - 1, IsDigit) &&
         (IsDigit(serial[4]) || kBranches.find(Upper(serial[4])) != std::string_view::npos);
}

size_t WithoutDot(std::string_view text, size_t at) {
  const Folded before = FoldBefore(text, at);
  return before.c == '.' || before.c == ' ' || before.c == '-' ? at - before.width : at;
}

// The byte where the letters WJ begin that end at `at`.
size_t LettersWj(std::string_view text, size_t at) {
  const Folded second = FoldBefore(text, at);
  const Folded first = FoldBefore(text, at - second.width);
  const size_t begin = at - second.width - first.width;
  const bool alone = !IsAlphanumeric(FoldBefore(text, begin).c);
  return alone && Upper(first.c) == 'W' && Upper(second.c) == 'J' ? begin : std::string_view::npos;
}

// WJ and the number of a province before a serial, or WJ before one that a word announces.
std::string_view SerialBehindLetters(const Atom& atom) {
  const std::string_view view = atom.window.view();
  const std::string_view province = view.substr(0, std::min<size_t>(view.size(), 5)).substr(2);
  if (atom.length == 4 && view.size() >= 10 && province >= "01-" && province <= "33-") {
    return IsAlphanumeric(atom.window.c[10]) ? "" : view.substr(5, 5);
  }
  const bool announced =
      atom.length == 7 &&
      AnnouncedAs(atom.text, atom.begin, IdentifierKind::kPlate) == Announced::kThis;
  return announced ? view.substr(2, 5) : "";
}

std::optional<Identifier> MatchArmedPolice(const Atom& atom) {
  const std::string_view view = atom.window.view();
  size_t begin = ArmedPoliceHead(atom.text, atom.begin);
  std::string_view serial = view.substr(0, atom.length);
  std::string plain = "WJ";
  if (begin != std::string_view::npos) {
    plain += atom.text.substr(WithoutDot(atom.text, atom.begin) - 3, 3);
  } else if (atom.length >= 4 && Upper(view[0]) == 'W' && Upper(view[1]) == 'J') {
    begin = atom.begin;
    serial = SerialBehindLetters(atom);
    if (atom.length == 4) plain += view.substr(2, 2);
  }
  if (begin == std::string_view::npos || !IsArmedPoliceSerial(serial)) return std::nullopt;
  const auto end = static_cast<size_t>(serial.data() - view.data()) + serial.size();
  for (const char c : serial) plain += Upper(c);
  return Identifier{begin, atom.window.at[end], IdentifierKind::kPlate, std::move(plain)};
}

std::optional<Identifier> MatchPlate(const Atom& atom) {
  std::string plain(atom.window.view().substr(0, atom.length));
  size_t letter_at = atom.begin;
  // 京A·12345: the serial is an atom of its own.
  if (atom.before == '.' || atom.before == ' ' || atom.before == '-') {
    if (!IsUpper(Upper(atom.before_that))) return std::nullopt;
    letter_at -= FoldBefore(atom.text, letter_at).width;
    letter_at -= FoldBefore(atom.text, letter_at).width;
    plain.insert(plain.begin(), atom.before_that);
  }
  for (char& c : plain) c = Upper(c);
  if (plain.size() < 5 || plain.size() > 7 || !IsUpper(plain[0]) || plain[0] == 'I') {
    return std::nullopt;
  }
  const size_t begin = ProvinceBefore(atom.text, letter_at);
  if (begin == std::string_view::npos) return std::nullopt;
  size_t end = atom.window.at[atom.length];
  const std::string_view serial = std::string_view(plain).substr(1);
  if (serial.size() == 4) {
    end = SpecialEnd(atom.text, end);
    if (end == 0 || !IsSerial(serial, 4)) return std::nullopt;
  } else if (!IsSerial(serial, 5) && !IsNewEnergySerial(serial)) {
    return std::nullopt;
  }
  return Identifier{begin, end, IdentifierKind::kPlate,
                    std::string(atom.text.substr(begin, 3)) + plain};
}

// Ordinary passports E, EA..EZ and older G, 14, 15; diplomatic D, official S, public affairs P;
// Hong Kong K, H; Macao M; permits C, W, T, L.
bool IsPassport(std::string_view code) {
  size_t letters = 0;
  while (letters < code.size() && IsUpper(code[letters])) ++letters;
  const size_t digits = code.size() - letters;
  for (size_t i = letters; i < code.size(); ++i) {
    if (!IsDigit(code[i])) return false;
  }
  if (letters == 0) return digits == 9 && (code.starts_with("14") || code.starts_with("15"));
  constexpr std::string_view kOne = "EGDSPHKMCWTL";
  if (kOne.find(code[0]) == std::string_view::npos) return false;
  if (letters == 1) return digits == 8 || (code[0] != 'E' && code[0] != 'G' && digits == 7);
  return letters == 2 && digits == 7;
}

std::optional<Identifier> MatchPassport(const Atom& atom) {
  std::string code(atom.window.view().substr(0, atom.length));
  if (code.size() < 8 || code.size() > 9) return std::nullopt;
  for (char& c : code) c = Upper(c);
  if (!IsPassport(code) ||
      AnnouncedAs(atom.text, atom.begin, IdentifierKind::kPassport) != Announced::kThis) {
    return std::nullopt;
  }
  return Identifier{atom.begin, atom.window.at[atom.length], IdentifierKind::kPassport, code};
}

std::optional<Identifier> MatchCreditCode(const Atom& atom) {
  if (atom.length != 18) return std::nullopt;
  const std::string code(atom.window.view().substr(0, 18));
  if (!IsCreditCode(code)) return std::nullopt;
  const Announced announced = AnnouncedAs(atom.text, atom.begin, IdentifierKind::kCreditCode);
  if (announced == Announced::kOther) return std::nullopt;
  // Eighteen digits are many things, as in item?id=; one in 31 passes. The organisation's own check
  // character makes it one in 341.
  const bool letters = code.find_first_not_of("0123456789") != std::string::npos;
  if (!letters && announced != Announced::kThis &&
      (atom.before == '=' || !IsOrganisationCode(std::string_view(code).substr(8, 9)))) {
    return std::nullopt;
  }
  return Identifier{atom.begin, atom.window.at[18], IdentifierKind::kCreditCode, code};
}

bool Alone(const Atom& atom) {
  const char behind = atom.window.c[atom.length];
  const char next = atom.window.c[atom.length + 1];
  if (!atom.emphasised && (atom.before == '_' || behind == '_')) return false;
  if ((behind == '-' || behind == '.') && IsAlphanumeric(next)) return false;
  return true;
}

}  // namespace

size_t ArmedPoliceHead(std::string_view text, size_t serial) {
  const size_t province = ProvinceBefore(text, WithoutDot(text, serial));
  if (province == std::string_view::npos) return province;
  return LettersWj(text, WithoutDot(text, province));
}

std::optional<Identifier> MatchCode(const Atom& atom, IdentifierSet kinds) {
  if (kinds.Has(IdentifierKind::kPlate)) {
    if (auto found = MatchArmedPolice(atom)) return found;
  }
  if (!Alone(atom)) return std::nullopt;
  if (kinds.Has(IdentifierKind::kPlate)) {
    if (auto found = MatchPlate(atom)) return found;
  }
  const bool joined = (atom.before == '-' || atom.before == '.' || atom.before == '/') &&
                      IsAlphanumeric(atom.before_that);
  if (joined) return std::nullopt;
  if (kinds.Has(IdentifierKind::kCreditCode)) {
    if (auto found = MatchCreditCode(atom)) return found;
  }
  return kinds.Has(IdentifierKind::kPassport) ? MatchPassport(atom) : std::nullopt;
}

}  // namespace siku::refine
