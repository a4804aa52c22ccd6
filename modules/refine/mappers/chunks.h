// Pieces of a long text: cut at a pattern, at a length, or at the last match of the pattern before
// the length is reached. As Data-Juicer's text_chunk_mapper without a tokenizer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mappers/pattern.h"

namespace siku::refine::mappers {

struct Chunking {
  int64_t longest = 0;              // code points; 0: any length
  std::optional<Pattern> border{};  // nothing: cut by length alone; one of the two is there
  int64_t overlap = 0;              // code points that two pieces share where length alone cuts
};

/// Spans of the pieces, in order of the text; they may overlap. kTooLong as in Pattern.
Pattern::Done FindChunks(std::string_view text, const Chunking& how,
                         std::vector<Pattern::Span>& chunks);

}  // namespace siku::refine::mappers
