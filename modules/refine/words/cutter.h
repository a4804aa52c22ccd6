// The algorithm of jieba.cut on one text: blocks, the likeliest path through the words of each, and
// a hidden Markov model for what the path leaves as single characters.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "words/user_words.h"
#include "words/word_tables.h"

namespace siku::refine {

/// What one thread keeps from block to block.
struct CutScratch;
struct PathNode;

/// Thread-safe.
class Cutter {
 public:
  /// `user`: may be null.
  Cutter(const WordTables& tables, const UserWords* user);

  /// See Segmenter::Cut.
  void Cut(std::string_view text, bool hmm, std::vector<uint32_t>& ends) const;
  /// How often a word was seen; 0 for a prefix of words that is none itself; nothing for what is
  /// neither.
  std::optional<uint64_t> Frequency(std::string_view word) const;

 private:
  template <bool kUser>
  void FindPath(std::string_view block, CutScratch& scratch) const;
  template <bool kUser>
  void Weigh(const PathNode* here, const PathNode* last, double& best, uint32_t& end) const;
  void Emit(std::string_view block, uint32_t offset, const CutScratch& scratch,
            std::vector<uint32_t>& ends) const;
  void EmitWithModel(std::string_view block, uint32_t offset, CutScratch& scratch,
                     std::vector<uint32_t>& ends) const;
  void EmitSingles(std::string_view singles, uint32_t offset, CutScratch& scratch,
                   std::vector<uint32_t>& ends) const;
  void EmitHan(std::string_view han, uint32_t offset, CutScratch& scratch,
               std::vector<uint32_t>& ends) const;
  void EmitFound(std::string_view word, uint32_t offset, std::vector<uint32_t>& ends) const;

  const WordTables& tables_;
  const UserWords* user_;
  std::span<const double> weights_;  // of the frequencies of the tables
  std::vector<double> own_weights_;  // what they lie in where there are no user words
  double log_total_;
  size_t longest_;
};

}  // namespace siku::refine
