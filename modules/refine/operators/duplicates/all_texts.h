// The text column of a step's sketches, by ordinal and in pieces.
#pragma once

#include <arrow/type_fwd.h>

#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

#include "duplicates/texts.h"
#include "siku/operator.h"
#include "siku/process.h"
#include "siku/result.h"

namespace siku::refine {

/// Name of the sketch column that holds the texts.
inline constexpr const char* kSketchText = "text";

class AllTexts final : public duplicates::Texts {
 public:
  /// Maps all pieces; a piece's column `text` may be missing where no text is asked for.
  static Result<std::unique_ptr<AllTexts>> Open(const AllRows& rows);

  int pieces() const override { return static_cast<int>(pieces_.size()); }
  duplicates::TextPiece Piece(int piece) const override;
  void Touched(int64_t bytes) const override;

  const Batch& batch(int piece) const { return pieces_[static_cast<size_t>(piece)]; }
  int64_t first(int piece) const { return first_[static_cast<size_t>(piece)]; }
  /// The piece that a row is in.
  int PieceOf(int64_t ordinal) const;
  std::string_view Text(int64_t ordinal) const;

 private:
  explicit AllTexts(const AllRows& rows) : rows_(rows) {}

  const AllRows& rows_;
  std::vector<Batch> pieces_;
  std::vector<int64_t> first_;
  std::vector<const arrow::LargeStringArray*> texts_;
  std::vector<std::vector<int64_t>> offsets_;  // of pieces whose texts do not begin at byte 0
  int64_t before_ = MappedBytes();             // the program itself
  mutable std::atomic<int64_t> touched_ = 0;
};

/// Rows of the texts in chunks of bounded size: what work on them is parted by.
class TextChunks {
 public:
  struct Chunk {
    int piece;
    size_t begin, end;  // rows of the piece
  };
  explicit TextChunks(const AllTexts& texts);
  int count() const { return static_cast<int>(chunks_.size()); }
  const Chunk& operator[](int i) const { return chunks_[static_cast<size_t>(i)]; }
  /// The first chunk of a piece.
  int first(int piece) const { return first_[static_cast<size_t>(piece)]; }

 private:
  std::vector<Chunk> chunks_;
  std::vector<int> first_;
};

/// A sketch that is the text column alone; null texts are empty.
Result<Batch> TextSketch(const Batch& batch, int column);

/// kInterrupted where the run was asked to stop.
Result<void> CheckStopping(const AllRows& rows);

}  // namespace siku::refine
