// One text through the repairer: bytes in, bytes out, what could not be decoded kept in place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "siku/refine/repair.h"

namespace siku::cli {

struct Document {
  std::string_view bytes;       // the input
  std::string decoded{};        // the input as valid UTF-8 where it is not
  refine::Repaired repaired{};  // spans are bytes of `text()`
  /// Where undecodable bytes stand as U+FFFD in `text()`, and those bytes.
  std::vector<refine::TextEdit> broken{};

  std::string_view text() const { return decoded.empty() ? bytes : decoded; }
  bool changed() const { return !repaired.edits.empty(); }
};

/// `bytes` is UTF-8, maybe with broken places, and outlives the result.
Document RepairDocument(const refine::Repairer& repairer, std::string_view bytes);
/// The text after its repairs, with the undecodable bytes as they were.
std::string RepairedBytes(const Document& document);

/// Where the places of a text went by its edits.
class Shift {
 public:
  explicit Shift(const std::vector<refine::TextEdit>& edits);
  size_t begin_of(size_t edit) const;
  size_t end_of(size_t edit) const;
  /// A position in the output; the beginning of an edit for what lies inside, or its end.
  size_t ToOutput(size_t position, bool end) const;

 private:
  const std::vector<refine::TextEdit>& edits_;
  std::vector<size_t> moved_;  // bytes put in before edit i, less bytes taken out, modulo 2^64
};

}  // namespace siku::cli
