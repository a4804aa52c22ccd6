// A line of the page as what one wrong decoder showed: the pieces that its bytes came out as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "repair/decoding/charset.h"
#include "repair/page.h"

namespace siku::refine {

/// Characters [begin, end) of the page and the bytes that may lie behind them.
struct Item {
  size_t begin = 0;
  size_t end = 0;
  ByteOptions options{};
  /// Bytes that the decoder could not show may stand here.
  bool gap = false;
};

/// One item a character.
std::vector<Item> ItemsOf(const Page& page, size_t begin, size_t end, Wrong wrong);
/// Text that was decoded as Latin-1 or code page 1252, written as UTF-8 and decoded so again: the
/// characters that were one before the second time are one item.
std::vector<Item> TwiceDecodedItems(const Page& page, size_t begin, size_t end);

}  // namespace siku::refine
