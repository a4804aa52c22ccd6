// Two stages of repair told as one.
#include <algorithm>
#include <utility>

#include "siku/refine/repair.h"

namespace siku::refine {
namespace {

// An edit of the first stage, with the bytes of the first's output that it made.
struct Piece {
  size_t begin, end;
  const TextEdit* edit;
};

// A stretch of the first's output and the bytes of the input that it came from.
struct Stretch {
  size_t begin, end;
  size_t in_begin, in_end;
  size_t first, last;  // pieces inside: [first, last)
};

class Composition {
 public:
  Composition(std::string_view text, const std::vector<TextEdit>& first)
      : middle_(ApplyEdits(text, first)) {
    size_t made = 0, taken = 0;
    for (const TextEdit& edit : first) {
      const size_t begin = edit.begin + made - taken;
      made += edit.after.size();
      taken += edit.end - edit.begin;
      pieces_.push_back({begin, begin + edit.after.size(), &edit});
    }
  }

  // Widened until it cuts no piece. Pieces before index `from` are known to lie before it.
  Stretch Widened(size_t begin, size_t end, size_t from = 0) const {
    const auto found =
        std::partition_point(pieces_.begin() + static_cast<ptrdiff_t>(from), pieces_.end(),
                             [&](const Piece& piece) { return LiesBefore(piece, begin, end); });
    const auto first = static_cast<size_t>(found - pieces_.begin());
    size_t last = first;
    Stretch out{begin, end, 0, 0, first, first};
    while (last < pieces_.size() && !LiesBehind(pieces_[last], out.begin, out.end)) {
      out.begin = std::min(out.begin, pieces_[last].begin);
      out.end = std::max(out.end, pieces_[last].end);
      ++last;
    }
    out.last = last;
    out.in_begin =
        first > 0 ? pieces_[first - 1].edit->end + (out.begin - pieces_[first - 1].end) : out.begin;
    out.in_end =
        last > 0 ? pieces_[last - 1].edit->end + (out.end - pieces_[last - 1].end) : out.end;
    return out;
  }

  // `edits` are those of the second stage inside `stretch`.
  TextEdit Joined(const Stretch& stretch, std::span<const TextEdit> edits) const {
    TextEdit out = stretch.first < stretch.last ? *pieces_[stretch.first].edit : edits.front();
    out.begin = stretch.in_begin;
    out.end = stretch.in_end;
    out.after.clear();
    size_t at = stretch.begin;
    for (const TextEdit& edit : edits) {
      out.after.append(middle_, at, edit.begin - at).append(edit.after);
      out.confidence = std::min(out.confidence, edit.confidence);
      at = edit.end;
    }
    out.after.append(middle_, at, stretch.end - at);
    for (size_t i = stretch.first; i < stretch.last; ++i) {
      out.confidence = std::min(out.confidence, pieces_[i].edit->confidence);
    }
    // What stood beside the best of one stage fits the text of the other no more.
    if (edits.size() + (stretch.last - stretch.first) > 1) out.alternatives.clear();
    return out;
  }

  size_t size() const { return pieces_.size(); }
  const TextEdit& edit(size_t piece) const { return *pieces_[piece].edit; }

 private:
  static bool Empty(const Piece& piece) { return piece.begin == piece.end; }
  static bool LiesBefore(const Piece& piece, size_t begin, size_t end) {
    return piece.end < begin || (piece.end == begin && !(Empty(piece) && begin == end));
  }
  static bool LiesBehind(const Piece& piece, size_t begin, size_t end) {
    return piece.begin > end || (piece.begin == end && !(Empty(piece) && begin == end));
  }

  std::string middle_;
  std::vector<Piece> pieces_;
};

}  // namespace

Repaired Compose(std::string_view text, Repaired first, Repaired second) {
  if (first.edits.empty()) {
    second.flags.insert(second.flags.end(), std::make_move_iterator(first.flags.begin()),
                        std::make_move_iterator(first.flags.end()));
    std::stable_sort(second.flags.begin(), second.flags.end(),
                     [](const TextFlag& a, const TextFlag& b) { return a.begin < b.begin; });
    return second;
  }
  const Composition composition(text, first.edits);
  Repaired out;
  size_t piece = 0;
  for (size_t i = 0; i < second.edits.size();) {
    Stretch stretch = composition.Widened(second.edits[i].begin, second.edits[i].end, piece);
    for (; piece < stretch.first; ++piece) out.edits.push_back(composition.edit(piece));
    size_t last = i + 1;
    while (last < second.edits.size() && second.edits[last].begin < stretch.end) {
      stretch = composition.Widened(stretch.begin, std::max(stretch.end, second.edits[last].end),
                                    stretch.first);
      ++last;
    }
    const std::span<const TextEdit> inside(&second.edits[i], last - i);
    TextEdit joined = composition.Joined(stretch, inside);
    // Both together may give what stood there before.
    if (text.substr(joined.begin, joined.end - joined.begin) != joined.after) {
      out.edits.push_back(std::move(joined));
    }
    piece = std::max(piece, stretch.last);
    i = last;
  }
  for (; piece < composition.size(); ++piece) out.edits.push_back(composition.edit(piece));
  out.flags = std::move(first.flags);
  for (TextFlag& flag : second.flags) {
    const Stretch stretch = composition.Widened(flag.begin, flag.end);
    if (flag.proposal) {
      const TextEdit& edit = *flag.proposal;
      flag.proposal =
          composition.Joined(composition.Widened(edit.begin, edit.end), std::span(&edit, 1));
    }
    flag.begin = stretch.in_begin;
    flag.end = stretch.in_end;
    out.flags.push_back(std::move(flag));
  }
  std::stable_sort(out.flags.begin(), out.flags.end(),
                   [](const TextFlag& a, const TextFlag& b) { return a.begin < b.begin; });
  return out;
}

}  // namespace siku::refine
