// A text that is changed several times over, told as changes of the text it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappers/change.h"

namespace siku::refine::mappers {

class Rewriting {
 public:
  explicit Rewriting(std::string_view original);
  /// As it is now.
  const std::string& text() const { return text_; }
  /// Spans are bytes of `text()`.
  void Apply(const Changes& changes);
  /// Changes of the original.
  Changes Total() const;

 private:
  // A stretch of the text and the bytes of the original that it stands for. One that is not `same`
  // has been written by a change.
  struct Piece {
    size_t length;
    size_t begin, end;
    bool same;
    uint16_t rule;
  };
  class Cut;

  std::string_view original_;
  std::string text_;
  std::vector<Piece> pieces_{};
};

}  // namespace siku::refine::mappers
