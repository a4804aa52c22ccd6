#include "duplicates/folding.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "duplicates/shingles.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

#include "duplicates/folding.inc"

constexpr uint32_t kSigma = 0x3A3, kSmallSigma = 0x3C3, kFinalSigma = 0x3C2;
using CodePointList = std::vector<uint32_t>;

// Ideographs have no case, no decomposition and are in none of the classes asked for here.
bool IsHan(uint32_t c) { return c >= 0x3400 && c < 0xA000; }

// Borders are first and last members in turn: one in a stretch has an odd number of borders below
// it, or is a first one.
bool Within(std::span<const uint32_t> borders, uint32_t c) {
  const auto at = std::lower_bound(borders.begin(), borders.end(), c);
  if (at == borders.end()) return false;
  return (at - borders.begin()) % 2 == 1 || *at == c;
}

// What `c` becomes, or nothing where it stays.
std::span<const uint32_t> Mapped(std::span<const uint32_t> from, std::span<const uint16_t> place,
                                 const uint32_t* to, uint32_t c) {
  const auto at = std::lower_bound(from.begin(), from.end(), c);
  if (at == from.end() || *at != c) return {};
  const auto index = static_cast<size_t>(at - from.begin());
  return {to + place[index], to + place[index + 1]};
}

bool CasedBefore(std::span<const uint32_t> text, size_t at) {
  while (at > 0 && Within(kIgnoredByCase, text[at - 1])) --at;
  return at > 0 && Within(kCased, text[at - 1]);
}

bool CasedAfter(std::span<const uint32_t> text, size_t at) {
  while (at + 1 < text.size() && Within(kIgnoredByCase, text[at + 1])) ++at;
  return at + 1 < text.size() && Within(kCased, text[at + 1]);
}

CodePointList Lowered(const CodePointList& text) {
  CodePointList out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const uint32_t c = text[i];
    if (c < 0x80) {
      out.push_back(c >= 'A' && c <= 'Z' ? c + 32 : c);
    } else if (IsHan(c)) {
      out.push_back(c);
    } else if (c == kSigma) {
      out.push_back(CasedBefore(text, i) && !CasedAfter(text, i) ? kFinalSigma : kSmallSigma);
    } else {
      const auto became = Mapped(kLowerFrom, kLowerPlace, kLowerTo, c);
      if (became.empty()) {
        out.push_back(c);
      } else {
        out.insert(out.end(), became.begin(), became.end());
      }
    }
  }
  return out;
}

bool IsDigit(uint32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  return !IsHan(c) && Within(kDigits, c);
}

// DataTrove's NUMBERS_PATTERN: digits, then once a separator with digits behind it.
bool IsSeparator(uint32_t c) {
  constexpr std::array<uint32_t, 7> kSeparators = {'.', ',', 0x60C, 0x66B, 0x2396, 0x2397, 0x2398};
  return std::find(kSeparators.begin(), kSeparators.end(), c) != kSeparators.end();
}

CodePointList NumbersToZero(const CodePointList& text) {
  CodePointList out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      out.push_back(text[i++]);
      continue;
    }
    out.push_back('0');
    while (i < text.size() && IsDigit(text[i])) ++i;
    if (i + 1 < text.size() && IsSeparator(text[i]) && IsDigit(text[i + 1])) {
      ++i;
      while (i < text.size() && IsDigit(text[i])) ++i;
    }
  }
  return out;
}

// DataTrove's PUNCTUATION: these characters, and all control characters but the line feed.
bool IsTrovePunctuation(uint32_t c) {
  static const CodePointList kListed = [] {
    CodePointList list;
    CodePoints(
        "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»",
        list);
    std::sort(list.begin(), list.end());
    return list;
  }();
  if (c < 0x20) return c != '\t' && c != '\n';
  if (c >= 0x7F && c < 0xA0) return true;
  if (IsHan(c)) return false;
  return std::binary_search(kListed.begin(), kListed.end(), c);
}

