#include "repair/residue/invisible.h"

#include <algorithm>

#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

constexpr double kSure = 0.99;
constexpr double kDoubtful = 0.6;

enum class Kind {
  kNone,
  kSpace,     // ZERO WIDTH SPACE, WORD JOINER, a BOM inside
  kHyphen,    // SOFT HYPHEN
  kJoiner,    // ZWNJ, ZWJ
  kMark,      // of direction
  kOverride,  // of direction: they change what is seen
  kOperator,  // of mathematics
};

Kind KindOf(char32_t c) {
  switch (c) {
    case 0x200B:
    case 0x2060:
    case 0xFEFF:
      return Kind::kSpace;
    case 0xAD:
      return Kind::kHyphen;
    case 0x200C:
    case 0x200D:
      return Kind::kJoiner;
    case 0x200E:
    case 0x200F:
    case 0x202A:
    case 0x202B:
    case 0x202C:
    case 0x2066:
    case 0x2067:
    case 0x2068:
    case 0x2069:
      return Kind::kMark;
    case 0x202D:
    case 0x202E:
      return Kind::kOverride;
    case 0x2061:
    case 0x2062:
    case 0x2063:
    case 0x2064:
      return Kind::kOperator;
    default:
      return Kind::kNone;
  }
}

// ASCII, Latin with its marks, East Asian text and what both have: scripts that join nothing and
// break lines at blanks or anywhere.
bool IsPlain(char32_t c) {
  return (c < 0x250 && c != 0xAD) || IsEastAsian(c) || (c >= 0x2010 && c <= 0x2027) ||
         (c >= 0x2030 && c <= 0x205E) || (c >= 0x2100 && c <= 0x22FF) ||
         (c >= 0x2460 && c <= 0x24FF);
}

// The nearest characters that can be seen.
struct Between {
  char32_t left, right;
};

bool MeansNothing(Kind kind, const Between& between) {
  const char32_t left = between.left, right = between.right;
  if (!IsPlain(left) || !IsPlain(right)) return false;
  const bool east_asian = IsEastAsian(left) || IsEastAsian(right);
  switch (kind) {
    case Kind::kSpace:
    case Kind::kJoiner:
      return east_asian || IsLineEnd(left) || IsLineEnd(right);
    case Kind::kHyphen:
    case Kind::kMark:
    case Kind::kOverride:
    case Kind::kOperator:
      return east_asian;
    case Kind::kNone:
      return false;
  }
  return false;
}

// “​”: what the text shows.
bool Shown(char32_t left, char32_t right) {
  constexpr std::u32string_view kOpening = U"\"'`“‘「『（([";
  constexpr std::u32string_view kClosing = U"\"'`”’」』）)]";
  const size_t at = kOpening.find(left);
  return at != std::u32string_view::npos && kClosing[at] == right;
}

bool HasRightToLeft(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    // U+0590 to U+08FF begin with D6 to E0; the others with EF or F0.
    if (byte < 0xD6 || (byte > 0xE0 && byte < 0xEF)) {
      at += byte < 0xE0 ? (byte < 0x80 ? 1 : 2) : 3;
      continue;
    }
    if (IsRightToLeft(utf8::Next(text, at))) return true;
  }
  return false;
}

// First bytes of all kinds: C2 AD, E2 80 / E2 81, EF BB BF.
bool MayBeInvisible(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const auto next = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
  return (byte == 0xC2 && next == 0xAD) || (byte == 0xE2 && (next == 0x80 || next == 0x81)) ||
         (byte == 0xEF && next == 0xBB);
}

size_t NextInvisible(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0xC2 || (byte != 0xC2 && byte != 0xE2 && byte != 0xEF)) continue;
    if (!MayBeInvisible(text, at)) continue;
    if (KindOf(CharacterAt(text, at)) != Kind::kNone) return at;
  }
  return text.size();
}

}  // namespace

void RemoveInvisible(std::string_view text, Findings& findings) {
  int right_to_left = -1;  // not yet known
  for (size_t begin = NextInvisible(text, 0); begin < text.size();) {
    // All that stand together have the same neighbours.
    size_t end = begin;
    for (size_t next = begin; next < text.size();) {
      if (KindOf(utf8::Next(text, next)) == Kind::kNone) break;
      end = next;
    }
    const Between between{CharacterBefore(text, begin), CharacterAt(text, end)};
    const bool shown = Shown(between.left, between.right);
    for (size_t at = begin; at < end && !shown;) {
      const size_t here = at;
      const Kind kind = KindOf(utf8::Next(text, at));
      // A BOM at the very beginning is the reader's matter.
      if (here == 0 && at == 3 && text[0] == '\xEF') continue;
      if (!MeansNothing(kind, between)) continue;
      const bool of_direction = kind == Kind::kMark || kind == Kind::kOverride;
      if (of_direction && right_to_left < 0) right_to_left = HasRightToLeft(text) ? 1 : 0;
      if (of_direction && right_to_left == 1) continue;
      findings.Edit(here, at, "", Rule::kInvisible, kind == Kind::kOverride ? kDoubtful : kSure);
    }
    begin = NextInvisible(text, end);
  }
}

namespace {

bool IsControl(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F || (c >= 0x80 && c < 0xA0);
}

constexpr char32_t kBackspace = 0x08, kLineTab = 0x0B, kFormFeed = 0x0C, kEscape = 0x1B,
                   kNextLine = 0x85;

size_t NextControl(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte != 0x7F && byte != 0xC2) continue;
    if (IsControl(CharacterAt(text, at))) return at;
  }
  return text.size();
}

struct ControlCounts {
  size_t escapes = 0;  // that begin a sequence of a terminal
  size_t struck = 0;   // letters printed over each other
  size_t fields = 0;   // ^A, FS, GS, RS, US
  size_t others = 0;
};

