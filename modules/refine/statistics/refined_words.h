// Words as Data-Juicer refines them: split on " ", "\n" and "\t", lowered, special characters
// stripped from both ends, empty ones dropped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "statistics/gram_table.h"
#include "statistics/word_stream.h"

namespace siku::refine::statistics {

/// Groups of neighbouring words that count as words too (`use_words_aug`).
struct Augmentation {
  std::vector<int64_t> group_sizes{};
  std::string join{};
};

class RefinedWords {
 public:
  void Walk(std::string_view text);
  /// Words that are left where they are not lowered before they are stripped.
  uint64_t unlowered() const { return unlowered_; }
  /// The share of words that the list has, groups with them.
  double ListedRatio(const WordList& list, const Augmentation& augmentation);
  /// The share of n-grams of words that are met more than once.
  double RepetitionRatio(size_t n);

 private:
  std::string_view LoweredWord(size_t index) const {
    return std::string_view(lowered_).substr(ends_[index], ends_[index + 1] - ends_[index]);
  }
  void Lower();
  void AddWord(std::string_view word);

  std::vector<std::string_view> words_{};  // stripped, as they stand in the text
  uint64_t unlowered_ = 0;
  std::string lowered_{};
  std::vector<size_t> ends_{};  // in `lowered_`, with 0 before the first
  bool lowered_ready_ = false;
  std::vector<uint32_t> identities_{};
  GramTable table_{};
};

}  // namespace siku::refine::statistics
