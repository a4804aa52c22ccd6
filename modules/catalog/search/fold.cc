#include <algorithm>
#include <array>
#include <memory>

#include "siku/catalog/search.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

struct Pair {
  char32_t from;
  char32_t to;
};
constexpr Pair kFolds[] = {
#include "fold_table.inc"
};

/// Of the basic plane, by place: nearly all that is folded, and all that is searched often.
struct Basic {
  std::array<char16_t, 0x10000> to{};
  Basic() {
    for (size_t i = 0; i < to.size(); ++i) to[i] = static_cast<char16_t>(i);
    for (char16_t c = 'A'; c <= 'Z'; ++c) to[c] = static_cast<char16_t>(c + ('a' - 'A'));
    for (const Pair& fold : kFolds) {
      if (fold.from < 0x10000 && fold.to < 0x10000) {
        to[fold.from] = static_cast<char16_t>(fold.to);
      }
    }
  }
};

}  // namespace

char32_t Fold(char32_t code_point) {
  static const auto basic = std::make_unique<Basic>();
  if (code_point < 0x10000) {
    const char32_t to = basic->to[code_point];
    if (to != code_point || code_point < 0x80) return to;
  }
  const auto* found = std::lower_bound(std::begin(kFolds), std::end(kFolds), code_point,
                                       [](const Pair& a, char32_t b) { return a.from < b; });
  return found != std::end(kFolds) && found->from == code_point ? found->to : code_point;
}

std::u32string Fold(std::string_view text) {
  std::u32string out;
  out.reserve(text.size() / 2);
  for (size_t at = 0; at < text.size();) out += Fold(utf8::Next(text, at));
  return out;
}

}  // namespace siku::catalog
