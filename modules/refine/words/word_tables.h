// jieba's dictionary and hidden Markov model as siku-words.tables holds them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "tables/table_file.h"

namespace siku::refine {

/// Read-only and shared by all threads.
class WordTables {
 public:
  /// Mapped once in a process.
  static Result<std::shared_ptr<const WordTables>> Shared();

  const std::string& hash() const { return file_->hash(); }

  /// A node of the trie of words. `value` counts frequencies: 0 is no word.
  struct Unit {
    uint32_t base;   // 0: no children
    uint16_t label;  // the code it is reached by
    uint16_t value;
  };
  static_assert(sizeof(Unit) == 8);
  /// 0 for a character that no word holds.
  uint16_t CodeOf(char32_t c) const { return c < codes_.size() ? codes_[c] : uint16_t{0}; }
  Unit First(uint16_t code) const { return units_[code]; }
  /// Moves to the child; false where there is none.
  bool Step(Unit& unit, uint16_t code) const {
    if (unit.base == 0) return false;
    const Unit child = units_[unit.base + code];
    if (child.label != code) return false;
    unit = child;
    return true;
  }

  uint64_t frequency(uint16_t value) const { return frequencies_[value]; }
  /// Natural logarithms of the frequencies; of 1 for value 0.
  std::span<const double> logarithms() const { return logarithms_; }
  /// The sum of all frequencies.
  uint64_t total() const { return total_; }
  /// Characters of the longest word.
  size_t longest() const { return longest_; }

  static constexpr char32_t kFirstHan = 0x4E00;
  static constexpr char32_t kLastHan = 0x9FD5;
  /// States of a character in a word, in the order by which jieba decides ties.
  enum State : uint8_t { kBegin, kEnd, kMiddle, kSingle };
  using Row = std::array<double, 4>;
  const Row& emit(char32_t han) const { return emit_[han - kFirstHan]; }
  const Row& trans(State from) const { return trans_[from]; }
  const Row& start() const { return start_[0]; }

 private:
  Result<void> Bind();

  std::shared_ptr<const TableFile> file_;
  std::span<const uint16_t> codes_;
  std::span<const Unit> units_;
  std::span<const uint64_t> frequencies_;
  std::span<const double> logarithms_;
  std::span<const Row> emit_, trans_, start_;
  uint64_t total_ = 0;
  size_t longest_ = 0;
};

}  // namespace siku::refine
