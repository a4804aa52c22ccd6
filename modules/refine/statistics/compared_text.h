// A text as Data-Juicer's exact deduplicators compare it.
#pragma once

#include <string>
#include <string_view>

namespace siku::refine::statistics {

struct Comparing {
  bool lowered = false;          // str.lower
  bool characters_only = false;  // without white space, digits and ASCII punctuation
  /// U+001C to U+001F are white space too, as to Python's `re` and not to its `regex`.
  bool separators_are_space = false;
};
/// The text without blanks around it, and without what does not count.
std::string ComparedText(std::string_view text, const Comparing& how);

}  // namespace siku::refine::statistics
