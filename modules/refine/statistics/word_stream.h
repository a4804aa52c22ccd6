// Words of a text, and their n-grams, counted by content.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "statistics/gram_table.h"

namespace siku::refine::statistics {

/// Splits a text into words. Thread-safe.
class WordSplitter {
 public:
  virtual ~WordSplitter() = default;
  /// `space`, `jieba`: as statistics are named by it.
  virtual std::string_view name() const = 0;
  /// Appends the words, none empty, none with blanks at its ends.
  virtual void Split(std::string_view text, std::vector<std::string_view>& words) const = 0;
};

/// str.split: between characters that are isspace.
const WordSplitter& SpaceSplitter();

/// A list of words that texts are looked up in.
class WordList {
 public:
  WordList(std::string name, const std::vector<std::string>& words);
  /// Begins a statistic's name: its own name and the start of the SHA-256 of the sorted words.
  const std::string& name() const { return name_; }
  bool contains(std::string_view word) const { return words_.find(word) != words_.end(); }
  size_t longest() const { return longest_; }  // bytes

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view word) const { return HashOf(word); }
  };
  std::string name_;
  std::unordered_set<std::string, Hash, std::equal_to<>> words_;
  size_t longest_ = 0;
};

/// The words of a text, its n-grams joined by one space or by nothing (docs/filters.md).
class WordStream {
 public:
  explicit WordStream(const WordSplitter& splitter) : splitter_(splitter) {}
  const WordSplitter& splitter() const { return splitter_; }
  void Walk(std::string_view text);

  uint64_t words() const { return words_.size(); }
  uint64_t letter_words() const { return letter_words_; }  // hold a letter (isalpha)
  /// Words that hold a character outside DataTrove's punctuation, and their characters.
  uint64_t word_words() const { return word_words_; }
  uint64_t word_characters() const { return word_characters_; }
  /// How many words of the list occur.
  uint64_t Listed(const WordList& list) const;
  /// Characters of the most frequent n-gram joined by spaces, times its count; of equal counts that
  /// which comes first. 0 where there is no n-gram.
  uint64_t TopGram(size_t n);
  /// Characters of n-grams joined by nothing that came before, jumping over each one found.
  uint64_t DuplicateGrams(size_t n);

 private:
  void Join();
  void Identify();

  const WordSplitter& splitter_;
  std::vector<std::string_view> words_{};
  uint64_t letter_words_ = 0, word_words_ = 0, word_characters_ = 0;
  std::vector<uint64_t> characters_{};  // before word i; one more than words
  // Made when first asked for.
  std::string joined_{};                // the words, joined by nothing
  std::vector<uint32_t> offsets_{};     // in `joined_`; one more than words
  std::vector<uint64_t> prefix_{};      // sum of byte * factor^index before word i
  std::vector<uint64_t> inverse_{};     // factor^-index of the first byte of word i
  std::vector<uint32_t> identities_{};  // index of the first equal word
  bool joined_ready_ = false, identities_ready_ = false;
  GramTable table_{};
};

}  // namespace siku::refine::statistics
