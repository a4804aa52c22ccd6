// A set of documents: one bit each.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace siku::catalog {

class Bits {
 public:
  explicit Bits(size_t size = 0) : size_(size), words_((size + 63) / 64) {}
  void Set(size_t i) { words_[i / 64] |= uint64_t{1} << i % 64; }
  void Clear(size_t i) { words_[i / 64] &= ~(uint64_t{1} << i % 64); }
  bool Has(size_t i) const { return (words_[i / 64] >> i % 64 & 1U) != 0; }
  void SetAll() {
    for (uint64_t& word : words_) word = ~uint64_t{0};
    Trim();
  }
  void Flip() {
    for (uint64_t& word : words_) word = ~word;
    Trim();
  }
  void Append(bool value) {
    if (size_ % 64 == 0) words_.push_back(0);
    if (value) words_[size_ / 64] |= uint64_t{1} << size_ % 64;
    ++size_;
  }
  /// Both of one size.
  Bits& operator&=(const Bits& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  Bits& operator|=(const Bits& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(i * 64 + static_cast<size_t>(std::countr_zero(word)));
      }
    }
  }

 private:
  void Trim() {
    if (size_ % 64 != 0) words_.back() &= (uint64_t{1} << size_ % 64) - 1;
  }
  size_t size_;
  std::vector<uint64_t> words_;
};

}  // namespace siku::catalog
