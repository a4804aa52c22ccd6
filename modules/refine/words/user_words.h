// Words of user dictionaries over those of the tables, by the rules of jieba's load_userdict,
// add_word and suggest_freq.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "siku/result.h"
#include "words/word_tables.h"

namespace siku::refine {

/// A trie whose edges lie in one hash table. Node 0 is the root, and stands for "none" as a child.
class UserWords {
 public:
  explicit UserWords(const WordTables& tables);

  /// Adds the words of a file's contents; `path` is for errors.
  Result<void> AddDictionary(std::string_view contents, const std::string& path);

  struct Node {
    bool word = false;  // given by a user: `frequency` counts, not that of the tables
    uint64_t frequency = 0;
    double logarithm = 0;
  };
  const Node& node(uint32_t index) const { return nodes_[index]; }
  uint32_t Child(uint32_t parent, char32_t label) const;
  uint32_t First(char32_t label) const { return MayBegin(label) ? Child(0, label) : 0; }

  double log_total() const { return log_total_; }
  /// What each frequency of the tables weighs, given the total of all words.
  std::span<const double> weights() const { return weights_; }
  /// Characters of the longest word of tables and users.
  size_t longest() const { return longest_; }
  /// Words that the hidden Markov model may not find (frequency 0).
  bool Splits(std::string_view word) const { return !split_.empty() && split_.contains(word); }

 private:
  struct Edge {
    uint64_t key = 0;  // parent and label; 0: free
    uint32_t child = 0;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  bool MayBegin(char32_t c) const { return begins_[c & 0xFFF]; }
  void Add(std::string_view word, uint64_t frequency);
  uint64_t SuggestedFrequency(std::string_view word);
  uint32_t Made(uint32_t parent, char32_t label);
  void Grow();
  void Weigh();

  const WordTables& tables_;
  std::vector<Node> nodes_{1};
  std::vector<Edge> edges_;
  std::vector<bool> begins_;  // by the last bits of the first character
  std::vector<double> weights_;
  std::unordered_set<std::string, Hash, std::equal_to<>> split_;
  uint64_t total_;
  double log_total_ = 0;
  size_t longest_;
};

}  // namespace siku::refine
