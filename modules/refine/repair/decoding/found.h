// What is found in a text: lines, stretches in them, and how they would have come to be.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "repair/decoding/charset.h"
#include "repair/decoding/trellis.h"

namespace siku::refine {

/// No edit is more certain than this.
inline constexpr double kSurestDecoding = 0.999;

/// What the text was written in and what it was read as, once or twice.
struct Hypothesis {
  Wrong wrong;
  Right right;
  bool twice = false;
};

/// What a line is made of.
struct Signs {
  size_t latin = 0;
  size_t thai = 0;
  size_t rare = 0;
  size_t wide = 0;
  size_t broken = 0;
  size_t kana = 0;

  /// Whether the hypothesis could explain the line.
  bool Fit(const Hypothesis& hypothesis, size_t least) const;
};

/// A line of the page, or a part of a very long one: characters [begin, end), and where in it rare
/// characters are close together.
struct Line {
  size_t begin = 0, end = 0;
  size_t dense_begin = 0, dense_end = 0;
  Signs signs{};
};

/// A stretch and what it would be.
struct Found {
  size_t begin = 0, end = 0;  // characters of the page
  size_t line = 0;
  const Hypothesis* hypothesis = nullptr;
  std::vector<Cell> cells{};
  std::u32string after{};
  int gain = 0;
  int cost = 0;
  size_t wide = 0;  // characters of the original that are not ASCII
  bool dropped = false;
  size_t unset = 0;  // private-use characters in it
  bool pairs = false;
  double most = kSurestDecoding;
};

inline bool Wide(char32_t c) { return c >= 0x80; }

inline size_t CountWide(std::u32string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), Wide));
}

}  // namespace siku::refine
