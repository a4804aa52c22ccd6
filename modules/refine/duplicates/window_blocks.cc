#include "duplicates/window_blocks.h"

#include <algorithm>

#include "duplicates/parallel.h"
#include "duplicates/shingles.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

// Small enough that the windows of all blocks in hand take some ten megabytes.
constexpr int64_t kBlockBytes = 128 << 10;
constexpr size_t kBlocksInHand = 8;

std::vector<Block> BlocksOf(const TextPiece& piece, int number) {
  std::vector<Block> blocks;
  const auto size = static_cast<int64_t>(piece.bytes.size());
  for (int64_t begin = 0; begin < size;) {
    int64_t end = std::min(begin + kBlockBytes, size);
    while (!utf8::AtBorder(piece.bytes, static_cast<size_t>(end))) ++end;
    blocks.push_back({number, begin, end, 0});
    begin = end;
  }
  return blocks;
}

std::string_view BytesOf(const TextPiece& piece, const Block& block) {
  return piece.bytes.substr(static_cast<size_t>(block.begin),
                            static_cast<size_t>(block.end - block.begin));
}

// Hashes the windows that begin in a block and parts them.
class BlockHasher {
 public:
  using Parted = std::vector<std::vector<Window>>;

  void Hash(const TextPiece& piece, const Block& block, int length, HashParts parts, Parted& out) {
    out.resize(parts.count);
    for (auto& part : out) part.clear();
    const auto offsets = piece.offsets;
    auto row = static_cast<size_t>(std::upper_bound(offsets.begin(), offsets.end(), block.begin) -
                                   offsets.begin() - 1);
    size_t passed = 0;
    for (; row < piece.rows() && offsets[row] < block.end; ++row) {
      const int64_t begin = std::max(offsets[row], block.begin);
      const int64_t end = std::min(offsets[row + 1], block.end);
      if (begin == end) continue;
      passed += HashStretch(piece, {begin, end}, offsets[row + 1], length, parts,
                            static_cast<uint32_t>(begin - block.begin), passed, out);
    }
  }

 private:
  // `stretch` is what lies in the block of a row that ends at `row_end`; how many code points it
  // has.
  size_t HashStretch(const TextPiece& piece, Span stretch, int64_t row_end, int length,
                     HashParts parts, uint32_t byte, size_t passed, Parted& out) {
    const auto begin = static_cast<size_t>(stretch.begin);
    // The last window may need length - 1 code points more, of at most four bytes.
    const auto reach =
        static_cast<size_t>(std::min(row_end, stretch.end + int64_t{4} * (length - 1)));
    std::string_view text = piece.bytes.substr(begin, reach - begin);
    while (!utf8::AtBorder(piece.bytes, begin + text.size())) text.remove_suffix(1);
    CharacterShingles(text, length, code_points_, hashes_);
    const auto inside = static_cast<size_t>(stretch.end - stretch.begin);
    const size_t own = utf8::Length(text.substr(0, inside));
    size_t at = 0;
    for (size_t i = 0; i < std::min(own, hashes_.size()); ++i) {
      const uint64_t part = parts.Of(hashes_[i]) - parts.first;
      if (part < parts.count) {
        out[part].push_back(
            {hashes_[i], byte + static_cast<uint32_t>(at), static_cast<uint32_t>(passed + i)});
      }
      at += Utf8Size(code_points_[i]);
    }
    return own;
  }

  static size_t Utf8Size(uint32_t c) {
    return size_t{1} + (c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
  }

  std::vector<uint32_t> code_points_;
  std::vector<uint64_t> hashes_;
};

}  // namespace

std::vector<Block> CutBlocks(const Texts& texts, int threads) {
  std::vector<std::vector<Block>> cut(static_cast<size_t>(texts.pieces()));
  ParallelFor(threads, texts.pieces(), [&](int64_t index) {
    const TextPiece piece = texts.Piece(static_cast<int>(index));
    auto& blocks = cut[static_cast<size_t>(index)];
    blocks = BlocksOf(piece, static_cast<int>(index));
    for (Block& block : blocks) {
      block.first_code_point = static_cast<int64_t>(utf8::Length(BytesOf(piece, block)));
    }
    texts.Touched(static_cast<int64_t>(piece.bytes.size()));
  });
  std::vector<Block> all;
  int64_t code_points = 0;
  for (const auto& blocks : cut) {
    for (Block block : blocks) {
      const int64_t inside = block.first_code_point;
      block.first_code_point = code_points;
      code_points += inside;
      all.push_back(block);
    }
  }
  return all;
}

void WalkWindows(const Texts& texts, std::span<const Block> blocks, int length, HashParts parts,
                 int threads,
                 const std::function<void(uint64_t, const Block&, std::span<const Window>)>& look) {
  std::vector<BlockHasher> hashers(kBlocksInHand);
  std::vector<BlockHasher::Parted> parted(kBlocksInHand);
  for (size_t at = 0; at < blocks.size(); at += kBlocksInHand) {
    const auto now = blocks.subspan(at, std::min(kBlocksInHand, blocks.size() - at));
    ParallelFor(threads, static_cast<int64_t>(now.size()), [&](int64_t index) {
      const auto i = static_cast<size_t>(index);
      hashers[i].Hash(texts.Piece(now[i].piece), now[i], length, parts, parted[i]);
      texts.Touched(now[i].end - now[i].begin);
    });
    ParallelFor(threads, static_cast<int64_t>(parts.count), [&](int64_t part) {
      for (size_t i = 0; i < now.size(); ++i) {
        look(static_cast<uint64_t>(part), now[i], parted[i][static_cast<size_t>(part)]);
      }
    });
  }
}

}  // namespace siku::refine::duplicates
