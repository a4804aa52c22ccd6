// Mappers that keep some of a text's words, as Data-Juicer splits and joins them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mappers/change.h"

namespace siku::refine::mappers {

/// Words stand between line ends, tabs and spaces. Those kept are joined by one such sign: the
/// strongest that stood between them. What is empty then goes.
void KeepWords(std::string_view text, const std::function<bool(std::string_view)>& keeps,
               Changes& changes);

/// Characters of the word count; a word that is too long counts without special ones at its ends.
bool HasLength(std::string_view word, int64_t shortest, int64_t longest);
/// Looked for in the word without special characters at its ends.
bool HasAnyOf(std::string_view word, const std::vector<std::string>& parts);

}  // namespace siku::refine::mappers
