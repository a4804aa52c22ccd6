#include "repair/misspelt.h"

#include <string>

#include "siku/utf8.h"

namespace siku::refine {

bool LooksConverted(std::string_view text, const Tables& tables) {
  constexpr size_t kLongest = 4;
  std::u32string window, first;
  const auto look = [&] {
    if (tables.SpellingOf(window) != Tables::Spelling::kMisconverted) return false;
    const std::u32string word = window.substr(0, 2);
    if (first.empty()) first = word;
    return first != word;
  };
  for (size_t at = 0; at < text.size();) {
    window.push_back(utf8::Next(text, at));
    if (window.size() < kLongest) continue;
    if (look()) return true;
    window.erase(0, 1);
  }
  for (; !window.empty(); window.erase(0, 1)) {
    if (look()) return true;
  }
  return false;
}

}  // namespace siku::refine
