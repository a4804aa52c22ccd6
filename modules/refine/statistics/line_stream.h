// Lines of a text by the conventions of the peers: str.splitlines, split on "\n", split on runs of
// "\n", and paragraphs between two or more "\n".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "statistics/gram_table.h"

namespace siku::refine::statistics {

/// Pieces, and those of them that stood earlier in the text.
struct Duplicates {
  uint64_t pieces = 0;
  uint64_t duplicates = 0;
  uint64_t characters = 0;  // of the duplicates
};

struct LineCounts {
  // By str.splitlines.
  uint64_t lines = 0;
  uint64_t longest = 0;   // in characters
  uint64_t bullets = 0;   // begin with a bullet or "-" behind blanks
  uint64_t ellipses = 0;  // end with an ellipsis before blanks
  // By "\n", without lines that hold only blanks.
  uint64_t newlines = 0;
  uint64_t filled = 0;
  uint64_t terminated = 0;      // end with one of DataTrove's terminal marks
  std::vector<uint64_t> up_to;  // as long as the limits asked for, or shorter
  Duplicates filled_lines;
  // By runs of "\n" of the whole text; by "\n\n" and more of the stripped text.
  Duplicates pieces;
  Duplicates paragraphs;
};

/// What of LineCounts is to be counted.
struct LineNeeds {
  bool splitlines = false, marks = false, newlines = false;
  bool filled_duplicates = false, piece_duplicates = false, paragraph_duplicates = false;
  std::vector<uint64_t> limits{};  // for `up_to`, in characters
};

class LineStream {
 public:
  explicit LineStream(LineNeeds needs) : needs_(std::move(needs)) {}
  void Walk(std::string_view text);
  const LineCounts& counts() const { return counts_; }

 private:
  void WalkSplitLines(std::string_view text);
  void WalkNewlines(std::string_view text);
  void SplitRuns(std::string_view text, size_t at_least);
  Duplicates CountDuplicates();

  LineNeeds needs_;
  LineCounts counts_{};
  std::vector<std::string_view> pieces_{};
  GramTable table_{};
};

/// str.strip, str.lstrip, str.rstrip.
std::string_view StrippedLeft(std::string_view text);
std::string_view StrippedRight(std::string_view text);
inline std::string_view Stripped(std::string_view text) {
  return StrippedRight(StrippedLeft(text));
}

/// str.count of a part that is not empty.
uint64_t CountOf(std::string_view part, std::string_view text);

/// Calls `visit(line)` for each line of str.splitlines.
template <class Visit>
void ForEachSplitLine(std::string_view text, const Visit& visit) {
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const uint8_t first = byte(at);
    size_t length = 0;  // of a line end that begins here
    if (first == '\r') {
      length = at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
    } else if ((first >= 0x0A && first <= 0x0C) || (first >= 0x1C && first <= 0x1E)) {
      length = 1;
    } else if (first == 0xC2 && byte(at + 1) == 0x85) {
      length = 2;  // U+0085
    } else if (first == 0xE2 && byte(at + 1) == 0x80 && (byte(at + 2) & 0xFEU) == 0xA8) {
      length = 3;  // U+2028, U+2029
    }
    if (length == 0) {
      ++at;
      continue;
    }
    visit(text.substr(begin, at - begin));
    begin = at += length;
  }
  if (begin < text.size()) visit(text.substr(begin));
}

}  // namespace siku::refine::statistics
