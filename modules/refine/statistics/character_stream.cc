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

// The hash of the last n characters, by Horner's rule modulo 2^64.
class RollingHash {
 public:
  explicit RollingHash(int n) {
    for (int i = 0; i < n; ++i) leading_ *= kFactor;
  }
  void Enter(char32_t in) { hash_ = hash_ * kFactor + in; }
  void Roll(char32_t in, char32_t out) { hash_ = hash_ * kFactor + in - out * leading_; }
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
  for (size_t at = 0; at < text.size();) {
    const size_t length = Decode(text, at);
    counts_.characters += length;
    if (classes_ != 0 || han_) Count(length);
  }
  for (GramCounts& grams : grams_) WalkGrams(text, grams);
}

size_t CharacterStream::Decode(std::string_view text, size_t& at) {
  size_t length = 0;
  while (length < kBlock && at < text.size()) codes_[length++] = utf8::Next(text, at);
  return length;
}

void CharacterStream::Count(size_t length) {
  const Characters& characters = Characters::Get();
  for (size_t i = 0; i < length; ++i) class_of_[i] = characters.classes(codes_[i]);
  for (uint16_t left = classes_; left != 0; left = static_cast<uint16_t>(left & (left - 1))) {
    const int bit = std::countr_zero(left);
    uint16_t count = 0;  // a block is shorter than 2^16
    for (size_t i = 0; i < length; ++i) {
      count = static_cast<uint16_t>(count + ((class_of_[i] >> bit) & 1));
    }
    counts_.of_class[static_cast<size_t>(bit)] += count;
  }
  if (!han_) return;
  for (size_t i = 0; i < length; ++i) counts_.han += codes_[i] - 0x4E00U <= 0x9FA5U - 0x4E00U;
}

void CharacterStream::WalkGrams(std::string_view text, GramCounts& grams) {
  const auto n = static_cast<uint64_t>(grams.n);
  grams.total = counts_.characters >= n ? counts_.characters - n + 1 : 0;
  grams.distinct = grams.repeated = 0;
  grams.counts.Clear();
  const uint64_t parts = (grams.total + kGramsAtOnce - 1) / kGramsAtOnce;
  repeated_.clear();
  for (uint64_t part = 0; part < parts; ++part) AddPart(text, grams, part, parts);
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
  RollingHash rolling(grams.n);
  size_t at = 0, held = 0;  // characters before those of the block that its grams begin with
  for (; held < n - 1; ++held) {
    offsets_[held] = static_cast<uint32_t>(at);
    rolling.Enter(codes_[held] = utf8::Next(text, at));
  }
  char32_t out = 0;  // what leaves the window with the next character
  while (at < text.size()) {
    size_t end = held;
    for (; end < held + kBlock && at < text.size(); ++end) {
      offsets_[end] = static_cast<uint32_t>(at);
      codes_[end] = utf8::Next(text, at);
    }
    offsets_[end] = static_cast<uint32_t>(at);
    for (size_t i = held; i < end; ++i) {
      rolling.Roll(codes_[i], out);
      out = codes_[i - (n - 1)];
      hashes[i - held] = Mixed(rolling.hash());
      table_.Prefetch(hashes[i - held]);
    }
    for (size_t i = 0; i < end - held; ++i) {
      if (parts > 1 && (hashes[i] & 0xFFFFFFFFU) * parts >> 32 != part) continue;
      const char* const gram = text.data() + offsets_[i];
      const size_t bytes = offsets_[i + n] - offsets_[i];
      table_.Add(hashes[i], offsets_[i], [&](uint32_t first) {
        return std::memcmp(text.data() + first, gram, bytes) == 0;
      });
    }
    std::copy(codes_.begin() + static_cast<ptrdiff_t>(end - (n - 1)),
              codes_.begin() + static_cast<ptrdiff_t>(end), codes_.begin());
    std::copy(offsets_.begin() + static_cast<ptrdiff_t>(end - (n - 1)),
              offsets_.begin() + static_cast<ptrdiff_t>(end), offsets_.begin());
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
