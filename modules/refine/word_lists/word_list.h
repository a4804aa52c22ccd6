// A list of words that a person keeps in a file: UTF-8, one entry a line, `#` before a comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "siku/result.h"

namespace siku::refine {

struct WordList {
  std::string file;
  std::string sha256;  // of the file, hexadecimal
  std::vector<std::string> entries;
};

/// A longer entry would make looking for the longest match slow on a text that nearly has it.
inline constexpr size_t kMostCharacters = 256;

/// Blanks around an entry are no part of it; a `#` begins a comment at the start of a line and
/// behind a blank. kData with file:line where a line is no UTF-8 or an entry is too long; kInvalid
/// where there is no entry at all.
Result<WordList> ReadWordList(const std::string& path);
/// The same from bytes; `file` is what errors call it.
Result<WordList> ParseWordList(std::string_view bytes, const std::string& file);

}  // namespace siku::refine