// Each run of white space one space, none at either end.
CodePointList OneSpaced(const CodePointList& text) {
  CodePointList out;
  out.reserve(text.size());
  bool blank = false;
  for (const uint32_t c : text) {
    if (IsPythonSpace(c)) {
      blank = !out.empty();
      continue;
    }
    if (blank) out.push_back(' ');
    blank = false;
    out.push_back(c);
  }
  return out;
}

uint8_t CombiningClass(uint32_t c) {
  if (c < 0x300 || IsHan(c)) return 0;
  const auto at = std::lower_bound(std::begin(kCombining), std::end(kCombining), c);
  if (at == std::end(kCombining) || *at != c) return 0;
  return kCombiningClass[at - std::begin(kCombining)];
}

// Hangul syllables to their two or three letters: The Unicode Standard, 3.12.
void AppendHangul(uint32_t c, CodePointList& out) {
  const uint32_t index = c - 0xAC00;
  out.push_back(0x1100 + index / 588);
  out.push_back(0x1161 + index % 588 / 28);
  if (index % 28 != 0) out.push_back(0x11A7 + index % 28);
}

void AppendDecomposed(uint32_t c, CodePointList& out) {
  if (c < 0xC0 || IsHan(c)) {
    out.push_back(c);
  } else if (c >= 0xAC00 && c <= 0xD7A3) {
    AppendHangul(c, out);
  } else {
    const auto became = Mapped(kDecomposedFrom, kDecomposedPlace, kDecomposedTo, c);
    if (became.empty()) {
      out.push_back(c);
    } else {
      out.insert(out.end(), became.begin(), became.end());
    }
  }
}

// Canonical decomposition (NFD) less the marks of category Mn.
CodePointList WithoutMarks(const CodePointList& text) {
  CodePointList out;
  out.reserve(text.size());
  for (const uint32_t c : text) AppendDecomposed(c, out);
  for (size_t i = 0; i < out.size(); ++i) {
    size_t end = i;
    while (end < out.size() && CombiningClass(out[end]) != 0) ++end;
    if (end > i + 1) {
      std::stable_sort(
          out.begin() + static_cast<ptrdiff_t>(i), out.begin() + static_cast<ptrdiff_t>(end),
          [](uint32_t a, uint32_t b) { return CombiningClass(a) < CombiningClass(b); });
    }
    i = std::max(i, end);
  }
  std::erase_if(out, [](uint32_t c) { return c >= 0x300 && !IsHan(c) && Within(kMarks, c); });
  return out;
}

std::string Utf8(const CodePointList& text) {
  std::string out;
  out.reserve(text.size() * 3);
  for (const uint32_t c : text) utf8::Append(c, out);
  return out;
}

}  // namespace

std::string Lower(std::string_view text) {
  CodePointList code_points;
  CodePoints(text, code_points);
  return Utf8(Lowered(code_points));
}

std::string SimplifyText(std::string_view text) {
  CodePointList simple;
  CodePoints(text, simple);
  simple = NumbersToZero(Lowered(simple));
  for (uint32_t& c : simple) {
    if (IsTrovePunctuation(c)) c = ' ';
  }
  simple = WithoutMarks(OneSpaced(simple));
  // Marks that stood alone may leave a space at either end.
  const auto space = [](uint32_t c) { return IsPythonSpace(c); };
  const auto begin = std::find_if_not(simple.begin(), simple.end(), space);
  const auto end = std::find_if_not(simple.rbegin(), simple.rend(), space).base();
  return begin < end ? Utf8(CodePointList(begin, end)) : std::string();
}

bool IsPythonSpace(char32_t c) { return !IsHan(c) && Within(kSpaces, c); }

bool IsPunctuation(char32_t c) { return !IsHan(c) && Within(kPunctuation, c); }

void SplitAtPunctuation(std::string_view text, std::vector<std::string_view>& out) {
  out.clear();
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    if (!IsPunctuation(utf8::Next(text, at))) continue;
    out.push_back(text.substr(begin, here - begin));
    begin = at;
  }
  out.push_back(text.substr(begin));
}

void SplitAtSpaces(std::string_view text, std::vector<std::string_view>& out) {
  out.clear();
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace siku::refine::duplicates
