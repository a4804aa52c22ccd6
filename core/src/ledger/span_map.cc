#include <algorithm>

#include "siku/ledger.h"

namespace siku {

SpanMap::SpanMap(int64_t length) { Append({0, length, 0, length, true}); }

void SpanMap::Append(Piece piece) {
  if (piece.in_length == 0 && piece.out_length == 0) return;
  piece.in = input_length_;
  piece.out = output_length_;
  input_length_ += piece.in_length;
  output_length_ += piece.out_length;
  if (piece.copied && !pieces_.empty() && pieces_.back().copied) {
    pieces_.back().in_length += piece.in_length;
    pieces_.back().out_length += piece.out_length;
  } else {
    pieces_.push_back(piece);
  }
}

SpanMap SpanMap::FromEdits(std::span<const StoredEdit> edits, int64_t input_length) {
  SpanMap map(0);
  for (const StoredEdit& edit : edits) {
    const int64_t copied = edit.begin - map.input_length_;
    map.Append({0, copied, 0, copied, true});
    map.Append({0, edit.end - edit.begin, 0, edit.out_end - edit.out_begin, false});
  }
  const int64_t rest = input_length - map.input_length_;
  map.Append({0, rest, 0, rest, true});
  return map;
}

SpanMap SpanMap::FromSlice(Span span, int64_t parent_length) {
  SpanMap map(0);
  map.Append({0, span.begin, 0, 0, false});
  map.Append({0, span.end - span.begin, 0, span.end - span.begin, true});
  map.Append({0, parent_length - span.end, 0, 0, false});
  return map;
}

// Walks the middle text once. Where both steps copied, the composition copies; everything between
// two places at which neither step has an open replacement becomes one replacement.
SpanMap SpanMap::Then(const SpanMap& next) const {
  SpanMap result(0);
  Piece group{};  // the open replacement
  const auto close = [&] {
    result.Append(group);
    group = Piece{};
  };
  size_t i = 0, j = 0;
  int64_t done_i = 0, done_j = 0;  // bytes of the middle text consumed of pieces i and j
  while (i < pieces_.size() || j < next.pieces_.size()) {
    const Piece* first = i < pieces_.size() ? &pieces_[i] : nullptr;
    const Piece* second = j < next.pieces_.size() ? &next.pieces_[j] : nullptr;
    const bool cuttable = (done_i == 0 || (first != nullptr && first->copied)) &&
                          (done_j == 0 || (second != nullptr && second->copied));
    if (cuttable) close();
    if (first != nullptr && first->out_length == 0) {
      group.in_length += first->in_length;
      ++i;
      continue;
    }
    if (second != nullptr && second->in_length == 0) {
      group.out_length += second->out_length;
      ++j;
      continue;
    }
    if (first == nullptr || second == nullptr) break;  // lengths of the middle text differ: a bug
    const int64_t length = std::min(first->out_length - done_i, second->in_length - done_j);
    if (first->copied && second->copied) {
      result.Append({0, length, 0, length, true});
    } else {
      if (first->copied) {
        group.in_length += length;
      } else if (done_i == 0) {
        group.in_length += first->in_length;
      }
      if (second->copied) {
        group.out_length += length;
      } else if (done_j == 0) {
        group.out_length += second->out_length;
      }
    }
    if ((done_i += length) == first->out_length) done_i = 0, ++i;
    if ((done_j += length) == second->in_length) done_j = 0, ++j;
  }
  close();
  return result;
}

namespace {

struct Side {
  int64_t begin, length, other_begin, other_length;
  bool copied;
};

// Maps `span` of one text to the other. `side(k)` gives piece k seen from the first text.
template <class SideOf>
Span MapSpan(Span span, size_t count, int64_t other_total, SideOf side) {
  // The first piece that ends after span.begin; pieces are in order on both sides.
  size_t low = 0, high = count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const Side piece = side(middle);
    if (piece.begin + piece.length > span.begin) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  if (low == count) return {other_total, other_total};
  const auto at = [](const Side& piece, int64_t position) {
    return piece.other_begin + (position - piece.begin);
  };
  const Side first = side(low);
  Span mapped;
  mapped.begin = first.copied ? at(first, std::max(span.begin, first.begin)) : first.other_begin;
  mapped.end = mapped.begin;
  if (span.begin == span.end) {
    if (!first.copied && span.begin > first.begin)
      mapped.end = first.other_begin + first.other_length;
    return mapped;
  }
  for (size_t k = low; k < count; ++k) {
    const Side piece = side(k);
    if (piece.begin >= span.end) break;
    mapped.end = piece.copied ? at(piece, std::min(span.end, piece.begin + piece.length))
                              : piece.other_begin + piece.other_length;
  }
  return mapped;
}

}  // namespace

std::vector<SpanMap::Change> SpanMap::Changes() const {
  std::vector<Change> changes;
  for (const Piece& p : pieces_) {
    if (p.copied) continue;
    changes.push_back({{p.in, p.in + p.in_length}, {p.out, p.out + p.out_length}});
  }
  return changes;
}

Span SpanMap::ToInput(Span output) const {
  return MapSpan(output, pieces_.size(), input_length_, [&](size_t k) {
    const Piece& p = pieces_[k];
    return Side{p.out, p.out_length, p.in, p.in_length, p.copied};
  });
}

Span SpanMap::ToOutput(Span input) const {
  return MapSpan(input, pieces_.size(), output_length_, [&](size_t k) {
    const Piece& p = pieces_[k];
    return Side{p.in, p.in_length, p.out, p.out_length, p.copied};
  });
}

}  // namespace siku
