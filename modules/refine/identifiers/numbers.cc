// Numbers made of digits. Digits are read as groups between single separators; each kind says
// which ways to group are its own.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "identifiers/candidates.h"
#include "identifiers/checksums.h"
#include "identifiers/context.h"

namespace siku::refine {
namespace {

constexpr size_t kMaxGroups = 8;
constexpr size_t kMaxDigits = 24;

// Groups of digits from `first` of the window on, joined by one kind of separator.
struct Groups {
  std::array<char, kMaxDigits> digits;
  size_t size = 0;
  std::array<size_t, kMaxGroups> length{};
  std::array<size_t, kMaxGroups> end{};  // character behind each group
  size_t count = 0;
  char separator = 0;

  bool Are(std::initializer_list<size_t> lengths) const {
    if (lengths.size() > count) return false;
    return std::equal(lengths.begin(), lengths.end(), length.begin());
  }
  bool spaced(size_t groups) const { return groups > 1 && separator == ' '; }
  std::string_view First(size_t groups) const {
    size_t first = 0;
    for (size_t i = 0; i < groups; ++i) first += length[i];
    return {digits.data(), first};
  }
};

size_t DigitsFrom(const Window& window, size_t at) {
  size_t n = 0;
  while (IsDigit(window.c[at + n])) ++n;
  return n;
}

bool Separates(char c, bool dots) { return c == ' ' || c == '-' || (dots && c == '.'); }

// `dots`: they may stand between groups as well, which elsewhere makes a decimal of a number.
Groups ReadGroups(const Window& window, size_t at, bool dots = false) {
  Groups groups;
  while (groups.count < kMaxGroups) {
    const size_t n = DigitsFrom(window, at);
    if (n == 0 || groups.size + n > kMaxDigits) break;
    std::copy_n(window.c.begin() + static_cast<ptrdiff_t>(at), n,
                groups.digits.begin() + static_cast<ptrdiff_t>(groups.size));
    groups.size += n;
    at += n;
    groups.length[groups.count] = n;
    groups.end[groups.count++] = at;
    const char separator = window.c[at];
    if (!Separates(separator, dots)) break;
    if (groups.separator != 0 && separator != groups.separator) break;
    if (!IsDigit(window.c[at + 1])) break;
    groups.separator = separator;
    ++at;
  }
  return groups;
}

// Whether a number may end before character `at`; `spaced`: it has blanks inside.
bool MayEnd(const Atom& atom, size_t at, bool spaced) {
  const Window& window = atom.window;
  const char c = window.c[at];
  if (IsAlphanumeric(c) || (c == '_' && !atom.emphasised)) return false;
  if ((c == '.' || c == '-' || c == ':') && IsAlphanumeric(window.c[at + 1])) return false;
  if (c == '@' && IsAlphanumeric(window.c[at + 1])) return false;
  // The columns of a table of figures.
  return !(spaced && c == ' ' && IsDigit(window.c[at + 1]) && DigitsFrom(window, at + 1) <= 5);
}

// Whether a number may begin at the atom: not inside a decimal, an order number, a path.
bool MayBegin(const Atom& atom, bool spaced) {
  if (atom.after_found) return true;
  const char c = atom.before;
  if ((c == '.' || c == ':') && IsDigit(atom.before_that)) return false;
  if ((c == '-' || c == '/') && IsAlphanumeric(atom.before_that)) return false;
  if (c == '/' && atom.before_that == '/') return false;
  if ((c == '_' && !atom.emphasised) || c == '&' || c == '=') return false;
  return !(spaced && c == ' ' && IsDigit(atom.before_that));
}

// The same for a number whose checksum speaks for it.
bool MayBeginChecked(const Atom& atom) {
  return atom.after_found ||
         !((atom.before == '.' || atom.before == '-') && IsDigit(atom.before_that));
}

Identifier Made(const Atom& atom, size_t first, size_t end, IdentifierKind kind,
                std::string canonical) {
  return {atom.window.at[first], atom.window.at[end], kind, std::move(canonical)};
}

// Letters that people write straight before a number: "VX13812345678".
bool IsNumberPrefix(std::string_view letters) {
  constexpr std::string_view kPrefixes[] = {"tel", "phone", "mobile", "mob", "vx", "wx",
                                            "v",   "id",    "sfz",    "fax", "sj", "dh"};
  std::string lower(letters);
  for (char& c : lower) c = Lower(c);
  return std::find(std::begin(kPrefixes), std::end(kPrefixes), lower) != std::end(kPrefixes);
}

// Where the digits of the atom begin; npos: letters before them make it something else.
size_t FirstDigit(const Atom& atom) {
  size_t letters = 0;
  while (letters < atom.length && IsLetter(atom.window.c[letters])) ++letters;
  if (letters == 0) return 0;
  return IsNumberPrefix(atom.window.view().substr(0, letters)) ? letters : std::string_view::npos;
}

class NumberMatcher {
 public:
  NumberMatcher(const Atom& atom, IdentifierSet kinds, size_t first)
      : atom_(atom), kinds_(kinds), window_(atom.window), first_(first) {
    groups_ = ReadGroups(window_, first);
  }

