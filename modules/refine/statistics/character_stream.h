// One walk over the characters of a text: counts of classes, and the grams of characters.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "statistics/gram_table.h"

namespace siku::refine::statistics {

struct CharacterCounts {
  uint64_t characters = 0;
  /// By the bits of Class, only those asked for.
  std::array<uint64_t, 16> of_class{};
  uint64_t han = 0;  // U+4E00..U+9FA5
};

/// What is known of all grams of `n` characters.
struct GramCounts {
  int n = 0;
  uint64_t total = 0;
  uint64_t distinct = 0;
  uint64_t repeated = 0;             // grams met more than once
  uint64_t repeated_characters = 0;  // different characters in them, where asked for
  CountHistogram counts{};
};

class CharacterStream {
 public:
  /// Bits of Class to count, lengths of grams to count (each 1 or more), and of which of these the
  /// characters of repeated grams are asked for.
  CharacterStream(uint16_t classes, bool han, const std::vector<int>& gram_lengths,
                  std::vector<int> with_characters);
  /// `text`: valid UTF-8 below 4 GiB.
  void Walk(std::string_view text);
  const CharacterCounts& counts() const { return counts_; }
  const GramCounts& grams(int n) const;

 private:
  static constexpr size_t kBlock = 1024;

  void Count(const char32_t* codes, size_t length);
  void WalkGrams(std::string_view text, GramCounts& grams);
  void AddCharacters(std::string_view text, int n, uint32_t gram);
  void AddPart(std::string_view text, GramCounts& grams, uint64_t part, uint64_t parts);

  uint16_t classes_;
  bool han_;
  std::vector<int> with_characters_;
  CharacterCounts counts_{};
  bool to_count_ = false;  // characters of the text at hand are still to be counted
  std::vector<GramCounts> grams_{};
  GramTable table_{};
  std::vector<char32_t> codes_{};
  std::vector<uint32_t> offsets_{};  // of the characters, and of the end behind the last
  std::vector<uint16_t> class_of_{};
  std::vector<char32_t> repeated_{};  // sorted
};

}  // namespace siku::refine::statistics
