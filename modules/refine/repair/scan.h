// The cheap look that lets clean text pass untouched.
#pragma once

#include <string_view>

namespace siku::refine {

/// False where no detector can find anything: no bracket with letters after a Han character, no
/// question mark that could begin a shifted run, no destroyed character. Never false on text the
/// detectors would change or flag.
bool NeedsLook(std::string_view text);

}  // namespace siku::refine
