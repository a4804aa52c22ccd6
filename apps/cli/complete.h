// What a shell may offer at the end of a line begun with `siku`.
#pragma once

#include <string>
#include <vector>

#include "context.h"

namespace siku::cli {

/// `words`: behind `siku`, the last one unfinished. One candidate a line, a tab and what it is
/// behind it; a line `:files` or `:folders` where names of those may stand.
void PrintCompletions(const std::vector<std::string>& words, Context& context);

}  // namespace siku::cli