bool SeparatesFields(char32_t c) { return c == 0x01 || (c >= 0x1C && c <= 0x1F); }

ControlCounts CountControls(std::string_view text) {
  ControlCounts counts;
  for (size_t at = NextControl(text, 0); at < text.size(); at = NextControl(text, at + 1)) {
    const char32_t c = CharacterAt(text, at);
    const char32_t next = CharacterAt(text, at + BytesOf(c));
    if (c == kEscape && (next == '[' || next == ']' || next == '(' || next == '#')) {
      ++counts.escapes;
    } else if (c == kBackspace && at > 0 &&
               (text[at - 1] == '_' || CharacterBefore(text, at) == next)) {
      ++counts.struck;
    } else if (SeparatesFields(c)) {
      ++counts.fields;
    } else if (c != kFormFeed && c != kLineTab && c != kNextLine) {
      ++counts.others;
    }
  }
  return counts;
}

// Every line that has separators has as many of them: a table of some program.
bool IsTable(std::string_view text) {
  size_t lines = 0, each = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const auto count = static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
      return SeparatesFields(static_cast<unsigned char>(c));
    }));
    if (count == 0 || (lines > 0 && count != each)) return false;
    each = count;
    ++lines;
    begin = end + 1;
  }
  return lines >= 2 || each >= 3;
}

}  // namespace

void RemoveControls(std::string_view text, Findings& findings) {
  size_t at = NextControl(text, 0);
  if (at >= text.size()) return;
  const ControlCounts counts = CountControls(text);
  if (counts.escapes > 0 || counts.struck > 0) return;  // of a terminal or printer
  const bool table = counts.fields > 0 && IsTable(text);
  const bool has_lines = text.find('\n') != std::string_view::npos;
  while (at < text.size()) {
    const char32_t left = CharacterBefore(text, at);
    size_t end = at;
    bool breaks = false, separates = false, next_line = false;
    for (size_t next = at; next < text.size();) {
      const char32_t c = utf8::Next(text, next);
      if (!IsControl(c)) break;
      breaks = breaks || c == kFormFeed || c == kLineTab || c == kNextLine;
      next_line = next_line || c == kNextLine;
      separates = separates || SeparatesFields(c);
      end = next;
    }
    const char32_t right = CharacterAt(text, end);
    const bool prose = IsEastAsian(left) || IsEastAsian(right);
    double confidence = kSure;
    if (!prose || (separates && table)) {
      confidence = kDoubtful;
    } else if (breaks && counts.others == 0) {
      confidence = 0;  // a page or line ends there: nothing else speaks of damage
    }
    if (next_line && !has_lines && confidence == 0) {
      findings.Edit(at, end, "\n", Rule::kLineEnd, kDoubtful);
    } else if (confidence > 0) {
      findings.Edit(at, end, "", Rule::kControl, confidence);
    }
    at = NextControl(text, end);
  }
}

namespace {

// A row of a table in a file of commas or tabs, which ends its rows as it likes (RFC 4180: CR LF).
bool EndsTableRow(std::string_view text, size_t at) {
  constexpr size_t kLongest = 400;
  size_t begin = at;
  while (begin > 0 && at - begin < kLongest && text[begin - 1] != '\n' && text[begin - 1] != '\r') {
    --begin;
  }
  const std::string_view row = text.substr(begin, at - begin);
  const auto separators = std::count_if(row.begin(), row.end(),
                                        [](char c) { return c == ',' || c == '\t' || c == '|'; });
  return separators >= 2 && row.find("。") == row.npos && row.find("，") == row.npos;
}

}  // namespace

void UnifyLineEnds(std::string_view text, Findings& findings) {
  if (text.find('\r') == std::string_view::npos) return;
  constexpr size_t kMostReturns = 3;
  size_t feeds = 0, returns = 0, both = 0;
  const auto each = [&](const auto& visit) {
    for (size_t at = text.find_first_of("\r\n"); at != std::string_view::npos;
         at = text.find_first_of("\r\n", at)) {
      size_t end = at + 1;
      // Some programs give CR CR LF for one end.
      size_t last = at;
      while (last < text.size() && last - at < kMostReturns && text[last] == '\r') ++last;
      if (last > at && last < text.size() && text[last] == '\n') end = last + 1;
      visit(at, end);
      at = end;
    }
  };
  size_t blocks = 0;  // rows of CR LF without another kind between
  bool in_block = false;
  each([&](size_t at, size_t end) {
    blocks += end - at == 2 && !in_block;
    in_block = end - at == 2;
    if (end - at > 1) {
      ++both;
    } else {
      ++(text[at] == '\r' ? returns : feeds);
    }
  });
  if ((feeds > 0) + (returns > 0) + (both > 0) < 2) return;
  // One end of another kind in a whole text is a slip; where kinds are mixed, the plainest stays.
  constexpr size_t kMost = 10;
  const size_t all = feeds + returns + both;
  // A part that came from elsewhere as a whole, such as a table.
  const bool block = blocks == 1 && both >= 2 && both < feeds && returns == 0;
  const std::string_view most = (all - both) * kMost <= all ? "\r\n" : "\n";
  each([&](size_t at, size_t end) {
    if (text.substr(at, end - at) == most) return;
    // Programs write over their line by a lone return.
    const bool returns_only = end - at == 1 && text[at] == '\r';
    const bool sure = !returns_only || IsEastAsian(CharacterBefore(text, at)) ||
                      IsEastAsian(CharacterAt(text, end));
    if (end - at == 2 && (block || EndsTableRow(text, at))) return;
    findings.Edit(at, end, std::string(most), Rule::kLineEnd, sure ? kSure : kDoubtful);
  });
}

}  // namespace siku::refine
