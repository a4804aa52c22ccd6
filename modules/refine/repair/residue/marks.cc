// Marks that were narrowed: nothing on a page says so, hence only for those who ask.
#include <algorithm>
#include <array>
#include <vector>

#include "repair/residue/findings.h"
#include "repair/residue/residue.h"
#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

constexpr double kSure = 0.99;

// ?!?! and the like; longer rows of marks are something else.
constexpr size_t kMostMarks = 4;
constexpr std::string_view kNarrow = ",.;:!?()";
constexpr std::array<std::string_view, 8> kWide = {"，", "。", "；", "：", "！", "？", "（", "）"};

bool IsMark(char32_t c) { return c < 0x80 && kNarrow.find(static_cast<char>(c)) != kNarrow.npos; }

// Chinese text, with the marks that only it has.
bool IsChinese(char32_t c) { return IsHan(c) || (IsEastAsianMark(c) && c != 0xB7); }

// A line of code or an address: its marks are no punctuation.
bool IsCode(std::string_view line) {
  return line.find("://") != line.npos || line.find('`') != line.npos ||
         line.find('{') != line.npos || line.find("();") != line.npos ||
         line.find("==") != line.npos;
}

// Where each bracket of the line has its partner; npos where it has none.
std::vector<size_t> Partners(std::string_view line) {
  std::vector<size_t> partner(line.size(), std::string_view::npos), open;
  for (size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '(') {
      open.push_back(at);
    } else if (line[at] == ')' && !open.empty()) {
      partner[at] = open.back();
      partner[open.back()] = at;
      open.pop_back();
    }
  }
  return partner;
}

class Line {
 public:
  Line(std::string_view line, size_t offset, Findings& findings)
      : line_(line), offset_(offset), findings_(findings) {}

  void Restore() {
    if (IsCode(line_)) return;
    const size_t first = line_.find_first_of(kNarrow);
    if (first == line_.npos) return;
    if (line_.find('(', first) != line_.npos) partner_ = Partners(line_);
    RestoreBrackets();
    bool in_quotes = false;
    for (size_t at = 0; at < line_.size(); ++at) {
      const char c = line_[at];
      if (c == '"') in_quotes = !in_quotes;
      if (IsCall(at)) {
        at = partner_[at];
        if (at + 1 < line_.size() && line_[at + 1] == ';') ++at;
        continue;
      }
      if (in_quotes || c == '(' || c == ')' || kNarrow.find(c) == kNarrow.npos) continue;
      if (EndsSentence(at)) Widen(at);
    }
  }

 private:
  char32_t Before(size_t at) const { return CharacterBefore(line_, at); }
  char32_t Behind(size_t at) const { return CharacterAt(line_, at + 1); }

  size_t BeforeMarks(size_t at) const {
    size_t before = at;
    while (before > 0 && at - before <= kMostMarks &&
           IsMark(static_cast<unsigned char>(line_[before - 1])) && line_[before - 1] != '(') {
      --before;
    }
    return before;
  }

  // Behind Chinese text and before it, the line's end or another mark.
  bool EndsSentence(size_t at) const {
    if (IsMark(Behind(at)) && line_[at] == '.') return false;  // ... is not three stops
    const size_t before = BeforeMarks(at);
    if (!IsChinese(CharacterBefore(line_, before)) || before == 0) return false;
    if (line_[at] == '.' && before != at && line_[at - 1] == '.') return false;
    size_t behind = at + 1;
    while (behind < line_.size() && behind - at <= kMostMarks &&
           IsMark(static_cast<unsigned char>(line_[behind])) && line_[behind] != ')') {
      ++behind;
    }
    const char32_t next = CharacterAt(line_, behind);
    if (IsChinese(next) || behind == line_.size() || next == ')' || next == '(') return true;
    return next == '"' && behind + 1 == line_.size();
  }

  // Both become full-width where one of them stands at Chinese text and what they hold is Chinese.
  void RestoreBrackets() {
    for (size_t at = 0; at < partner_.size(); ++at) {
      if (line_[at] != '(' || partner_[at] == std::string_view::npos) continue;
      const size_t close = partner_[at];
      const bool inside = IsChinese(Behind(at)) || IsChinese(Before(close));
      if (!inside || !IsChinese(CharacterBefore(line_, BeforeMarks(at)))) continue;
      Widen(at);
      Widen(close);
    }
  }

  // foo(…): its marks are no punctuation.
  bool IsCall(size_t at) const {
    return line_[at] == '(' && at > 0 && partner_[at] != std::string_view::npos &&
           (IsAsciiWord(static_cast<unsigned char>(line_[at - 1])) || line_[at - 1] == '_');
  }

  void Widen(size_t at) {
    findings_.Edit(offset_ + at, offset_ + at + 1, std::string(kWide[kNarrow.find(line_[at])]),
                   Rule::kMark, kSure);
  }

  std::string_view line_;
  size_t offset_;
  Findings& findings_;
  std::vector<size_t> partner_{};
};

}  // namespace

Repaired RestoreMarks(std::string_view text, const RepairOptions& options) {
  Findings findings(options.min_confidence);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    size_t length = end - begin;
    if (length > 0 && text[begin + length - 1] == '\r') --length;
    Line(text.substr(begin, length), begin, findings).Restore();
    begin = end + 1;
  }
  return findings.Take();
}

}  // namespace siku::refine
