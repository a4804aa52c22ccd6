// Which of many hashed units (lines, paragraphs, spans of sentences) equal one before them.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace siku::refine::duplicates {

/// 128 bits: no two different units of any corpus share them by chance.
struct UnitHash {
  uint64_t high = 0;
  uint64_t low = 0;
  friend bool operator==(const UnitHash&, const UnitHash&) = default;
};

UnitHash HashUnit(std::string_view bytes);

/// Units in order, in chunks of bounded size; the same at every call. Thread-safe.
class Units {
 public:
  virtual ~Units() = default;
  virtual int chunks() const = 0;
  /// Overwrites `hashes` with those of a chunk.
  virtual void Hashes(int chunk, std::vector<UnitHash>& hashes) const = 0;
};

struct SeenOptions {
  int threads = 1;
  int64_t memory = int64_t{256} << 20;  // bytes, beside one bit for each unit
  std::function<bool()> stopping = [] { return false; };
};

/// The answer: one bit a unit.
class SeenUnits {
 public:
  SeenUnits(const Units& units, const SeenOptions& options);
  /// The number of the first unit of a chunk.
  int64_t first(int chunk) const { return first_[static_cast<size_t>(chunk)]; }
  /// Whether an equal unit stands before unit `number`.
  bool Before(int64_t number) const {
    return (seen_[static_cast<size_t>(number / 64)] >> (number % 64) & 1) != 0;
  }

 private:
  void Pass(const Units& units, const SeenOptions& options, uint64_t pass, uint64_t passes);

  std::vector<int64_t> first_;
  std::vector<uint64_t> seen_;
};

}  // namespace siku::refine::duplicates
