// Aligned columns and wrapped text for a terminal, wide characters counted as two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siku::cli {

/// `text` with blanks behind (or before, `right`) it up to `width` columns.
std::string Pad(std::string_view text, size_t width, bool right = false);
/// `text` with blanks for line breaks and control characters, which steer a terminal.
std::string Plain(std::string_view text);
/// The beginning of `text` that fits into `width` columns, an ellipsis behind it where it was cut;
/// plain.
std::string Fit(std::string_view text, size_t width);
/// Lines of at most `width` columns, each behind `indent` blanks, the first one without. Breaks at
/// blanks and between wide characters.
std::string Wrap(std::string_view text, size_t width, size_t indent);

class Table {
 public:
  explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}
  /// Numbers stand right.
  Table& Right(size_t column);
  /// The last column goes on in further lines instead of being cut.
  Table& WrapLast();
  /// Cells become plain.
  void Add(std::vector<std::string> row);
  bool empty() const { return rows_.empty(); }
  /// The last column fits into `width`.
  std::string Print(size_t width, bool bold_head = false) const;

 private:
  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_{};
  std::vector<size_t> right_{};
  bool wraps_last_ = false;
};

}  // namespace siku::cli
