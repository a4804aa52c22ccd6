// Texts as the peers see them before they cut shingles: lower case and decomposition as Python does
// them (Unicode 14.0), and DataTrove's simplify_text. For hashing only: never written back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siku::refine::duplicates {

/// Python's str.lower, the final sigma included.
std::string Lower(std::string_view text);

/// DataTrove's simplify_text with its default TextNormConfig: lower case, numbers to 0, punctuation
/// to spaces, white space to one space, canonical decomposition without nonspacing marks.
std::string SimplifyText(std::string_view text);

bool IsPythonSpace(char32_t c);
/// General category P: what the regex \p{P} matches.
bool IsPunctuation(char32_t c);

/// Parts between punctuation, empty ones included: regex.split(r"\p{P}", text).
void SplitAtPunctuation(std::string_view text, std::vector<std::string_view>& out);
/// Parts between spaces U+0020, without empty ones: Data-Juicer's split_on_whitespace.
void SplitAtSpaces(std::string_view text, std::vector<std::string_view>& out);

}  // namespace siku::refine::duplicates
