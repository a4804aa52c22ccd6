// The ledger's arithmetic: edits of one text value, the delta they are stored as, and the map from
// any span of the output to its original and back. Files and columns: docs/format.md, "Ledger".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku {

/// One stored edit: what stood in the input, where, and where its replacement stands in the output.
struct StoredEdit {
  int64_t begin = 0;  // bytes of the step's input
  int64_t end = 0;
  int64_t out_begin = 0;  // bytes of the step's output
  int64_t out_end = 0;
  std::string before{};
  uint16_t rule = 0;
  uint16_t confidence = 1000;
  std::vector<std::string> alternatives{};
  friend bool operator==(const StoredEdit&, const StoredEdit&) = default;
};

/// The text after `edits`. Fails with kInternal unless they are sorted, disjoint and inside
/// `input`.
Result<std::string> ApplyEdits(std::string_view input, std::span<const Edit> edits);

/// Encodes what is needed to go from output back to input (delta format 1). Same precondition.
Result<std::string> EncodeDelta(std::string_view input, std::span<const Edit> edits);
/// Decodes a delta of any origin: bad bytes give kData, never a crash or an unbounded allocation.
Result<std::vector<StoredEdit>> DecodeDelta(std::string_view delta);
/// The input that `output` was made from.
Result<std::string> RevertDelta(std::string_view output, std::string_view delta);

struct Span {
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

/// A part of the parent's text that one child holds.
struct ChildPart {
  uint16_t port = 0;
  uint32_t ordinal = 0;  // the child's ordinal among all rows made of the parent
  Span span{};           // bytes of the parent's text
  friend bool operator==(const ChildPart&, const ChildPart&) = default;
};

/// What an expanding step leaves of a parent: which spans its children hold, and the bytes that no
/// child holds. Parts may overlap; they are stored sorted by (begin, ordinal).
Result<std::string> EncodeParts(std::string_view parent, std::vector<ChildPart> parts);
struct StoredParts {
  std::vector<ChildPart> parts;
  std::vector<std::string> gaps;  // gap i stands before part i, the last one after all parts
  int64_t length = 0;             // of the parent, bytes
};
Result<StoredParts> DecodeParts(std::string_view encoded);
/// The parent's text from its children's (`children[i]` belongs to `parts[i]`).
Result<std::string> JoinParts(const StoredParts& stored,
                              std::span<const std::string_view> children);

/// A monotone map between byte positions of two texts, built from edits and composed over steps.
/// Inside an edit a position has no exact partner: a span that touches one maps to the whole of it.
class SpanMap {
 public:
  /// The identity on a text of `length` bytes.
  explicit SpanMap(int64_t length = 0);
  static SpanMap FromEdits(std::span<const StoredEdit> edits, int64_t input_length);
  /// The map of a child that is `span` of its parent.
  static SpanMap FromSlice(Span span, int64_t parent_length);

  /// First this step, then `next`.
  SpanMap Then(const SpanMap& next) const;
  Span ToInput(Span output) const;
  /// Empty at the nearest position where the input is not in the output.
  Span ToOutput(Span input) const;
  struct Change {
    Span input, output;
  };
  /// What is not copied, in order: disjoint, each as small as the maps that it was made of allow.
  std::vector<Change> Changes() const;
  int64_t input_length() const { return input_length_; }
  int64_t output_length() const { return output_length_; }

 private:
  struct Piece {  // [in, in+in_length) became [out, out+out_length)
    int64_t in = 0, in_length = 0, out = 0, out_length = 0;
    bool copied = false;
  };
  void Append(Piece piece);
  std::vector<Piece> pieces_;  // cover both texts in order
  int64_t input_length_ = 0;
  int64_t output_length_ = 0;
};

}  // namespace siku
