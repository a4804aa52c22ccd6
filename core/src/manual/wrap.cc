#include "wrap.h"

#include <algorithm>

#include "siku/utf8.h"

namespace siku::manual {
namespace {

// GB/T 15834-2011, 5.1: these stand neither first nor last in a line.
constexpr std::u32string_view kNeverFirst = U"，。、；：！？）」』》〉】〕”’…—";
constexpr std::u32string_view kNeverLast = U"（「『《〈【〔“‘";

struct Piece {
  std::string text;
  size_t width = 0;
  bool space_before = false;
};

bool IsWide(std::string_view character) { return utf8::Width(character) == 2; }

// What may not be parted: a word, or an East Asian character with the punctuation it holds.
std::vector<Piece> Pieces(std::string_view text) {
  std::vector<Piece> pieces;
  bool space = false, glue = true;
  bool open = false;  // the last piece takes what follows
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = utf8::Next(text, at);
    const std::string_view character = text.substr(begin, at - begin);
    if (c == U' ' || c == U'\n') {
      space = true;
      continue;
    }
    const bool wide = IsWide(character);
    const bool never_first = kNeverFirst.find(c) != std::u32string_view::npos;
    const bool joins = !pieces.empty() && !space && (never_first || open || (!wide && glue));
    if (joins) {
      pieces.back().text += character;
      pieces.back().width += utf8::Width(character);
    } else {
      pieces.push_back({std::string(character), utf8::Width(character), space && !pieces.empty()});
    }
    space = false;
    open = kNeverLast.find(c) != std::u32string_view::npos;
    glue = !wide && !never_first;
  }
  return pieces;
}

// The first characters of `text` that fit, at least one.
std::string_view Fitting(std::string_view text, size_t width) {
  size_t at = 0;
  (void)utf8::Next(text, at);
  for (size_t next = at; next < text.size(); at = next) {
    (void)utf8::Next(text, next);
    if (utf8::Width(text.substr(0, next)) > width) break;
    at = next;
  }
  return text.substr(0, at);
}

}  // namespace

std::vector<std::string> Wrap(std::string_view text, size_t width) {
  std::vector<std::string> lines;
  size_t used = 0;
  for (Piece& piece : Pieces(text)) {
    const size_t space = piece.space_before ? 1 : 0;
    if (!lines.empty() && used + space + piece.width <= width) {
      lines.back() += std::string(space, ' ') + piece.text;
      used += space + piece.width;
      continue;
    }
    std::string_view rest = piece.text;
    while (utf8::Width(rest) > width) {
      const std::string_view cut = Fitting(rest, width);
      if (cut.size() == rest.size()) break;
      lines.emplace_back(cut);
      rest.remove_prefix(cut.size());
    }
    lines.emplace_back(rest);
    used = utf8::Width(rest);
  }
  return lines;
}

std::string Entry(std::string_view head, std::string_view body, size_t indent, size_t column,
                  size_t width) {
  const size_t room = width > column + 8 ? width - column : 8;
  const std::vector<std::string> lines = Wrap(body, room);
  std::string text = std::string(indent, ' ') + std::string(head);
  size_t used = indent + utf8::Width(head);
  size_t first = 0;
  if (used + 2 <= column && !lines.empty()) {
    text += std::string(column - used, ' ') + lines[0];
    first = 1;
  }
  text += '\n';
  for (size_t i = first; i < lines.size(); ++i) {
    text += std::string(column, ' ') + lines[i] + '\n';
  }
  return text;
}

}  // namespace siku::manual
