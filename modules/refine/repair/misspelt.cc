#include "repair/misspelt.h"

#include <string>

#include "siku/utf8.h"

namespace siku::refine {

MisspeltWords::MisspeltWords(const Tables& tables) : tables_(tables) {
  for (const uint64_t word : tables.misconverted()) {
    const size_t place =
        Place(static_cast<char32_t>(word >> 48), static_cast<char32_t>(word >> 32 & 0xFFFF));
    begins_[place / 64] |= uint64_t{1} << (place % 64);
  }
}

bool MisspeltWords::Look(std::string_view text, bool proof) const {
  constexpr int kMuch = 10;  // half bits
  std::string_view first;
  size_t before = 0;  // where the character before `at` begins
  char32_t last = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = utf8::Next(text, at);
    if (MayBegin(last, c)) {
      const Tables::Word word = At(text.substr(before));
      if (word.spelling == Tables::Spelling::kMisconverted) {
        if (!proof || word.half_bits >= kMuch) return true;
        const std::string_view pair = text.substr(before, at - before);
        if (first.empty()) first = pair;
        if (first != pair) return true;
      }
    }
    before = begin;
    last = c;
  }
  return false;
}

Tables::Word MisspeltWords::At(std::string_view from) const {
  constexpr size_t kLongest = 4;
  std::u32string characters;
  for (size_t at = 0; at < from.size() && characters.size() < kLongest;) {
    characters.push_back(utf8::Next(from, at));
  }
  return tables_.WordAt(characters);
}

}  // namespace siku::refine
