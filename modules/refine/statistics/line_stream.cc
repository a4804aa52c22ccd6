#include "statistics/line_stream.h"

#include <algorithm>

#include "siku/utf8.h"
#include "statistics/characters.h"

namespace siku::refine::statistics {
namespace {

constexpr std::string_view kBullet = "\xE2\x80\xA2";    // U+2022
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";  // U+2026

size_t LastStart(std::string_view text) {
  size_t at = text.size() - 1;
  while (!utf8::AtBorder(text, at)) --at;
  return at;
}

char32_t LastOf(std::string_view text) {
  size_t at = LastStart(text);
  return utf8::Next(text, at);
}

}  // namespace

std::string_view StrippedLeft(std::string_view text) {
  for (size_t at = 0, begin = 0; at < text.size(); begin = at) {
    if (!Characters::Get().is(utf8::Next(text, at), kSpace)) return text.substr(begin);
  }
  return text.substr(text.size());
}

std::string_view StrippedRight(std::string_view text) {
  while (!text.empty() && Characters::Get().is(LastOf(text), kSpace)) {
    text = text.substr(0, LastStart(text));
  }
  return text;
}

uint64_t CountOf(std::string_view part, std::string_view text) {
  uint64_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

void LineStream::Walk(std::string_view text) {
  counts_ = {};
  if (needs_.splitlines || needs_.marks) WalkSplitLines(text);
  if (needs_.newlines || needs_.filled_duplicates || !needs_.limits.empty()) WalkNewlines(text);
  if (needs_.piece_duplicates) {
    SplitRuns(text, 1);
    counts_.pieces = CountDuplicates();
  }
  if (needs_.paragraph_duplicates) {
    SplitRuns(Stripped(text), 2);
    counts_.paragraphs = CountDuplicates();
  }
}

void LineStream::WalkSplitLines(std::string_view text) {
  ForEachSplitLine(text, [&](std::string_view line) {
    ++counts_.lines;
    // A line of fewer bytes than the longest has characters is not longer.
    if (line.size() > counts_.longest) {
      counts_.longest = std::max<uint64_t>(counts_.longest, utf8::Length(line));
    }
    if (!needs_.marks) return;
    const std::string_view left = StrippedLeft(line), right = StrippedRight(line);
    counts_.bullets += left.starts_with(kBullet) || left.starts_with('-');
    counts_.ellipses += right.ends_with("...") || right.ends_with(kEllipsis);
  });
}

void LineStream::WalkNewlines(std::string_view text) {
  const Characters& characters = Characters::Get();
  pieces_.clear();
  counts_.up_to.assign(needs_.limits.size(), 0);
  for (size_t begin = 0; begin <= text.size();) {
    const size_t found = text.find('\n', begin);
    const size_t end = std::min(found, text.size());
    counts_.newlines += found != std::string_view::npos;
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (StrippedLeft(line).empty()) continue;
    ++counts_.filled;
    counts_.terminated += characters.is(LastOf(line), kTerminal);
    if (needs_.filled_duplicates) pieces_.push_back(line);
    for (size_t i = 0; i < needs_.limits.size(); ++i) {
      // No character has more than four bytes.
      counts_.up_to[i] +=
          line.size() <= 4 * needs_.limits[i] && utf8::Length(line) <= needs_.limits[i];
    }
  }
  if (needs_.filled_duplicates) counts_.filled_lines = CountDuplicates();
}

// Into pieces_, what stands between runs of `at_least` or more "\n"; of nothing, one empty piece.
void LineStream::SplitRuns(std::string_view text, size_t at_least) {
  pieces_.clear();
  size_t begin = 0;
  for (size_t at = text.find('\n'); at < text.size(); at = text.find('\n', at)) {
    const size_t end = std::min(text.find_first_not_of('\n', at), text.size());
    if (end - at >= at_least) {
      pieces_.push_back(text.substr(begin, at - begin));
      begin = end;
    }
    at = end;
  }
  pieces_.push_back(text.substr(begin));
}

Duplicates LineStream::CountDuplicates() {
  Duplicates found{.pieces = pieces_.size()};
  table_.Begin(pieces_.size());
  for (uint32_t i = 0; i < pieces_.size(); ++i) {
    const std::string_view piece = pieces_[i];
    const uint32_t first =
        table_.Add(HashOf(piece), i, [&](uint32_t earlier) { return pieces_[earlier] == piece; });
    if (first == i) continue;
    ++found.duplicates;
    found.characters += utf8::Length(piece);
  }
  return found;
}

}  // namespace siku::refine::statistics