  std::optional<Identifier> Match() const {
    if (groups_.count == 0) return std::nullopt;
    if (kinds_.Has(IdentifierKind::kResidentId)) {
      if (auto found = ResidentId()) return found;
    }
    if (kinds_.Has(IdentifierKind::kOldResidentId)) {
      if (auto found = OldResidentId()) return found;
    }
    if (kinds_.Has(IdentifierKind::kBankCard)) {
      if (auto found = BankCard()) return found;
    }
    if (kinds_.Has(IdentifierKind::kMobile)) {
      if (auto found = Mobile()) return found;
    }
    if (kinds_.Has(IdentifierKind::kLandline)) return Landline();
    return std::nullopt;
  }

 private:
  std::optional<Identifier> ResidentId() const {
    size_t total = 0;
    for (size_t i = 0; i < groups_.count; ++i) {
      total += groups_.length[i];
      const bool check_letter = total == 17 && Upper(window_.c[groups_.end[i]]) == 'X';
      if (total != 18 && !check_letter) continue;
      std::string id(groups_.First(i + 1));
      if (check_letter) id += 'X';
      const size_t end = groups_.end[i] + (check_letter ? 1 : 0);
      if (!IsResidentId(id) || !MayEnd(atom_, end, groups_.spaced(i + 1)) ||
          !MayBeginChecked(atom_))
        continue;
      return Made(atom_, first_, end, IdentifierKind::kResidentId, id);
    }
    return std::nullopt;
  }

  std::optional<Identifier> OldResidentId() const {
    const std::string id(groups_.First(1));
    if (!IsOldResidentId(id) || !Free(1) ||
        AnnouncedAs(atom_.text, atom_.begin, IdentifierKind::kResidentId) != Announced::kThis) {
      return std::nullopt;
    }
    return Made(atom_, first_, groups_.end[0], IdentifierKind::kOldResidentId, id);
  }

  // The borders of the first `count` groups, and that they are no quantity.
  bool Free(size_t count) const {
    const size_t end = groups_.end[count - 1];
    return MayBegin(atom_, groups_.spaced(count)) && MayEnd(atom_, end, groups_.spaced(count)) &&
           !IsQuantity(atom_.text, window_.at[first_], window_.at[end]);
  }

  // Groups of a card: all in one, fours with a rest, or the six of the issuer and the rest.
  size_t CardGroups() const {
    if (groups_.length[0] >= 12) return 1;
    if (groups_.Are({4, 6, 5})) return 3;
    if (groups_.length[0] == 6 && groups_.count == 2) return 2;
    size_t fours = 0;
    while (fours < groups_.count && groups_.length[fours] == 4) ++fours;
    if (fours < 3 || fours > 4) return 0;
    const bool rest = fours < groups_.count && groups_.length[fours] <= 4;
    return fours + (rest ? 1 : 0);
  }

