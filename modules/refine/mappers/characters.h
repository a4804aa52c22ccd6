// Mappers that look at one character after the other, by Data-Juicer's definitions.
#pragma once

#include <string_view>
#include <vector>

#include "mappers/change.h"

namespace siku::refine::mappers {

/// Chinese and other punctuation becomes ASCII.
void NormalizePunctuation(std::string_view text, Changes& changes);
/// White space at both ends goes; every other kind of it becomes a space.
void NormalizeWhitespace(std::string_view text, Changes& changes);

/// A set of characters, sorted.
using CharacterSet = std::vector<char32_t>;
CharacterSet CharactersOf(std::string_view text);
void RemoveCharacters(std::string_view text, const CharacterSet& set, Changes& changes);

struct KeptBesidesChinese {
  bool letters, numbers, punctuation;
};
/// All but U+4E00 to U+9FA5 and what is kept besides goes.
void RemoveNonChinese(std::string_view text, const KeptBesidesChinese& kept, Changes& changes);

}  // namespace siku::refine::mappers
