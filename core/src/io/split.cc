#include <algorithm>

#include "columnar.h"
#include "siku/source.h"

namespace siku {
namespace {

bool Cuttable(const Source& source) {
  // Only a stream that can be entered in the middle: lines of one-byte units, not compressed.
  return (source.format == Format::kLines || source.format == Format::kJsonl) &&
         source.compression == Compression::kNone && source.encoding != Encoding::kUtf16Le &&
         source.encoding != Encoding::kUtf16Be;
}

// The pieces of one source with their sizes in bytes.
struct Piece {
  SplitPart part;
  int64_t bytes;
};

Result<std::vector<Piece>> PiecesOf(const Source& source, int ordinal, int64_t split_bytes) {
  std::vector<Piece> pieces;
  if (source.format == Format::kParquet || source.format == Format::kArrow) {
    SIKU_TRY(auto groups, io::GroupBytes(source));
    for (size_t first = 0; first < groups.size();) {
      size_t last = first;
      int64_t bytes = 0;
      while (last < groups.size() && (last == first || bytes + groups[last] <= split_bytes)) {
        bytes += groups[last++];
      }
      pieces.push_back({{ordinal, static_cast<int64_t>(first), static_cast<int64_t>(last)}, bytes});
      first = last;
    }
    return pieces;
  }
  if (!Cuttable(source) || source.bytes <= split_bytes) {
    return std::vector<Piece>{{{ordinal, 0, -1}, source.bytes}};
  }
  // Equal pieces: a short last one would leave the other threads waiting.
  const int64_t count = (source.bytes + split_bytes - 1) / split_bytes;
  const int64_t length = (source.bytes + count - 1) / count;
  for (int64_t begin = 0; begin < source.bytes; begin += length) {
    const int64_t end = begin + length;
    const bool last = end >= source.bytes;
    pieces.push_back({{ordinal, begin, last ? -1 : end}, std::min(end, source.bytes) - begin});
  }
  return pieces;
}

}  // namespace

Result<std::vector<Split>> PlanSplits(const SourceList& sources, int64_t split_bytes) {
  std::vector<Split> splits;
  int64_t filled = 0;
  for (size_t i = 0; i < sources.size(); ++i) {
    SIKU_TRY(auto pieces, PiecesOf(sources[i], static_cast<int>(i), split_bytes));
    for (const Piece& piece : pieces) {
      if (splits.empty() || filled + piece.bytes > split_bytes) {
        splits.emplace_back();
        filled = 0;
      }
      splits.back().push_back(piece.part);
      filled += piece.bytes;
    }
  }
  if (splits.empty()) splits.emplace_back();
  return splits;
}

Result<std::vector<Split>> PlanSplitCount(const SourceList& sources, int count) {
  int64_t total = 0;
  for (const Source& source : sources) total += source.bytes;
  return PlanSplits(sources, std::max<int64_t>(1, (total + count - 1) / count));
}

}  // namespace siku
