#include "statistics/characters.h"

#include <algorithm>
#include <iterator>

#include "siku/utf8.h"

namespace siku::refine::statistics {
namespace {

struct Run {
  uint32_t first;
  uint16_t classes;
};
struct Lowered {
  uint32_t code;
  uint32_t lowered;
};
#include "statistics/classes.inc"

constexpr char32_t kSigma = 0x3A3, kFinalSigma = 0x3C2, kSmallSigma = 0x3C3;
constexpr char32_t kDottedI = 0x130;

size_t LastStart(std::string_view text, size_t end) {
  do --end;
  while (!utf8::AtBorder(text, end));
  return end;
}

}  // namespace

const Characters& Characters::Get() {
  static const Characters instance;
  return instance;
}

Characters::Characters() {
  for (size_t i = 0; i < std::size(kRuns) && kRuns[i].first < kDirect; ++i) {
    const size_t end =
        i + 1 < std::size(kRuns) ? std::min<size_t>(kRuns[i + 1].first, kDirect) : kDirect;
    std::fill(direct_.begin() + kRuns[i].first, direct_.begin() + static_cast<ptrdiff_t>(end),
              kRuns[i].classes);
  }
}

uint16_t Characters::ClassesBeyond(char32_t c) const {
  const auto after =
      std::upper_bound(std::begin(kRuns), std::end(kRuns), c,
                       [](char32_t code, const Run& run) { return code < run.first; });
  return std::prev(after)->classes;
}

char32_t Characters::Lowered(char32_t c) const {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  // No letter with case between the Cherokee and the Latin of U+A640, where Chinese is.
  if (c >= 0x2E80 && c < 0xA640) return c;
  const auto at =
      std::lower_bound(std::begin(kLowered), std::end(kLowered), c,
                       [](const auto& pair, char32_t code) { return pair.code < code; });
  return at != std::end(kLowered) && at->code == c ? at->lowered : c;
}

// Final_Sigma of Unicode (SpecialCasing.txt), as CPython has it.
bool Characters::EndsWord(std::string_view text, size_t begin, size_t end) const {
  bool before = false;
  for (size_t at = begin; at > 0;) {
    size_t next = at = LastStart(text, at);
    const char32_t c = utf8::Next(text, next);
    if (is(c, kIgnorable)) continue;
    before = is(c, kCased);
    break;
  }
  if (!before) return false;
  while (end < text.size()) {
    const char32_t c = utf8::Next(text, end);
    if (!is(c, kIgnorable)) return !is(c, kCased);
  }
  return true;
}

void Characters::AppendLowered(std::string_view text, std::string& out) const {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = utf8::Next(text, at);
    if (c == kDottedI) {
      out += "i\xCC\x87";  // i and the dot above
    } else if (c == kSigma) {
      utf8::Append(EndsWord(text, begin, at) ? kFinalSigma : kSmallSigma, out);
    } else {
      const char32_t low = Lowered(c);
      if (low == c) {
        out.append(text, begin, at - begin);
      } else {
        utf8::Append(low, out);
      }
    }
  }
}

}  // namespace siku::refine::statistics
