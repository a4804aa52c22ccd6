#include "statistics/compared_text.h"

#include <algorithm>
#include <iterator>

#include "siku/utf8.h"
#include "statistics/characters.h"
#include "statistics/line_stream.h"

namespace siku::refine::statistics {
namespace {

// What str.isdigit has beside decimal digits, in Unicode 14.0.
bool IsOtherDigit(char32_t c) {
  static constexpr char32_t kRanges[][2] = {
      {0xB2, 0xB3},       {0xB9, 0xB9},       {0x1369, 0x1371},   {0x19DA, 0x19DA},
      {0x2070, 0x2070},   {0x2074, 0x2079},   {0x2080, 0x2089},   {0x2460, 0x2468},
      {0x2474, 0x247C},   {0x2488, 0x2490},   {0x24EA, 0x24EA},   {0x24F5, 0x24FD},
      {0x24FF, 0x24FF},   {0x2776, 0x277E},   {0x2780, 0x2788},   {0x278A, 0x2792},
      {0x10A40, 0x10A43}, {0x10E60, 0x10E68}, {0x11052, 0x1105A}, {0x1F100, 0x1F10A}};
  return std::any_of(std::begin(kRanges), std::end(kRanges),
                     [c](const auto& range) { return c >= range[0] && c <= range[1]; });
}

// \s, \d and ASCII punctuation.
bool IsNonCharacter(char32_t c, const Comparing& how) {
  const auto& characters = Characters::Get();
  if (c >= 0x1C && c <= 0x1F) return how.separators_are_space;
  if (c < 0x80 && !characters.is(c, kAlnum)) {
    return c > 0x20 ? c != 0x7F : characters.is(c, kSpace);
  }
  return characters.is(c, kSpace) || (characters.is(c, kDigit) && !IsOtherDigit(c));
}

std::string WithoutNonCharacters(std::string_view text, const Comparing& how) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (!IsNonCharacter(utf8::Next(text, at), how)) out += text.substr(begin, at - begin);
  }
  return out;
}

}  // namespace

std::string ComparedText(std::string_view text, const Comparing& how) {
  std::string out;
  if (how.lowered) {
    Characters::Get().AppendLowered(text, out);
  } else {
    out = text;
  }
  if (how.characters_only) out = WithoutNonCharacters(out, how);
  return std::string(Stripped(out));
}

}  // namespace siku::refine::statistics
