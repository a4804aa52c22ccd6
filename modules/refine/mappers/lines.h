// Mappers that take lines and sentences out, by Data-Juicer's definitions.
#pragma once

#include <cstdint>
#include <string_view>

#include "mappers/change.h"

namespace siku::refine::mappers {

/// A comment /* */ that says "copyright", or else the lines at the beginning that are empty or
/// begin with //, # or --.
void RemoveCopyright(std::string_view text, Changes& changes);

/// Two and more rows one after the other with `least` to `most` columns, parted by one space, tab
/// or bar.
void RemoveTables(std::string_view text, int64_t least, int64_t most, Changes& changes);

struct RepeatRules {
  bool lowercase;
  bool ignore_special;
  int64_t shortest;  // characters; shorter sentences stay
};
/// A sentence that the text had before, whatever line it stands on.
void RemoveRepeatedSentences(std::string_view text, const RepeatRules& rules, Changes& changes);

}  // namespace siku::refine::mappers
