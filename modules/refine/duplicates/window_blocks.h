// Walks over all windows of the texts in blocks of bounded size, hashed on several threads and
// parted by hash, so that each part can be looked at by one thread in row order.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "duplicates/texts.h"

namespace siku::refine::duplicates {

/// A stretch of a piece in which windows begin; they may end beyond it. It may begin inside a row.
struct Block {
  int piece = 0;
  int64_t begin = 0;  // bytes of the piece
  int64_t end = 0;
  int64_t first_code_point = 0;  // in all texts
};

/// Cuts pieces into blocks, at borders of code points.
std::vector<Block> CutBlocks(const Texts& texts, int threads);

struct Window {
  uint64_t hash;
  uint32_t byte;        // in its block
  uint32_t code_point;  // likewise
};

/// The parts of the hashes that one walk looks at: [first, first + count) of `all`.
struct HashParts {
  uint64_t all = 1;
  uint64_t first = 0;
  uint64_t count = 1;
  uint64_t Of(uint64_t hash) const { return ((hash >> 32) * all) >> 32; }
};

/// Calls `look(part, block, windows)` for all windows of the parts: those of a part in row order
/// and never two at once, different parts in parallel.
void WalkWindows(const Texts& texts, std::span<const Block> blocks, int length, HashParts parts,
                 int threads,
                 const std::function<void(uint64_t part, const Block& block,
                                          std::span<const Window> windows)>& look);

}  // namespace siku::refine::duplicates
