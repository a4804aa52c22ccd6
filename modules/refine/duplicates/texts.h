// Texts in row order, as they lie in memory or in a mapped file.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace siku::refine::duplicates {

/// Some rows: row i is the bytes from offsets[i] to offsets[i + 1]; valid UTF-8.
struct TextPiece {
  std::string_view bytes;
  std::span<const int64_t> offsets;  // one more than rows; the first is 0
  size_t rows() const { return offsets.size() - 1; }
  std::string_view row(size_t i) const {
    return bytes.substr(static_cast<size_t>(offsets[i]),
                        static_cast<size_t>(offsets[i + 1] - offsets[i]));
  }
};

class Texts {
 public:
  virtual ~Texts() = default;
  virtual int pieces() const = 0;
  virtual TextPiece Piece(int piece) const = 0;
  /// Says that so many bytes were read, so that mapped pages can be given back in time.
  virtual void Touched(int64_t bytes) const = 0;
};

/// Bytes [begin, end) of a text.
struct Span {
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace siku::refine::duplicates
