// Cuts Chinese text into words at the same places as jieba 0.42.1, with and without its hidden
// Markov model, with user dictionaries (docs/words.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/result.h"

namespace siku::refine {

class Cutter;
class UserWords;
class WordTables;

/// Thread-safe: one object serves every thread. Time is linear in the length of the text.
class Segmenter {
 public:
  /// Bytes [begin, end) of the text.
  struct Span {
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  /// The word tables, mapped once in a process, and user dictionaries in jieba's format
  /// (`word [frequency] [tag]`, UTF-8), read in the order given. A dictionary at fault is named
  /// with its line.
  static Result<std::shared_ptr<const Segmenter>> Load(
      std::span<const std::string> dictionaries = {});

  /// Where each word ends, in bytes; together the words are the text. `ends` is emptied first.
  /// `text` is valid UTF-8 of less than 4 GiB.
  void Cut(std::string_view text, bool hmm, std::vector<uint32_t>& ends) const;
  /// The words and, before each longer one, the shorter ones inside it (`jieba.cut_for_search`).
  void CutForSearch(std::string_view text, bool hmm, std::vector<Span>& words) const;

  /// SHA-256 of the tables and of each user dictionary, as lineage records them.
  const std::vector<std::pair<std::string, std::string>>& hashes() const { return hashes_; }

  ~Segmenter();
  Segmenter(const Segmenter&) = delete;
  Segmenter& operator=(const Segmenter&) = delete;

 private:
  explicit Segmenter(std::shared_ptr<const WordTables> tables);

  std::shared_ptr<const WordTables> tables_;
  std::unique_ptr<UserWords> user_;  // none: no user dictionary
  std::unique_ptr<const Cutter> cutter_;
  std::vector<std::pair<std::string, std::string>> hashes_{};
};

}  // namespace siku::refine
