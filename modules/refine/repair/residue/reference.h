// HTML character references in running text, also those that lost their "&".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace siku::refine {

struct Reference {
  size_t begin = 0;
  size_t end = 0;
  std::string text{};      // what it stands for
  bool ampersand = true;   // as it should be
  bool semicolon = true;   // the same
  bool common = false;     // a numeric one, or a name of HTML 4
  bool ambiguous = false;  // without its "&" it would be an English word or nearly anything
  bool attached = false;   // without its "&", and an ASCII word stands right before it
};

/// Sorted and disjoint. What is coded several times over (&amp;nbsp;) is one.
std::vector<Reference> FindReferences(std::string_view text);

}  // namespace siku::refine
