// One dictionary of OpenCC's: where its words begin in a text and what they become.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace siku::refine {

class ScriptDictionary {
 public:
  struct Unit {
    uint32_t base;   // 0: no children
    uint16_t label;  // the code it is reached by
    uint16_t value;  // 0: no word
  };
  /// As the table file holds it: whole, and longer-lived than the dictionary.
  struct Parts {
    std::span<const uint16_t> codes;  // of characters; 0: in no word
    std::span<const char> texts;
    std::span<const Unit> units;
    std::span<const uint64_t> values;  // place, length (24 bits), rank (8 bits) of the text after
  };
  explicit ScriptDictionary(const Parts& parts);

  /// What a first look at a character up to U+2FFFF tells: flags, and for one of three bytes those
  /// that it becomes where no longer word begins.
  enum Flag : uint32_t {
    kWord = 1U << 24,    // it is a word
    kPhrase = 1U << 25,  // longer words begin with it
    kLook = 1U << 26,    // only Longest knows, or it describes an ideograph (U+2FF0 to U+2FFF)
    kStop = 1U << 27     // never set here
  };
  static constexpr uint32_t kThreeBytes = 0xFFFFFF;
  std::span<const uint32_t> starts() const { return starts_; }
  bool ascii() const { return ascii_; }  // whether any word begins with ASCII

  /// Whether a word of several characters may begin with these two; false for nearly all others.
  bool MayBeginPhrase(char32_t first, char32_t second) const {
    const uint32_t at = HashOf(first, second) >> filter_shift_;
    return (filter_[at / 64] >> at % 64 & 1) != 0;
  }
  /// Two characters of three bytes each that a word begins with. Small, since text walks over the
  /// table of them at random.
  struct Pair {
    uint16_t first = 0, second = 0;
    uint16_t thirds = 0;  // bit ThirdBit(c) for each third character c of a longer word
    /// A word that becomes what its characters become alone, no word, or one that Longest knows.
    enum : uint16_t { kNoWord, kPlainWord, kOther } kind = kNoWord;
  };
  static_assert(sizeof(Pair) == 8);
  static uint32_t ThirdBit(char32_t c) { return uint32_t{1} << ((c * 0x9E3779B1U) >> 28); }
  /// Null where there is none; most of what MayBeginPhrase is wrong about.
  const Pair* FindPair(char32_t first, char32_t second) const {
    for (size_t at = HashOf(first, second) >> pair_shift_; pairs_[at].first != 0; ++at) {
      if (pairs_[at].first == first && pairs_[at].second == second) return &pairs_[at];
    }
    return nullptr;
  }

  struct Match {
    size_t length = 0;  // bytes; 0: no word begins here
    std::string_view after{};
  };
  Match Longest(std::string_view text, size_t at) const;
  /// Moves `at` to the next place where a word begins, and gives it; or to an ideographic
  /// description character or the end, with none.
  Match Next(std::string_view text, size_t& at) const;
  size_t longest_after() const { return longest_after_; }  // bytes

 private:
  uint16_t CodeOf(char32_t c) const { return c < parts_.codes.size() ? parts_.codes[c] : 0; }
  std::string_view TextOf(uint64_t value) const;
  uint32_t StartOf(char32_t c) const;
  static uint32_t HashOf(char32_t first, char32_t second) {
    return first * 0x9E3779B1U + second * 0x85EBCA6BU;
  }
  void FillPairs();
  void PutPair(char32_t first, char32_t second, uint32_t thirds);

  Parts parts_;
  std::vector<uint32_t> starts_;
  std::vector<uint64_t> filter_;  // a bit for the hash of the first two characters of each word
  std::vector<Pair> pairs_;       // by hash, the next places tried in turn
  int filter_shift_ = 0, pair_shift_ = 0;
  size_t longest_after_ = 0;
  bool ascii_ = false;
};

}  // namespace siku::refine
