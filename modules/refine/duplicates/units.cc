#include "duplicates/units.h"

#include <algorithm>
#include <string_view>

#include "duplicates/folding.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

bool IsBlank(char32_t c) { return IsPythonSpace(c) || c == 0xFEFF || c == 0x200B; }

// The part of [begin, end) between its blanks.
Span Trimmed(std::string_view text, Span whole) {
  Span core{whole.end, whole.end};
  for (auto at = static_cast<size_t>(whole.begin); at < static_cast<size_t>(whole.end);) {
    const auto here = static_cast<int64_t>(at);
    if (IsBlank(utf8::Next(text, at))) continue;
    if (core.begin == whole.end) core.begin = here;
    core.end = static_cast<int64_t>(at);
  }
  return core;
}

bool LongEnough(std::string_view text, Span core, int shortest) {
  const auto bytes = core.end - core.begin;
  if (bytes == 0 || bytes < shortest) return false;
  return utf8::Length(text.substr(static_cast<size_t>(core.begin), static_cast<size_t>(bytes))) >=
         static_cast<size_t>(shortest);
}

int64_t LineEnd(std::string_view text, int64_t begin) {
  const size_t at = text.find('\n', static_cast<size_t>(begin));
  return static_cast<int64_t>(at == std::string_view::npos ? text.size() : at + 1);
}

bool EndsSentence(char32_t c) {
  return c == U'。' || c == U'！' || c == U'？' || c == U'…' || c == U'!' || c == U'?' ||
         c == U'｡' || c == U'．';
}

bool Closes(char32_t c) {
  constexpr std::u32string_view kClosing = U"”’」』）)]】》〉\"'";
  return EndsSentence(c) || kClosing.find(c) != std::u32string_view::npos;
}

bool BlankAt(std::string_view text, size_t at) {
  return at == text.size() || IsBlank(utf8::Next(text, at));
}

}  // namespace

void Lines(std::string_view text, int shortest, std::vector<Unit>& units) {
  units.clear();
  const auto size = static_cast<int64_t>(text.size());
  for (int64_t begin = 0; begin < size;) {
    const Span whole{begin, LineEnd(text, begin)};
    const Span core = Trimmed(text, whole);
    if (LongEnough(text, core, shortest)) units.push_back({whole, core});
    begin = whole.end;
  }
}

void Paragraphs(std::string_view text, int shortest, std::vector<Unit>& units) {
  units.clear();
  const auto size = static_cast<int64_t>(text.size());
  Unit unit;
  bool ended = true;  // a blank line has come since
  const auto finish = [&] {
    if (LongEnough(text, unit.core, shortest)) units.push_back(unit);
  };
  for (int64_t begin = 0; begin < size;) {
    const Span line{begin, LineEnd(text, begin)};
    const Span core = Trimmed(text, line);
    const bool blank = core.begin == core.end;
    if (!blank && ended) {
      finish();
      unit = {line, core};
    } else {
      unit.whole.end = line.end;
      if (!blank) unit.core.end = core.end;
    }
    ended = blank;
    begin = line.end;
  }
  finish();
}

void SentenceEnds(std::string_view text, std::vector<int64_t>& ends) {
  ends.clear();
  for (size_t at = 0; at < text.size();) {
    const char32_t c = utf8::Next(text, at);
    const bool stop = EndsSentence(c) || (c == U'.' && BlankAt(text, at));
    if (stop) {
      for (size_t next = at; at < text.size(); at = next) {
        if (!Closes(utf8::Next(text, next))) break;
      }
    }
    if (stop || c == U'\n') ends.push_back(static_cast<int64_t>(at));
  }
  const auto size = static_cast<int64_t>(text.size());
  if (ends.empty() || ends.back() != size) ends.push_back(size);
}

std::vector<Span> WholeSentences(std::string_view text, const std::vector<Span>& spans) {
  std::vector<Span> whole;
  if (spans.empty()) return whole;
  std::vector<int64_t> ends = {0};
  std::vector<int64_t> found;
  SentenceEnds(text, found);
  ends.insert(ends.end(), found.begin(), found.end());
  for (const Span& span : spans) {
    const auto begin = std::lower_bound(ends.begin(), ends.end(), span.begin);
    const auto beyond = std::upper_bound(ends.begin(), ends.end(), span.end);
    if (begin == ends.end() || beyond == ends.begin() || *begin >= *(beyond - 1)) continue;
    whole.push_back({*begin, *(beyond - 1)});
  }
  return whole;
}

bool AnythingLeft(std::string_view text, const std::vector<Span>& spans) {
  size_t next = 0;
  for (size_t at = 0; at < text.size();) {
    if (next < spans.size() && static_cast<int64_t>(at) == spans[next].begin) {
      at = static_cast<size_t>(spans[next++].end);
      continue;
    }
    if (!IsBlank(utf8::Next(text, at))) return true;
  }
  return false;
}

}  // namespace siku::refine::duplicates
