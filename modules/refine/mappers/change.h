// What a mapper does to a text: spans of bytes and what stands there afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siku::refine::mappers {

/// Spans of one text's changes are sorted and do not overlap.
struct Change {
  size_t begin = 0;
  size_t end = 0;
  std::string after{};
  uint16_t rule = 0;
};
using Changes = std::vector<Change>;

/// Adds a change; one that touches the change before it becomes part of that, and one that changes
/// nothing is left out. In order of their places.
void Add(Changes& changes, std::string_view text, size_t begin, size_t end, std::string_view after,
         uint16_t rule = 0);

std::string Changed(std::string_view text, const Changes& changes);

}  // namespace siku::refine::mappers
