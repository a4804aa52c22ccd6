#include "mappers/lines.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "siku/utf8.h"
#include "statistics/characters.h"
#include "statistics/line_stream.h"

namespace siku::refine::mappers {
namespace {

constexpr size_t kNone = std::string_view::npos;

using statistics::Characters;
using statistics::kSpace;
using statistics::Stripped;

size_t LineEnd(std::string_view text, size_t at) {
  return std::min(text.find('\n', at), text.size());
}

// ---- copyright

bool SaysCopyright(std::string_view text) {
  constexpr std::string_view kWord = "copyright";
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower.find(kWord) != kNone;
}

// ---- tables

// A line as a row: with how many columns it can be read; most = 0: with none.
struct Row {
  size_t begin, end;  // without the line end
  int least = 0, most = 0;
  bool taken = false;
};

bool IsTableSpace(char32_t c) {
  // \s of their regular expressions has not U+001C to U+001F.
  return Characters::Get().is(c, kSpace) && !(c >= 0x1C && c <= 0x1F);
}

// Spaces and tabs part columns, always; bars do where something stands on both sides.
void CountColumns(std::string_view line, Row& row) {
  int spaces = 0, bars = 0;
  bool filled = false;  // the column has something
  bool parted_by_space = true;
  for (size_t at = 0; at < line.size();) {
    const bool last = at + 1 == line.size();
    const char32_t c = utf8::Next(line, at);
    if (c == ' ' || c == '\t') {
      if (parted_by_space || last) return;
      ++spaces;
      filled = false;
      parted_by_space = true;
      continue;
    }
    if (IsTableSpace(c)) return;
    // A bar may also be what a column holds: it parts only what has two sides.
    const bool side_follows = at < line.size() && line[at] != ' ' && line[at] != '\t';
    if (c == '|' && filled && side_follows) {
      ++bars;
      filled = false;
    } else {
      filled = true;
    }
    parted_by_space = false;
  }
  row.least = spaces + 1;
  row.most = spaces + bars + 1;
}

std::vector<Row> RowsOf(std::string_view text) {
  std::vector<Row> rows;
  // What has no line before it or no end is no row.
  for (size_t at = LineEnd(text, 0) + 1; at < text.size();) {
    Row row{at, LineEnd(text, at)};
    if (row.end < text.size() && row.end > row.begin) {
      CountColumns(text.substr(row.begin, row.end - row.begin), row);
    }
    at = row.end + 1;
    rows.push_back(row);
  }
  return rows;
}

// Marks runs of two and more rows of so many columns, with the empty lines behind each row.
void TakeTables(std::vector<Row>& rows, int columns) {
  std::vector<size_t> run;
  size_t filled = 0;
  const auto close = [&] {
    if (filled >= 2) {
      for (const size_t i : run) rows[i].taken = true;
    }
    run.clear();
    filled = 0;
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.taken) continue;
    const bool empty = row.begin == row.end;
    const bool fits = !empty && row.least <= columns && columns <= row.most;
    if (empty ? filled > 0 : fits) {
      run.push_back(i);
      filled += fits ? 1 : 0;
    } else {
      close();
    }
  }
  close();
}

// ---- sentences

constexpr std::u32string_view kEnds = U".。！!？?";
constexpr std::u32string_view kEndsBeforeQuote = U".。！!？?{6}…2";  // theirs, braces and all
constexpr std::u32string_view kQuotes = U"’”";

bool Has(std::u32string_view set, char32_t c) { return set.find(c) != std::u32string_view::npos; }

// A line as characters with the bytes where each begins; a border between sentences is U'\n'.
struct Spelt {
  std::vector<char32_t> characters;
  std::vector<size_t> begins;
};

// One of their substitutions: where `length` characters match and one that is no quote follows, a
// border comes between; what was matched is not looked at again.
template <class Matches>
Spelt WithBorders(const Spelt& line, size_t length, Matches matches) {
  Spelt out;
  const size_t size = line.characters.size();
  const auto put = [&](size_t i) {
    out.characters.push_back(line.characters[i]);
    out.begins.push_back(line.begins[i]);
  };
  for (size_t i = 0; i < size;) {
    const bool border = i + length < size && matches(&line.characters[i]) &&
                        !Has(kQuotes, line.characters[i + length]);
    if (!border) {
      put(i++);
      continue;
    }
    for (size_t k = 0; k < length; ++k) put(i + k);
    out.characters.push_back(U'\n');
    out.begins.push_back(line.begins[i + length]);
    put(i + length);
    i += length + 1;
  }
  return out;
}

Spelt SentencesOf(std::string_view line, size_t offset) {
  Spelt spelt;
  for (size_t at = 0; at < line.size();) {
    spelt.begins.push_back(offset + at);
    spelt.characters.push_back(utf8::Next(line, at));
  }
  const auto all = [](size_t count, char32_t wanted) {
    return [count, wanted](const char32_t* c) {
      return std::all_of(c, c + count, [&](char32_t one) { return one == wanted; });
    };
  };
  spelt = WithBorders(spelt, 1, [](const char32_t* c) { return Has(kEnds, *c); });
  spelt = WithBorders(spelt, 6, all(6, U'.'));
  spelt = WithBorders(spelt, 2, all(2, U'…'));
  return WithBorders(spelt, 2, [](const char32_t* c) {
    return Has(kEndsBeforeQuote, c[0]) && Has(kQuotes, c[1]);
  });
}

// [a-zA-Z0-9\u4e00-\u9fa5\n\t ]
bool IsOrdinary(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c >= 0x4E00 && c <= 0x9FA5) || c == '\n' || c == '\t' || c == ' ';
}

