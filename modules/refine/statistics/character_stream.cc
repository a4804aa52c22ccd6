#include "statistics/character_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "siku/utf8.h"
#include "statistics/characters.h"

namespace siku::refine::statistics {
namespace {

constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ULL;  // odd, without structure: the golden ratio

// A text of more grams than this is walked several times, each time for those of some hashes: a
// text of gigabytes needs no more than a table of 8 million slots.
constexpr uint64_t kGramsAtOnce = uint64_t{3} << 20;

// Brings the upper bits of a rolling hash down and all of them up, where the table looks.
uint64_t Spread(uint64_t hash) { return (hash ^ (hash >> 31)) * 0xBF58476D1CE4E5B9ULL; }

// The hash of the last n characters, by Horner's rule modulo 2^64.
class RollingHash {
 public:
  explicit RollingHash(int n) {
    for (int i = 0; i < n; ++i) leading_ *= kFactor;
  }
  void Enter(char32_t in) { hash_ = hash_ * kFactor + in; }
  void Roll(char32_t in, char32_t out) { hash_ = hash_ * kFactor + (in - out * leading_); }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0;
  uint64_t leading_ = 1;
};

}  // namespace

CharacterStream::CharacterStream(uint16_t classes, bool han, const std::vector<int>& gram_lengths,
                                 std::vector<int> with_characters)
    : classes_(classes), han_(han), with_characters_(std::move(with_characters)) {
  for (const int n : gram_lengths) grams_.push_back({.n = n});
  codes_.resize(kBlock);
  class_of_.resize(kBlock);
}

const GramCounts& CharacterStream::grams(int n) const {
  return *std::find_if(grams_.begin(), grams_.end(),
                       [n](const GramCounts& grams) { return grams.n == n; });
}

void CharacterStream::Walk(std::string_view text) {
  counts_ = {};
  counts_.characters = utf8::Length(text);
  to_count_ = classes_ != 0 || han_;
  // The first walk for grams counts the characters on its way.
  for (GramCounts& grams : grams_) WalkGrams(text, grams);
  for (size_t at = 0; to_count_ && at < text.size();) {
    size_t length = 0;
    while (length < kBlock && at < text.size()) codes_[length++] = utf8::Next(text, at);
    Count(codes_.data(), length);
  }
}

void CharacterStream::Count(const char32_t* codes, size_t length) {
  const Characters& characters = Characters::Get();
  uint16_t* const class_of = class_of_.data();
  for (size_t i = 0; i < length; ++i) class_of[i] = characters.classes(codes[i]);
  for (uint16_t left = classes_; left != 0; left = static_cast<uint16_t>(left & (left - 1))) {
    const int bit = std::countr_zero(left);
    uint16_t count = 0;  // a block is shorter than 2^16
    for (size_t i = 0; i < length; ++i) {
      count = static_cast<uint16_t>(count + ((class_of[i] >> bit) & 1));
    }
    counts_.of_class[static_cast<size_t>(bit)] += count;
  }
  if (!han_) return;
  for (size_t i = 0; i < length; ++i) counts_.han += codes[i] - 0x4E00U <= 0x9FA5U - 0x4E00U;
}

void CharacterStream::WalkGrams(std::string_view text, GramCounts& grams) {
  const auto n = static_cast<uint64_t>(grams.n);
  grams.total = counts_.characters >= n ? counts_.characters - n + 1 : 0;
  grams.distinct = grams.repeated = 0;
  grams.counts.Clear();
  const uint64_t parts = (grams.total + kGramsAtOnce - 1) / kGramsAtOnce;
  repeated_.clear();
  for (uint64_t part = 0; part < parts; ++part) {
    AddPart(text, grams, part, parts);
    to_count_ = false;
  }
  grams.repeated_characters = repeated_.size();
}

void CharacterStream::AddCharacters(std::string_view text, int n, uint32_t gram) {
  size_t at = gram;
  for (int i = 0; i < n; ++i) {
    const char32_t c = utf8::Next(text, at);
    const auto place = std::lower_bound(repeated_.begin(), repeated_.end(), c);
    if (place == repeated_.end() || *place != c) repeated_.insert(place, c);
  }
}

// Grams whose hash falls into `part` of `parts`.
void CharacterStream::AddPart(std::string_view text, GramCounts& grams, uint64_t part,
                              uint64_t parts) {
  const auto n = static_cast<size_t>(grams.n);
  // Of a text in parts, some more than its share falls into one.
  table_.Begin(parts == 1 ? grams.total : kGramsAtOnce + kGramsAtOnce / 4);
  codes_.resize(std::max(codes_.size(), kBlock + n));
  offsets_.resize(kBlock + n + 1);
  std::array<uint64_t, kBlock> hashes;
  char32_t* const codes = codes_.data();
  uint32_t* const offsets = offsets_.data();
  RollingHash rolling(grams.n);
  size_t at = 0, held = 0;  // characters before those of the block that its grams begin with
  for (; held < n - 1; ++held) {
    offsets[held] = static_cast<uint32_t>(at);
    rolling.Enter(codes[held] = utf8::Next(text, at));
  }
  if (to_count_) Count(codes, held);
  char32_t out = 0;  // what leaves the window with the next character
  while (at < text.size()) {
    size_t end = held;
    for (const size_t full = held + kBlock; end < full && at < text.size(); ++end) {
      offsets[end] = static_cast<uint32_t>(at);
      codes[end] = utf8::Next(text, at);
    }
    offsets[end] = static_cast<uint32_t>(at);
    if (to_count_) Count(codes + held, end - held);
    for (size_t i = held; i < end; ++i) {
      rolling.Roll(codes[i], out);
      out = codes[i - (n - 1)];
      hashes[i - held] = Spread(rolling.hash());
      table_.Prefetch(hashes[i - held]);
    }
    for (size_t i = 0; i < end - held; ++i) {
      if (parts > 1 && (hashes[i] >> 8 & 0xFFFFFFFFU) * parts >> 32 != part) continue;
      const uint32_t begin = offsets[i];
      table_.Add(hashes[i], begin, [&text, begin, bytes = offsets[i + n] - begin](uint32_t first) {
        return std::memcmp(text.data() + first, text.data() + begin, bytes) == 0;
      });
    }
    std::copy(codes + end - (n - 1), codes + end, codes);
    std::copy(offsets + end - (n - 1), offsets + end, offsets);
  }
  grams.distinct += table_.distinct();
  grams.repeated += table_.repeated();
  const bool with_characters = std::find(with_characters_.begin(), with_characters_.end(),
                                         grams.n) != with_characters_.end();
  table_.ForEachRepeated([&](uint32_t first, uint32_t count) {
    grams.counts.Add(count);
    if (with_characters) AddCharacters(text, grams.n, first);
  });
}

}  // namespace siku::refine::statistics
