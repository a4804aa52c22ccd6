// A file that says which blocks of rows may have a gram of a term (terms.h). Each block has a
// Bloom filter of 2^19 bits (Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors",
// 1970); they lie bit by bit, the same bit of 512 blocks together, so that a question reads a few
// runs of 64 bytes (Faloutsos and Christodoulakis, "Signature files", 1984, bit-sliced).
//
// - groups of 512 blocks: 2^19 slices, each a bit a block, of the last group as many bytes as it
// needs
// - the first row of each block, the number of rows, of blocks, a format: 8 bytes each,
//   little-endian
// - SHA-256 of all before
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "search/bits.h"
#include "siku/result.h"

namespace arrow {
class Buffer;
}  // namespace arrow

namespace siku::catalog {

inline constexpr int64_t kBlockRows = 1024;
inline constexpr size_t kBlockUnits = 64 * 1024;  // of folded UTF-16; a longer row is a block

class SignatureWriter {
 public:
  /// A new file at `path`.
  static Result<std::unique_ptr<SignatureWriter>> Open(const std::string& path);
  virtual ~SignatureWriter() = default;
  virtual Result<void> AddRow(const std::vector<std::u16string_view>& cells) = 0;
  /// Completes and syncs the file.
  virtual Result<void> Close() = 0;
};

class Signatures {
 public:
  /// kNotFound: there is none. kData: it is damaged.
  static Result<Signatures> Open(const std::string& path);

  size_t blocks() const { return begins_.size(); }
  /// The first row of a block; of the one behind the last, the number of rows.
  int64_t Begin(size_t block) const { return block < begins_.size() ? begins_[block] : rows_; }
  /// Those that may have the gram, a single unit or as ForEachGram: all that have it, few others.
  Bits Having(uint64_t gram) const;

 private:
  std::shared_ptr<arrow::Buffer> file_;
  std::vector<int64_t> begins_{};
  int64_t rows_ = 0;
};

}  // namespace siku::catalog