std::string Compared(std::string_view sentence, const RepeatRules& rules) {
  std::string copy(Stripped(sentence));
  if (rules.lowercase) {
    std::string lowered;
    Characters::Get().AppendLowered(copy, lowered);
    copy = std::move(lowered);
  }
  if (!rules.ignore_special) return copy;
  std::string kept;
  for (size_t at = 0; at < copy.size();) {
    const size_t begin = at;
    if (IsOrdinary(utf8::Next(copy, at))) kept.append(copy, begin, at - begin);
  }
  return kept;
}

}  // namespace

void RemoveCopyright(std::string_view text, Changes& changes) {
  const size_t begin = text.find("/*");
  const size_t end = begin == kNone ? kNone : text.find("*/", begin + 2);
  if (end != kNone) {
    if (SaysCopyright(text.substr(begin, end + 2 - begin))) Add(changes, text, begin, end + 2, "");
    return;
  }
  size_t at = 0;
  while (at <= text.size()) {
    const std::string_view line = text.substr(at, LineEnd(text, at) - at);
    if (!line.empty() && !line.starts_with("//") && !line.starts_with('#') &&
        !line.starts_with("--")) {
      break;
    }
    at += line.size() + 1;
  }
  Add(changes, text, 0, std::min(at, text.size()), "");
}

void RemoveTables(std::string_view text, int64_t least, int64_t most, Changes& changes) {
  std::vector<Row> rows = RowsOf(text);
  for (int64_t columns = least; columns <= most; ++columns) {
    TakeTables(rows, static_cast<int>(columns));
  }
  for (const Row& row : rows) {
    if (row.taken) Add(changes, text, row.begin, std::min(row.end + 1, text.size()), "");
  }
}

void RemoveRepeatedSentences(std::string_view text, const RepeatRules& rules, Changes& changes) {
  std::unordered_set<std::string> seen;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = LineEnd(text, at);
    const Spelt line = SentencesOf(text.substr(at, end - at), at);
    size_t begin = at;
    for (size_t i = 0; i <= line.characters.size() && end > at; ++i) {
      const bool over = i == line.characters.size();
      if (!over && line.characters[i] != U'\n') continue;
      const size_t sentence_end = over ? end : line.begins[i];
      std::string copy = Compared(text.substr(begin, sentence_end - begin), rules);
      const bool counts = static_cast<int64_t>(utf8::Length(copy)) >= rules.shortest;
      if (counts && !seen.insert(std::move(copy)).second) {
        Add(changes, text, begin, sentence_end, "");
      }
      begin = sentence_end;
    }
    at = end + 1;
  }
}

}  // namespace siku::refine::mappers
