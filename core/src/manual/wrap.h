// Lines of bounded width, in columns of a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siku::manual {

/// Breaks at spaces, and before or behind East Asian characters as their typography allows (no line
/// begins with closing punctuation or ends with opening one). A word wider than a line is cut.
std::vector<std::string> Wrap(std::string_view text, size_t width);

/// `head` in a column of its own, `body` wrapped behind it; below it where `head` is too wide.
std::string Entry(std::string_view head, std::string_view body, size_t indent, size_t column,
                  size_t width);

}  // namespace siku::manual
