#include "identifiers/identifiers.h"

#include <array>

#include "identifiers/candidates.h"

namespace siku::refine {
namespace {

// Bytes at which an identifier may show: a digit, an @, and the lead byte of full-width forms.
constexpr std::array<bool, 256> kTriggers = [] {
  std::array<bool, 256> triggers{};
  for (int c = '0'; c <= '9'; ++c) triggers[static_cast<size_t>(c)] = true;
  triggers[static_cast<size_t>('@')] = true;
  triggers[0xEF] = true;
  return triggers;
}();

class Scanner {
 public:
  Scanner(std::string_view text, IdentifierSet kinds, std::vector<Identifier>& found)
      : text_(text), kinds_(kinds), found_(found) {}

  void Scan() {
    while (NextTrigger()) {
      const Folded folded = FoldAt(text_, at_);
      if (folded.c == '@') {
        if (!AtSign(at_)) at_ += folded.width;
      } else if (IsDigit(folded.c)) {
        AtDigit();
      } else {
        at_ += folded.width;
      }
    }
  }

 private:
  bool NextTrigger() {
    while (at_ < text_.size() && !kTriggers[static_cast<uint8_t>(text_[at_])]) ++at_;
    return at_ < text_.size();
  }

  bool Take(std::optional<Identifier> identifier) {
    if (!identifier.has_value()) return false;
    at_ = floor_ = last_end_ = identifier->end;
    found_.push_back(*std::move(identifier));
    return true;
  }

  bool AtSign(size_t sign) {
    return kinds_.Has(IdentifierKind::kEmail) && Take(MatchEmail(text_, sign, floor_));
  }

  // The byte where the letters begin that stand straight before the digit at hand.
  size_t AtomBegin() const {
    size_t begin = at_;
    while (begin > floor_) {
      const Folded before = FoldBefore(text_, begin);
      if (!IsLetter(before.c)) break;
      begin -= before.width;
    }
    return begin;
  }

  // The @ behind the characters of a local part that the atom begins; npos: none. What was looked
  // through once is not looked through again.
  size_t SignBehind(size_t begin) {
    if (begin < without_sign_) return std::string_view::npos;
    size_t at = begin;
    for (size_t length = 0; length <= kMaxLocal; ++length) {
      const Folded folded = FoldAt(text_, at, Hidden::kPassedOver);
      if (folded.c == '@') return at + folded.width - FoldBefore(text_, at + folded.width).width;
      if (!IsLocalPart(folded.c)) {
        without_sign_ = at;
        break;
      }
      at += folded.width;
    }
    return std::string_view::npos;
  }

  // Behind all letters and digits from `begin` on.
  size_t AtomEnd(size_t begin, size_t& length, Hidden hidden) const {
    size_t end = begin;
    for (length = 0;; ++length) {
      const Folded folded = FoldAt(text_, end, hidden);
      if (!IsAlphanumeric(folded.c)) return end;
      end += folded.width;
    }
  }

  bool FollowsFound(size_t begin) const {
    if (last_end_ == 0) return false;
    return last_end_ == begin || last_end_ + FoldBefore(text_, begin).width == begin;
  }

  void AtDigit() {
    const size_t begin = AtomBegin();
    if (kinds_.Has(IdentifierKind::kEmail)) {
      const size_t sign = SignBehind(begin);
      if (sign != std::string_view::npos && AtSign(sign)) return;
    }
    size_t length = 0;
    const size_t end = AtomEnd(begin, length, Hidden::kBorder);
    bool hides = HiddenAt(text_, end) > 0;
    if (TakeAtom(begin, Hidden::kPassedOver, hides)) return;
    // What has no width may also part a number from what follows.
    if (!hides || !TakeAtom(begin, Hidden::kBorder, hides)) at_ = floor_ = end;
  }

  // `hides`: something of no width was met.
  bool TakeAtom(size_t begin, Hidden hidden, bool& hides) {
    size_t length = 0;
    const size_t end = AtomEnd(begin, length, hidden);
    if (length > Window::kLength || !MayBegin(begin, end, length, hidden)) return false;
    const Window window(text_, begin, hidden);
    hides = hides || window.hides;
    return AtAtom(begin, length, window);
  }

  // Looks at lengths and neighbours alone: most numbers of a text are years and counts.
  bool MayBegin(size_t begin, size_t end, size_t length, Hidden hidden) const {
    if (length >= 8) return true;
    const Folded behind = FoldAt(text_, end, hidden);
    if (behind.c == ')' || behind.c == ':') return true;
    const char next = FoldAt(text_, end + behind.width, hidden).c;
    const bool joins = behind.c == '-' || behind.c == ' ' || behind.c == '.';
    if (joins && (IsDigit(next) || next == '(' || next == '-')) return true;
    if (length < 4) return FoldBefore(text_, begin).c == ':';
    return IsLetter(FoldAt(text_, begin).c) || FoldBefore(text_, begin).c != 0 ||
           (length == 5 && ArmedPoliceHead(text_, begin) != std::string_view::npos);
  }

  // As many underscores on either side, and no name around them; a country code belongs to what is
  // between them.
  bool IsEmphasised(size_t begin, const Window& window) const {
    for (const char sign : {'+', '('}) {
      const Folded folded = FoldBefore(text_, begin);
      if (folded.c == sign) begin -= folded.width;
    }
    size_t before = 0;
    while (before < begin && text_[begin - before - 1] == '_') ++before;
    if (before == 0 || IsAlphanumeric(FoldBefore(text_, begin - before).c)) return false;
    const std::string_view view = window.view();
    const size_t close = view.find('_');
    if (close == std::string_view::npos) return false;
    const size_t end = std::min(view.find_first_not_of('_', close), view.size());
    return end - close == before && !IsAlphanumeric(window.c[end]);
  }

  bool AtAtom(size_t begin, size_t length, const Window& window) {
    const Folded before = FoldBefore(text_, begin);
    const Folded that = FoldBefore(text_, begin - before.width);
    const Atom atom{text_,
                    begin,
                    length,
                    window,
                    before.c,
                    that.c,
                    FollowsFound(begin),
                    IsEmphasised(begin, window)};
    if (kinds_.Has(IdentifierKind::kIpAddress) && Take(MatchIpAddress(atom, last_end_))) {
      return true;
    }
    return Take(MatchNumber(atom, kinds_)) || Take(MatchCode(atom, kinds_));
  }

  std::string_view text_;
  IdentifierSet kinds_;
  std::vector<Identifier>& found_;
  size_t at_ = 0;
  size_t floor_ = 0;         // behind the last atom
  size_t last_end_ = 0;      // behind the last identifier
  size_t without_sign_ = 0;  // no @ ends a local part before it
};

}  // namespace

std::string_view IdentifierName(IdentifierKind kind) {
  constexpr std::array<std::string_view, kIdentifierKinds> kNames = {
      "resident_id", "old_resident_id", "mobile",      "landline", "bank_card",
      "plate",       "passport",        "credit_code", "email",    "ip_address"};
  return kNames[static_cast<size_t>(kind)];
}

void FindIdentifiers(std::string_view text, IdentifierSet kinds, std::vector<Identifier>& found) {
  Scanner(text, kinds, found).Scan();
}

}  // namespace siku::refine
