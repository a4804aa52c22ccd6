// Addresses of mailboxes and machines.
#include <algorithm>
#include <array>

#include "identifiers/candidates.h"
#include "identifiers/context.h"

namespace siku::refine {
namespace {

constexpr size_t kMaxDomain = 255;
constexpr size_t kMaxAddress = 45;  // an IPv6 address with an IPv4 one in it

bool IsDomain(char c) { return IsAlphanumeric(c) || c == '-' || c == '.'; }

// `@2x.png`, the names of images for dense screens.
bool IsDensity(std::string_view domain) {
  const size_t dot = domain.find('.');
  const std::string_view label = domain.substr(0, dot);
  return label.size() >= 2 && label.size() <= 3 && Lower(label.back()) == 'x' &&
         IsDigit(label.front());
}

// Labels of letters, digits and inner hyphens; the last one of two letters at least.
bool IsDomainName(std::string_view domain) {
  size_t labels = 0;
  for (size_t at = 0; at <= domain.size(); ++labels) {
    const size_t end = std::min(domain.find('.', at), domain.size());
    const std::string_view label = domain.substr(at, end - at);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    at = end + 1;
  }
  const std::string_view last = domain.substr(domain.rfind('.') + 1);
  return labels >= 2 && last.size() >= 2 && last.size() <= 24 &&
         std::all_of(last.begin(), last.end(), IsLetter) && !IsDensity(domain);
}

struct Part {
  std::string text{};
  size_t end = 0;  // byte, of the local part its begin
};

Part LocalBefore(std::string_view text, size_t sign, size_t floor) {
  Part part{{}, sign};
  while (part.end > floor && part.text.size() < kMaxLocal) {
    size_t end = part.end;
    while (const size_t width = HiddenBefore(text, end)) end -= width;
    const Folded before = FoldBefore(text, end);
    if (end <= floor || !IsLocalPart(before.c)) break;
    part.text += before.c;
    part.end = end - before.width;
  }
  std::reverse(part.text.begin(), part.text.end());
  while (!part.text.empty() && !IsAlphanumeric(part.text.front()) && part.text.front() != '_') {
    part.text.erase(0, 1);
    part.end += FoldAt(text, part.end, Hidden::kPassedOver).width;
  }
  return part;
}

bool IsHan(std::string_view character) {
  // U+4E00 to U+9FFF.
  return character.size() == 3 && character >= "\xE4\xB8\x80" && character <= "\xE9\xBF\xBF";
}

// RFC 6531 has mailboxes with Chinese names. A sentence runs into them without a border: of it the
// words before a name do not count, and a longer run is none.
Part HanLocalBefore(std::string_view text, size_t sign, size_t floor) {
  constexpr size_t kMostHan = 10;
  constexpr std::string_view kBeforeName[] = {"邮箱", "邮件", "地址", "发至", "发到", "发给",
                                              "联系", "给",   "至",   "到",   "为",   "是"};
  constexpr std::string_view kOfSites[] = {"转自", "来自", "来源", "关注", "微博",  "回复",
                                           "转发", "谢谢", "感谢", "摘自", "来源于"};
  Part part{{}, sign};
  size_t begin = sign;
  for (size_t n = 0; begin >= floor + 3 && IsHan(text.substr(begin - 3, 3)); begin -= 3) {
    if (++n > kMostHan) break;
  }
  std::string_view run = text.substr(begin, sign - begin);
  for (const std::string_view word : kBeforeName) {
    const size_t at = run.rfind(word);
    if (at != std::string_view::npos) run.remove_prefix(at + word.size());
  }
  const bool of_site = std::any_of(std::begin(kOfSites), std::end(kOfSites),
                                   [&](std::string_view word) { return run.ends_with(word); });
  if (of_site || run.size() > kMostHan * 3) return part;
  return {std::string(run), sign - run.size()};
}

Part DomainFrom(std::string_view text, size_t begin) {
  Part part{{}, begin};
  while (part.text.size() < kMaxDomain) {
    const Folded next = FoldAt(text, part.end, Hidden::kPassedOver);
    // Something else begins.
    if (IsUpper(next.c) && HiddenAt(text, part.end) > 0 && IsDomainName(part.text)) break;
    if (!IsDomain(next.c)) break;
    part.text += Lower(next.c);
    part.end += next.width;
  }
  while (!part.text.empty() && !IsAlphanumeric(part.text.back())) {
    part.text.pop_back();
    part.end -= FoldBefore(text, part.end).width;
  }
  return part;
}

// Octets of a dotted address at `at`; moves behind it.
bool ReadIpv4(std::string_view text, size_t& at, std::array<int, 4>& octets) {
  for (size_t i = 0; i < octets.size(); ++i) {
    if (i > 0 && (at >= text.size() || text[at++] != '.')) return false;
    const size_t begin = at;
    int value = 0;
    while (at < text.size() && IsDigit(text[at]) && at - begin < 4)
      value = value * 10 + (text[at++] - '0');
    if (at == begin || value > 255 || (at - begin > 1 && text[begin] == '0')) return false;
    octets[i] = value;
  }
  return true;
}

// Addresses that tell no machine apart.
bool TellsNothing(const std::array<int, 4>& octets) {
  return octets[0] == 0 || octets[0] == 127 || octets[0] > 239;
}

bool NumbersASection(const std::array<int, 4>& octets) {
  return std::all_of(octets.begin(), octets.end(), [](int v) { return v < 10; });
}

std::optional<Identifier> MatchIpv4(const Atom& atom) {
  if (!IsDigit(atom.window.c[0])) return std::nullopt;
  std::array<int, 4> octets{};
  size_t at = 0;
  const std::string_view view = atom.window.view();
  if (!ReadIpv4(view, at, octets) || TellsNothing(octets)) return std::nullopt;
  const char behind = atom.window.c[at];
  if (IsAlphanumeric(behind) || (behind == '_' && !atom.emphasised)) return std::nullopt;
  if ((behind == '.' || behind == '-') && IsAlphanumeric(atom.window.c[at + 1]))
    return std::nullopt;
  const bool joined =
      (atom.before == '.' || atom.before == '-') && IsAlphanumeric(atom.before_that);
  if (joined || (atom.before == '_' && !atom.emphasised)) return std::nullopt;
  const Announced announced = AnnouncedAs(atom.text, atom.begin, IdentifierKind::kIpAddress);
  if (announced == Announced::kOther) return std::nullopt;
  if (NumbersASection(octets) && announced != Announced::kThis) return std::nullopt;
  return Identifier{atom.begin, atom.window.at[at], IdentifierKind::kIpAddress,
                    std::string(view.substr(0, at))};
}

bool IsHex(char c) { return IsDigit(c) || (Lower(c) >= 'a' && Lower(c) <= 'f'); }

// RFC 4291, 2.2. `plain`: groups of four digits at most and colons, lower case.
bool IsIpv6(std::string_view plain) {
  size_t groups = 0, gaps = 0, longest = 0;
  for (size_t at = 0; at < plain.size();) {
    if (plain.substr(at).starts_with("::")) {
      ++gaps;
      at += 2;
      continue;
    }
    if (plain[at] == ':') {
      if (at == 0 || at + 1 == plain.size()) return false;
      ++at;
    }
    const size_t begin = at;
    while (at < plain.size() && IsHex(plain[at])) ++at;
    if (at == begin || at - begin > 4) return false;
    longest = std::max(longest, at - begin);
    ++groups;
  }
  if (plain.find(":::") != std::string_view::npos || gaps > 1) return false;
  if (gaps == 0) return groups == 8 && longest >= 3;
  // `a::b` names things in programs; addresses in use begin with 2…, 3…, fc…, fd… or fe8….
  const bool in_use =
      plain.find(':') == 4 && (plain[0] == '2' || plain[0] == '3' || plain.starts_with("fc") ||
                               plain.starts_with("fd") || plain.starts_with("fe8"));
  return groups >= 2 && groups <= 7 && in_use;
}

std::optional<Identifier> MatchIpv6(const Atom& atom, size_t floor) {
  size_t begin = atom.begin;
  std::string before;
  while (begin > floor && before.size() < kMaxAddress) {
    const Folded folded = FoldBefore(atom.text, begin);
    if (folded.c != ':' && !IsHex(folded.c)) break;
    before += Lower(folded.c);
    begin -= folded.width;
  }
  std::string plain(before.rbegin(), before.rend());
  size_t at = 0;
  while (plain.size() <= kMaxAddress && (atom.window.c[at] == ':' || IsHex(atom.window.c[at]))) {
    plain += Lower(atom.window.c[at++]);
  }
  // A label before it: "IPv6:2001:db8::1".
  while (plain.starts_with(':') && !plain.starts_with("::")) {
    plain.erase(0, 1);
    begin += FoldAt(atom.text, begin).width;
  }
  const char behind = atom.window.c[at];
  if (IsAlphanumeric(behind) || behind == '_' || IsAlphanumeric(FoldBefore(atom.text, begin).c) ||
      plain.find(':') == std::string::npos || !IsIpv6(plain)) {
    return std::nullopt;
  }
  return Identifier{begin, atom.window.at[at], IdentifierKind::kIpAddress, std::move(plain)};
}

}  // namespace

bool IsLocalPart(char c) {
  return IsAlphanumeric(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

std::optional<Identifier> MatchEmail(std::string_view text, size_t sign, size_t floor) {
  Part local = LocalBefore(text, sign, floor);
  if (local.text.empty()) local = HanLocalBefore(text, sign, floor);
  if (local.text.empty() || local.text.back() == '.' ||
      local.text.find("..") != std::string::npos) {
    return std::nullopt;
  }
  // `git@host:path` is how repositories are addressed.
  if (local.text == "git") return std::nullopt;
  const Part domain = DomainFrom(text, sign + FoldAt(text, sign).width);
  if (!IsDomainName(domain.text)) return std::nullopt;
  std::string address = local.text;
  std::transform(address.begin(), address.end(), address.begin(), Lower);
  address += '@' + domain.text;
  return Identifier{local.end, domain.end, IdentifierKind::kEmail, std::move(address)};
}

std::optional<Identifier> MatchIpAddress(const Atom& atom, size_t floor) {
  const char behind = atom.window.c[atom.length];
  if (behind == '.') return MatchIpv4(atom);
  return behind == ':' || atom.before == ':' ? MatchIpv6(atom, floor) : std::nullopt;
}

}  // namespace siku::refine
