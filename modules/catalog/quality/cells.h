// The cells of one column of a batch, as looks and as hashes of their values.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "quality/kind.h"

namespace siku::catalog {

/// Of 128 bits: equal ones are taken for equal values.
struct CellHash {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const CellHash&) const = default;
  /// Puts the next column's hash behind.
  void Add(const CellHash& next) {
    low = (low << 23U | low >> 41U) * 0x9E3779B97F4A7C15U + next.low;
    high = (high << 31U | high >> 33U) * 0xD6E8FEB86659FD93U + next.high;
  }
};

bool IsText(const arrow::DataType& type);

class Cells {
 public:
  /// Looks at each entry of a dictionary once, so that its cells cost little.
  void Load(std::shared_ptr<arrow::Array> array);
  bool text() const { return text_; }

  /// Of rows [begin, begin + count).
  void Looks(int64_t begin, int64_t count, Look* out) const;
  void Hashes(int64_t begin, int64_t count, CellHash* out) const;
  Look LookAt(int64_t row) const {
    Look look;
    Looks(row, 1, &look);
    return look;
  }
  CellHash HashAt(int64_t row) const {
    CellHash hash;
    Hashes(row, 1, &hash);
    return hash;
  }
  /// Of a text column; empty where it is null.
  std::string_view Text(int64_t row) const;
  /// A number, date or time to compare by, of texts too; nothing: there is none.
  std::optional<double> Measure(int64_t row) const;

 private:
  template <class Array>
  void TextLooks(int64_t begin, int64_t count, Look* out) const;
  int64_t Entry(int64_t row) const;

  std::shared_ptr<arrow::Array> array_{};
  std::shared_ptr<arrow::Array> entries_{};  // of a dictionary; else null
  const int32_t* places_ = nullptr;          // in the dictionary, where they have 32 bits
  bool text_ = false;
  std::vector<Look> entry_looks_{};
  std::vector<CellHash> entry_hashes_{};
};

}  // namespace siku::catalog
