// The content digest: what a version is, whatever files it lies in. Definition: docs/format.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "siku/batch.h"
#include "siku/result.h"
#include "siku/sha256.h"

namespace siku {

/// SHA-256 of each row's canonical bytes: key, residue, then the user columns in order. Slices,
/// dictionaries, views and bytes under nulls do not show. `rows` has the hidden columns first.
/// kUnsupported: a type that cannot be stored.
Result<std::vector<Digest>> RowDigests(const Batch& rows);

/// Canonical JSON of a schema's user columns: names and types. Types that hold the same values have
/// the same name. kUnsupported: a type that cannot be stored. kInvalid: a name twice or not UTF-8.
Result<std::string> CanonicalSchema(const Schema& schema);

/// Folds row digests in row order. The state is small and goes into the manifest, so appending
/// reads no old row.
class ContentDigest {
 public:
  static constexpr size_t kLeafRows = 256;

  void Add(std::span<const Digest> rows);
  int64_t rows() const { return rows_; }
  /// The content digest (hex) of the rows so far under this schema.
  std::string Finish(const std::string& canonical_schema) const;

  struct State {
    int64_t rows = 0;
    std::vector<Digest> peaks{};  // of the complete leaves' trees, tallest first
    std::vector<Digest> tail{};   // row digests of the unfinished leaf
  };
  State state() const { return {rows_, peaks_, tail_}; }
  static ContentDigest From(State state);

 private:
  void Close();
  int64_t rows_ = 0;
  std::vector<Digest> peaks_{};
  std::vector<int> heights_{};
  std::vector<Digest> tail_{};
};

}  // namespace siku
