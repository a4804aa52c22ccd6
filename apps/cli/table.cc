#include "table.h"

#include <algorithm>

#include "siku/utf8.h"

namespace siku::cli {
namespace {

constexpr size_t kLeastLast = 16;

// A piece that a line is not broken in: a word with the blanks behind it, or one wide character.
size_t PieceEnd(std::string_view text, size_t at) {
  size_t next = at;
  if (utf8::Next(text, next) >= 0x2E80) return next;
  next = at;
  while (next < text.size()) {
    size_t after = next;
    const char32_t character = utf8::Next(text, after);
    if (character >= 0x2E80) return next;
    next = after;
    if (character == ' ') {
      while (next < text.size() && text[next] == ' ') ++next;
      return next;
    }
  }
  return next;
}

// Marks that may not begin a line.
bool ClosesLine(std::string_view piece) {
  for (const std::string_view mark : {"，", "。", "；", "：", "、", "）", "？", "！", "”", "》"}) {
    if (piece == mark) return true;
  }
  return false;
}

}  // namespace

std::string Pad(std::string_view text, size_t width, bool right) {
  const size_t own = utf8::Width(text);
  const std::string blanks(width > own ? width - own : 0, ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

std::string Plain(std::string_view text) {
  std::string clean;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    const bool c1 = c == 0xC2 && next >= 0x80 && next < 0xA0;
    if (c1) ++i;
    clean += c1 || c < 0x20 || c == 0x7F ? ' ' : static_cast<char>(c);
  }
  return clean;
}

std::string Fit(std::string_view text, size_t width) {
  std::string clean = Plain(text);
  if (utf8::Width(clean) <= width) return clean;
  std::string cut;
  size_t used = 0;
  for (size_t at = 0; at < clean.size();) {
    const size_t begin = at;
    utf8::Next(clean, at);
    const std::string_view character = std::string_view(clean).substr(begin, at - begin);
    const size_t columns = utf8::Width(character);
    if (used + columns + 1 > width) break;
    cut += character;
    used += columns;
  }
  return cut + "…";
}

std::string Wrap(std::string_view text, size_t width, size_t indent) {
  std::string out;
  size_t used = indent;
  size_t blanks = 0;  // at the end of the line so far; dropped where it breaks
  for (size_t at = 0; at < text.size();) {
    const size_t end = PieceEnd(text, at);
    std::string_view piece = text.substr(at, end - at);
    at = end;
    const size_t last = piece.find_last_not_of(' ');
    const std::string_view word = piece.substr(0, last == std::string_view::npos ? 0 : last + 1);
    const size_t columns = utf8::Width(word);
    if (used > indent && used + columns > width && !ClosesLine(word)) {
      out.resize(out.size() - blanks);
      out += '\n';
      out.append(indent, ' ');
      used = indent;
    }
    out += piece;
    blanks = piece.size() - word.size();
    used += columns + blanks;
  }
  return out;
}

Table& Table::Right(size_t column) {
  right_.push_back(column);
  return *this;
}

Table& Table::WrapLast() {
  wraps_last_ = true;
  return *this;
}

void Table::Add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = Plain(cell);
  rows_.push_back(std::move(row));
}

std::string Table::Print(size_t width, bool bold_head) const {
  std::vector<size_t> widths;
  for (const std::string& cell : head_) widths.push_back(utf8::Width(cell));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], utf8::Width(row[i]));
  }
  std::string out;
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    size_t used = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
      if (i + 1 == row.size() && !right) {
        const size_t room = width > used + kLeastLast ? width - used : kLeastLast;
        line += wraps_last_ ? Wrap(row[i], used + room, used) : Fit(row[i], room);
      } else {
        line += Pad(row[i], widths[i], right);
        if (i + 1 < row.size()) line += "  ";
      }
      used += widths[i] + 2;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  };
  out += bold_head ? "\x1b[1m" + print(head_) + "\x1b[0m\n" : print(head_) + "\n";
  for (const auto& row : rows_) out += print(row) + "\n";
  return out;
}

}  // namespace siku::cli