  std::optional<Identifier> BankCard() const {
    const size_t count = CardGroups();
    if (count == 0) return std::nullopt;
    const std::string_view card = groups_.First(count);
    if (!IsCardIssuer(card) || !PassesLuhn(card) || !Free(count)) return std::nullopt;
    const Announced announced = AnnouncedAs(atom_.text, atom_.begin, IdentifierKind::kBankCard);
    if (announced == Announced::kOther) return std::nullopt;
    // One number in ten passes Luhn. Undivided and unannounced, only UnionPay's range is rare
    // enough among long numbers.
    const bool fours = count >= 4;
    const bool union_pay = card.starts_with("62") && (card.size() == 16 || card.size() == 19);
    if (announced != Announced::kThis && !fours && !union_pay) return std::nullopt;
    return Made(atom_, first_, groups_.end[count - 1], IdentifierKind::kBankCard,
                std::string(card));
  }

  // Characters of the country code 86 with what stands behind it; 0: there is none.
  size_t CountryCode(bool& marked) const {
    size_t at = first_;
    const bool zeros = window_.view(at).starts_with("0086");
    if (zeros) at += 2;
    if (!window_.view(at).starts_with("86")) return 0;
    at += 2;
    marked = zeros || atom_.before == '+';
    if (window_.c[at] == ')' && (atom_.before == '(' || atom_.before_that == '(')) ++at;
    for (int blanks = 0; blanks < 2; ++blanks) {
      if (window_.c[at] == ' ' || window_.c[at] == '-') ++at;
    }
    return at - first_;
  }

  // The byte where "+86" and "(+86)" begin.
  size_t CountryBegin() const {
    size_t begin = window_.at[first_];
    for (const char sign : {'+', '('}) {
      const Folded before = FoldBefore(atom_.text, begin);
      if (before.c == sign) begin -= before.width;
    }
    return begin;
  }

  static size_t MobileGroups(const Groups& groups) {
    if (groups.Are({11})) return 1;
    if (groups.Are({3, 4, 4})) return 3;
    if (groups.separator == '.') return 0;
    if (groups.Are({3, 3, 5}) || groups.Are({4, 4, 3})) return 3;
    return groups.Are({7, 4}) || groups.Are({3, 8}) ? 2 : 0;
  }

  // 138 20231130: a count and a day.
  static bool EndsInDate(const Groups& groups) {
    if (!groups.Are({3, 8}) || groups.separator != ' ') return false;
    const std::string_view day = groups.First(2).substr(3);
    return (day.starts_with("19") || day.starts_with("20")) && day.substr(4, 2) >= "01" &&
           day.substr(4, 2) <= "12" && day.substr(6) >= "01" && day.substr(6) <= "31";
  }

  // A name of a program: x_13812345678.
  bool InName(size_t begin) const {
    return !atom_.emphasised && FoldBefore(atom_.text, begin).c == '_';
  }

  std::optional<Identifier> MobileFrom(size_t skipped) const {
    const Groups groups = ReadGroups(window_, first_ + skipped, true);
    const size_t count = groups.count == 0 ? 0 : MobileGroups(groups);
    if (count == 0) return std::nullopt;
    const std::string_view mobile = groups.First(count);
    const size_t end = groups.end[count - 1];
    if (!IsMobile(mobile) || !MayEnd(atom_, end, groups.spaced(count))) return std::nullopt;
    const size_t begin = skipped == 0 ? window_.at[first_] : CountryBegin();
    const Announced announced = AnnouncedAs(atom_.text, begin, IdentifierKind::kMobile);
    if (InName(begin) || HasCurrency(atom_.text, begin) || announced == Announced::kOther) {
      return std::nullopt;
    }
    const bool doubtful = HasUnit(atom_.text, window_.at[end]) || EndsInDate(groups);
    if (doubtful && announced != Announced::kThis) return std::nullopt;
    return Identifier{begin, window_.at[end], IdentifierKind::kMobile, std::string(mobile)};
  }

  std::optional<Identifier> Mobile() const {
    bool marked = false;
    const size_t code = CountryCode(marked);
    if (code > 0 && (marked || MayBegin(atom_, false))) {
      if (auto found = MobileFrom(code)) return found;
    }
    const bool spaced = groups_.spaced(groups_.count) && groups_.length[0] < 11;
    const bool keyed =
        atom_.before == '=' &&
        AnnouncedAs(atom_.text, atom_.begin, IdentifierKind::kMobile) == Announced::kThis;
    return keyed || MayBegin(atom_, spaced) ? MobileFrom(0) : std::nullopt;
  }

