// Which of many hashed units stand in more than so many documents.
#pragma once

#include <cstdint>
#include <vector>

#include "duplicates/first_seen.h"

namespace siku::refine::duplicates {

struct DocumentUnit {
  UnitHash hash{};
  int64_t document = 0;
};

/// Units in the order of their documents, in chunks of bounded size; no document stands in two
/// chunks. The same at every call. Thread-safe.
class DocumentUnits {
 public:
  virtual ~DocumentUnits() = default;
  virtual int chunks() const = 0;
  /// Overwrites `units` with those of a chunk.
  virtual void Units(int chunk, std::vector<DocumentUnit>& units) const = 0;
};

class DocumentCounts;

/// The answer: one bit a unit.
class FrequentUnits {
 public:
  FrequentUnits(const DocumentUnits& units, int64_t more_than, const SeenOptions& options);
  /// The number of the first unit of a chunk.
  int64_t first(int chunk) const { return first_[static_cast<size_t>(chunk)]; }
  bool Frequent(int64_t number) const {
    return (frequent_[static_cast<size_t>(number / 64)] >> (number % 64) & 1) != 0;
  }

 private:
  struct Part;
  void Count(const DocumentUnits& units, const SeenOptions& options, Part part,
             std::vector<DocumentCounts>& counts) const;
  void Mark(const DocumentUnits& units, int64_t more_than, const SeenOptions& options, Part part,
            const std::vector<DocumentCounts>& counts);

  std::vector<int64_t> first_;
  std::vector<uint64_t> frequent_;
};

}  // namespace siku::refine::duplicates
