// Whether a text has markup or code in it, or speaks of it.
#pragma once

#include <string_view>

namespace siku::refine {

/// Has tags, written out or as references (&lt;div&gt;), or fenced code.
bool HasMarkup(std::string_view text);
/// Names HTML, XML, escapes or character references.
bool SpeaksOfMarkup(std::string_view text);

}  // namespace siku::refine
