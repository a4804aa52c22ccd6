#include "mappers/rewriting.h"

#include <algorithm>

namespace siku::refine::mappers {

void Add(Changes& changes, std::string_view text, size_t begin, size_t end, std::string_view after,
         uint16_t rule) {
  if (text.substr(begin, end - begin) == after) return;
  if (!changes.empty() && changes.back().end == begin) {
    changes.back().end = end;
    changes.back().after += after;
  } else {
    changes.push_back({begin, end, std::string(after), rule});
  }
}

std::string Changed(std::string_view text, const Changes& changes) {
  std::string out;
  size_t at = 0;
  for (const Change& change : changes) {
    out += text.substr(at, change.begin - at);
    out += change.after;
    at = change.end;
  }
  return out += text.substr(at);
}

// Takes pieces off the front, splitting the last.
class Rewriting::Cut {
 public:
  explicit Cut(const std::vector<Piece>& pieces) : pieces_(pieces) {
    if (!pieces_.empty()) rest_ = pieces_.front();
  }
  /// The next piece of at most `length` bytes of the text; nothing at the end.
  bool Take(size_t length, Piece& taken) {
    while (next_ < pieces_.size() && rest_.length == 0 && rest_.begin == rest_.end) Step();
    if (next_ == pieces_.size()) return false;
    taken = rest_;
    if (rest_.length <= length) {
      Step();
      return true;
    }
    taken.length = length;
    // What a change wrote stands for its bytes once: the first part has them.
    if (rest_.same) taken.end = rest_.begin + length;
    rest_.length -= length;
    rest_.begin = taken.end;
    return true;
  }
  /// The piece that comes next lies behind `length` bytes more, or stands for bytes without length.
  bool Empty() const { return next_ < pieces_.size() && rest_.length == 0; }

 private:
  void Step() {
    ++next_;
    if (next_ < pieces_.size()) rest_ = pieces_[next_];
  }
  const std::vector<Piece>& pieces_;
  size_t next_ = 0;
  Piece rest_{};
};

Rewriting::Rewriting(std::string_view original)
    : original_(original),
      text_(original),
      pieces_{{original.size(), 0, original.size(), true, 0}} {}

void Rewriting::Apply(const Changes& changes) {
  if (changes.empty()) return;
  std::vector<Piece> pieces;
  Cut cut(pieces_);
  Piece piece{};
  size_t at = 0;
  const auto copy_to = [&](size_t end) {
    while ((at < end || cut.Empty()) && cut.Take(end - at, piece)) {
      at += piece.length;
      pieces.push_back(piece);
    }
  };
  for (const Change& change : changes) {
    copy_to(change.begin);
    const size_t origin = pieces.empty() ? 0 : pieces.back().end;
    Piece made{change.after.size(), origin, origin, false, change.rule};
    while (at < change.end && cut.Take(change.end - at, piece)) {
      at += piece.length;
      made.end = piece.end;
    }
    pieces.push_back(made);
  }
  copy_to(text_.size());
  text_ = Changed(text_, changes);
  pieces_ = std::move(pieces);
}

Changes Rewriting::Total() const {
  Changes total;
  size_t at = 0;
  for (const Piece& piece : pieces_) {
    const std::string_view now = std::string_view(text_).substr(at, piece.length);
    at += piece.length;
    if (piece.same) continue;
    if (!total.empty() && total.back().end == piece.begin) {
      total.back().end = piece.end;
      total.back().after += now;
    } else {
      total.push_back({piece.begin, piece.end, std::string(now), piece.rule});
    }
  }
  std::erase_if(total, [&](const Change& change) {
    return original_.substr(change.begin, change.end - change.begin) == change.after;
  });
  return total;
}

}  // namespace siku::refine::mappers
