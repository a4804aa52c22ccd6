// Finds the entries of word lists in text: leftmost, then longest, but not inside a longer phrase
// that is allowed. A trie over code points, entered only where the next two characters begin an
// entry. Knows bytes and nothing of Arrow.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siku::refine {

struct WordOptions {
  bool ignore_case = true;   // Latin, Greek and Cyrillic letters
  bool ignore_width = true;  // full-width forms are the ASCII they stand for
  /// An entry that begins or ends with an ASCII letter or digit stands alone there.
  bool latin_borders = true;
};

struct WordMatch {
  size_t begin = 0;  // bytes of the text, on character borders
  size_t end = 0;
  uint32_t entry = 0;       // index among the entries given; of equal ones the first
  uint32_t characters = 0;  // code points of the match
};

class WordMatcher {
 public:
  /// `entries`: valid UTF-8, not empty, at most kMostCharacters each. `allowed`: phrases inside
  /// which a shorter match, or the same, does not count.
  WordMatcher(std::span<const std::string> entries, std::span<const std::string> allowed,
              const WordOptions& options);

  /// Where the words of a segmentation end, in bytes, as Segmenter::Cut gives them.
  using Borders = std::span<const uint32_t>;
  /// Appends what stands in valid UTF-8 `text`, sorted and disjoint; returns its code points.
  /// `borders`, where not empty: matches must begin and end at them. Linear in the text, for
  /// entries of bounded length.
  size_t Find(std::string_view text, std::vector<WordMatch>& found, Borders borders = {}) const;

 private:
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  struct Ends {  // of a node: what ends there
    uint32_t entry = kNone;
    bool allowed = false;
  };
  struct Slot {
    uint64_t key = 0;
    uint32_t next = 0;
  };

  char32_t Fold(char32_t c) const;
  void Add(std::string_view entry, uint32_t index, bool allowed);
  uint32_t Child(uint64_t key) const;
  uint32_t Pair(char32_t first, char32_t second) const;
  uint32_t MakeChild(uint32_t node, char32_t c);
  void Put(uint64_t key, uint32_t next);
  struct Place;
  void End(Place& place, uint32_t node, size_t end, char32_t last, uint32_t characters) const;
  void EndSingle(Place& place, char32_t first) const;
  void Walk(Place& place, uint32_t node, char32_t last) const;

  WordOptions options_;
  std::vector<Ends> ends_{};
  std::vector<Slot> slots_{};  // open addressing, a power of two, at most half full
  size_t used_ = 0;
  /// Bits by hash: most that is looked up is not there.
  std::vector<uint64_t> pairs_;    // the first two characters of entries
  std::vector<uint64_t> edges_;    // a node and the character that leads on
  std::vector<uint64_t> singles_;  // entries of one character, by its low half
};

}  // namespace siku::refine
