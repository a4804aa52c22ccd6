#include "repair/residue/private_use.h"

#include <algorithm>
#include <iterator>

#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

constexpr double kSure = 0.99;
constexpr double kAmongIcons = 0.6;

struct Assigned {
  char16_t code;
  char32_t standard;
};

// GB 18030-2005 and -2022, by the places that GBK (Microsoft's mapping) had for them.
constexpr Assigned kOfGbk[] = {
#include "repair/residue/private_use.inc"
};

char32_t StandardOf(char32_t c) {
  const auto* found =
      std::lower_bound(std::begin(kOfGbk), std::end(kOfGbk), c,
                       [](const Assigned& entry, char32_t wanted) { return entry.code < wanted; });
  return found != std::end(kOfGbk) && found->code == c ? found->standard : 0;
}

bool IsPrivate(char32_t c) { return c >= 0xE000 && c <= 0xF8FF; }

size_t NextPrivate(std::string_view text, size_t at) {
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte == 0xEE || byte == 0xEF) && IsPrivate(CharacterAt(text, at))) return at;
  }
  return text.size();
}

}  // namespace

void RestorePrivateUse(std::string_view text, Findings& findings) {
  const size_t first = NextPrivate(text, 0);
  // Icons of a font lie in the same places: where others stand beside them, all may be icons.
  size_t unknown = 0;
  for (size_t at = first; at < text.size(); at = NextPrivate(text, at + 1)) {
    unknown += StandardOf(CharacterAt(text, at)) == 0;
  }
  for (size_t at = first; at < text.size(); at = NextPrivate(text, at + 1)) {
    const char32_t c = CharacterAt(text, at);
    const size_t end = at + BytesOf(c);
    const char32_t left = CharacterBefore(text, at), right = CharacterAt(text, end);
    const bool in_text = IsEastAsian(left) || IsEastAsian(right);
    const char32_t standard = StandardOf(c);
    if (standard != 0 && in_text) {
      std::string after;
      utf8::Append(standard, after);
      findings.Edit(at, end, std::move(after), Rule::kPrivateUse,
                    unknown > 0 ? kAmongIcons : kSure);
    } else if (standard == 0 && IsHan(left) && IsHan(right)) {
      findings.Flag(at, end, FlagKind::kPrivateUse, "private-use character of no known source");
    }
  }
}

}  // namespace siku::refine