  // Subscriber number from character `at`: 7 or 8 digits in one, or 3-4 and 4-4. Its end, or 0.
  size_t Subscriber(size_t at, size_t area, std::string& number) const {
    const Groups groups = ReadGroups(window_, at);
    if (groups.count == 0 || groups.digits[0] < '2' || groups.digits[0] > '8') return 0;
    for (size_t count = 1; count <= 2 && count <= groups.count; ++count) {
      const std::string_view digits = groups.First(count);
      if (digits.size() != 8 && !(digits.size() == 7 && area == 4)) continue;
      if (count == 2 && groups.length[1] != 4) continue;
      number += digits;
      return groups.end[count - 1];
    }
    return 0;
  }

  // An extension: "-801".
  size_t Extended(size_t end) const {
    if (window_.c[end] != '-') return end;
    const size_t digits = DigitsFrom(window_, end + 1);
    return digits >= 1 && digits <= 5 ? end + 1 + digits : end;
  }

  std::optional<Identifier> LandlineAt(size_t begin, size_t area_at, std::string area,
                                       bool announced) const {
    const int length = AreaCodeLength(area + std::string(window_.view(area_at).substr(0, 4)));
    if (length == 0) return std::nullopt;
    size_t at = area_at + static_cast<size_t>(length) - area.size();
    std::string number = area + std::string(window_.view(area_at).substr(0, at - area_at));
    const bool opened = FoldBefore(atom_.text, window_.at[area_at]).c == '(';
    if (opened && window_.c[at] != ')') return std::nullopt;
    const bool closed = opened && window_.c[at] == ')';
    if (closed) ++at;
    const bool divided = closed || window_.c[at] == '-' || window_.c[at] == ' ';
    if (window_.c[at] == '-' || window_.c[at] == ' ') ++at;
    size_t end = Subscriber(at, static_cast<size_t>(length), number);
    if (end == 0) return std::nullopt;
    end = Extended(end);
    if (!divided && !announced && !UndividedIsLandline(begin)) return std::nullopt;
    if (closed && begin == window_.at[area_at]) {
      begin -= FoldBefore(atom_.text, begin).width;
    }
    const bool spaced =
        window_.view(area_at).substr(0, end - area_at).find(' ') != std::string_view::npos;
    if (area.empty() && begin == atom_.begin && !MayBegin(atom_, spaced)) return std::nullopt;
    if (InName(begin) || !MayEnd(atom_, end, spaced) ||
        IsQuantity(atom_.text, begin, window_.at[end]) ||
        AnnouncedAs(atom_.text, begin, IdentifierKind::kLandline) == Announced::kOther) {
      return std::nullopt;
    }
    return Identifier{begin, window_.at[end], IdentifierKind::kLandline, std::move(number)};
  }

  // Eleven digits that begin with 0 are also what a counter with leading zeros looks like.
  bool UndividedIsLandline(size_t begin) const {
    return AnnouncedAs(atom_.text, begin, IdentifierKind::kLandline) == Announced::kThis;
  }

  std::optional<Identifier> Landline() const {
    bool marked = false;
    const size_t code = CountryCode(marked);
    if (code > 0 && marked) {
      const size_t at = first_ + code + (window_.c[first_ + code] == '(' ? 1 : 0);
      const std::string zero = window_.c[at] == '0' ? "" : "0";
      if (auto found = LandlineAt(CountryBegin(), at, zero, true)) return found;
    }
    if (window_.c[first_] != '0') return std::nullopt;
    return LandlineAt(window_.at[first_], first_, "", false);
  }

  const Atom& atom_;
  IdentifierSet kinds_;
  const Window& window_;
  size_t first_;
  Groups groups_{};
};

}  // namespace

std::optional<Identifier> MatchNumber(const Atom& atom, IdentifierSet kinds) {
  const size_t first = FirstDigit(atom);
  if (first == std::string_view::npos) return std::nullopt;
  return NumberMatcher(atom, kinds, first).Match();
}

}  // namespace siku::refine
