// A stream of lines in pieces of whole lines, and the pool that works on pieces out of order.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "repair/input.h"
#include "siku/encoding.h"

namespace siku::cli {

struct Piece {
  std::string bytes{};
  int64_t first_line = 1;
  bool too_long = false;  // a part of a line over the cap: passed through
};

class LinePieces {
 public:
  LinePieces(std::unique_ptr<Input> input, int64_t max_record)
      : input_(std::move(input)), max_record_(static_cast<size_t>(max_record)) {}
  /// Reads the beginning.
  Result<void> Begin();
  /// Looks at it; kData where it is no text.
  Result<void> Sniff(const std::optional<Encoding>& given, const std::string& name);
  Encoding encoding() const { return encoding_; }
  /// Bytes of a mark at the beginning, part of the first piece.
  size_t mark() const { return mark_; }
  int64_t long_lines() const { return long_lines_; }
  /// False at the end.
  Result<bool> Next(Piece& piece);

 private:
  size_t FindEnd(size_t from) const;
  size_t LastEnd() const;
  Result<bool> NextOfLong(Piece& piece);
  void Take(size_t bytes, Piece& piece);

  std::unique_ptr<Input> input_;
  size_t max_record_;
  Encoding encoding_ = Encoding::kUtf8;
  size_t mark_ = 0;
  std::string buffer_{};
  int64_t line_ = 1;
  int64_t long_lines_ = 0;
  bool in_long_ = false;
  bool ended_ = false;
};

/// What a sample of a text tells of its encoding, in one rule for texts and lines. kData: no text.
struct Sniffed {
  Encoding encoding = Encoding::kUtf8;
  size_t mark = 0;
};
Result<Sniffed> SniffEncoding(std::string_view sample, bool whole,
                              const std::optional<Encoding>& given, const std::string& name);

}  // namespace siku::cli
