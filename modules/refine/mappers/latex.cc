#include "mappers/latex.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "siku/utf8.h"
#include "statistics/characters.h"

namespace siku::refine::mappers {
namespace {

constexpr size_t kNone = std::string_view::npos;

bool IsAsciiAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// \s of their regular expressions: White_Space, without U+001C to U+001F.
size_t SkipSpace(std::string_view text, size_t at) {
  while (at < text.size()) {
    size_t next = at;
    const char32_t c = utf8::Next(text, next);
    if (!statistics::Characters::Get().is(c, statistics::kSpace) || (c >= 0x1C && c <= 0x1F)) break;
    at = next;
  }
  return at;
}

size_t LineEnd(std::string_view text, size_t at) {
  return std::min(text.find('\n', at), text.size());
}

// ---- headings

constexpr std::array<std::string_view, 7> kHeadings = {
    "chapter", "part", "section", "subsection", "subsubsection", "paragraph", "subparagraph"};

// Where in the whole text things stand last: what follows a heading may be anywhere behind it.
struct LastPlaces {
  size_t brace = kNone;    // }
  size_t bracket = kNone;  // ]{ with a } behind it
};

LastPlaces FindLastPlaces(std::string_view text) {
  LastPlaces last{.brace = text.rfind('}')};
  if (last.brace != kNone && last.brace >= 2) last.bracket = text.rfind("]{", last.brace - 2);
  return last;
}

bool IsAtOrBehind(size_t place, size_t at) { return place != kNone && place >= at; }

// `at` is behind a backslash.
bool IsHeading(std::string_view text, size_t at, const LastPlaces& last) {
  for (const std::string_view word : kHeadings) {
    if (!text.substr(at).starts_with(word)) continue;
    size_t next = at + word.size();
    if (next < text.size() && text[next] == '*') ++next;
    if (next == text.size()) continue;
    if (text[next] == '{' && IsAtOrBehind(last.brace, next + 1)) return true;
    if (text[next] == '[' && IsAtOrBehind(last.bracket, next + 1)) return true;
  }
  return false;
}

// ---- macros

struct Macro {
  std::string name;  // with its backslash
  std::string value;
};

// `\name` at `at`; the place behind it, or none.
size_t NameEnd(std::string_view text, size_t at) {
  if (at >= text.size() || text[at] != '\\') return kNone;
  size_t end = at + 1;
  while (end < text.size() && IsAsciiAlnum(text[end])) ++end;
  return end > at + 1 ? end : kNone;
}

// The value that begins at `at` and ends with the last brace of its line; the place behind it, or
// none.
size_t ValueEnd(std::string_view text, size_t at) {
  const size_t end = LineEnd(text, at);
  return end > at && text[end - 1] == '}' ? end : kNone;
}

bool Takes(std::string_view text, size_t& at, std::string_view expected) {
  if (!text.substr(std::min(at, text.size())).starts_with(expected)) return false;
  at += expected.size();
  return true;
}

// Each reads a definition at `at`; the place behind it, or none.
size_t ReadNewCommand(std::string_view text, size_t at, Macro& macro) {
  if (!Takes(text, at, "\\newcommand")) return kNone;
  (void)Takes(text, at, "*");
  if (!Takes(text, at, "{")) return kNone;
  const size_t name_end = NameEnd(text, at);
  if (name_end == kNone) return kNone;
  macro.name = text.substr(at, name_end - at);
  at = name_end;
  if (!Takes(text, at, "}{")) return kNone;
  const size_t end = ValueEnd(text, at);
  if (end != kNone) macro.value = text.substr(at, end - 1 - at);
  return end;
}

size_t ReadDef(std::string_view text, size_t at, Macro& macro) {
  if (!Takes(text, at, "\\def")) return kNone;
  at = SkipSpace(text, at);
  const size_t name_end = NameEnd(text, at);
  if (name_end == kNone) return kNone;
  macro.name = text.substr(at, name_end - at);
  at = SkipSpace(text, name_end);
  if (!Takes(text, at, "{")) return kNone;
  const size_t end = ValueEnd(text, at);
  if (end != kNone) macro.value = text.substr(at, end - 1 - at);
  return end;
}

// A later definition of a name takes the place of the first.
template <class Read>
void CollectMacros(std::string_view text, Read read, std::vector<Macro>& macros) {
  for (size_t at = text.find('\\'); at != kNone;) {
    Macro macro;
    const size_t end = read(text, at, macro);
    if (end == kNone) {
      at = text.find('\\', at + 1);
      continue;
    }
    const auto known = std::find_if(macros.begin(), macros.end(),
                                    [&](const Macro& m) { return m.name == macro.name; });
    if (known != macros.end()) {
      known->value = macro.value;
    } else {
      macros.push_back(std::move(macro));
    }
    at = text.find('\\', end);
  }
}

// The character behind the name belongs to the match: of two names side by side, the first counts.
void ReplaceMacro(std::string_view text, const Macro& macro, Changes& changes) {
  for (size_t at = text.find(macro.name); at != kNone;) {
    size_t next = at + macro.name.size();
    if (next == text.size()) return;
    if (IsAsciiAlnum(text[next])) {
      at = text.find(macro.name, at + 1);
      continue;
    }
    Add(changes, text, at, next, macro.value);
    (void)utf8::Next(text, next);
    at = text.find(macro.name, next);
  }
}

}  // namespace

void RemoveBibliography(std::string_view text, Changes& changes) {
  size_t begin = text.size();
  for (const char* mark :
       {"\\appendix", "\\begin{references}", "\\begin{REFERENCES}", "\\begin{thebibliography}"}) {
    begin = std::min(begin, text.find(mark));
  }
  const size_t last_brace = text.rfind('}');
  const size_t list = text.find("\\bibliography{");
  if (list != kNone && IsAtOrBehind(last_brace, list + 14)) begin = std::min(begin, list);
  Add(changes, text, begin, text.size(), "");
}

bool RemoveHeader(std::string_view text, Changes& changes) {
  const LastPlaces last = FindLastPlaces(text);
  for (size_t at = text.find('\\'); at != kNone; at = text.find('\\', at + 1)) {
    if (!IsHeading(text, at + 1, last)) continue;
    Add(changes, text, 0, at, "");
    return true;
  }
  return false;
}

void RemoveInlineComments(std::string_view text, Changes& changes) {
  size_t free = 0;  // nothing before it belongs to a comment
  for (size_t sign = text.find('%'); sign != kNone;) {
    const size_t end = LineEnd(text, sign);
    size_t before = sign;
    if (sign > free) {
      do --before;
      while (!utf8::AtBorder(text, before));
    }
    if (before == sign || text[before] == '\\' || end == sign + 1) {
      sign = text.find('%', sign + 1);
      continue;
    }
    Add(changes, text, before, end, "");
    free = end;
    sign = text.find('%', end);
  }
}

void RemoveCommentLines(std::string_view text, Changes& changes) {
  for (size_t at = 0; at < text.size();) {
    const size_t next = std::min(LineEnd(text, at) + 1, text.size());
    if (text[at] == '%') Add(changes, text, at, next, "");
    at = next;
  }
}

void ExpandMacros(Rewriting& text) {
  std::vector<Macro> macros;
  CollectMacros(text.text(), ReadNewCommand, macros);
  CollectMacros(text.text(), ReadDef, macros);
  for (const Macro& macro : macros) {
    Changes changes;
    ReplaceMacro(text.text(), macro, changes);
    text.Apply(changes);
  }
}

}  // namespace siku::refine::mappers
