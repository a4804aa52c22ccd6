#include "statistics/word_stream.h"

#include <algorithm>
#include <utility>

#include "siku/sha256.h"
#include "siku/utf8.h"
#include "statistics/characters.h"

namespace siku::refine::statistics {
namespace {

constexpr uint64_t kFactor = 0x9E3779B97F4A7C15ULL;  // odd: it has an inverse modulo 2^64

constexpr uint64_t InverseOf(uint64_t odd) {
  uint64_t inverse = odd;  // right in three bits; each step of Newton doubles them
  for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}
constexpr uint64_t kInverse = InverseOf(kFactor);
static_assert(kFactor * kInverse == 1);

class SplitsOnSpace final : public WordSplitter {
 public:
  std::string_view name() const override { return "space"; }
  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    const Characters& characters = Characters::Get();
    size_t begin = 0;
    for (size_t at = 0; at < text.size();) {
      const size_t here = at;
      if (!characters.is(utf8::Next(text, at), kSpace)) continue;
      if (here > begin) words.push_back(text.substr(begin, here - begin));
      begin = at;
    }
    if (begin < text.size()) words.push_back(text.substr(begin));
  }
};

}  // namespace

const WordSplitter& SpaceSplitter() {
  static const SplitsOnSpace instance;
  return instance;
}

WordList::WordList(std::string name, const std::vector<std::string>& words)
    : words_(words.begin(), words.end()) {
  std::vector<std::string> sorted(words_.begin(), words_.end());
  std::sort(sorted.begin(), sorted.end());
  std::string all;
  for (const std::string& word : sorted) {
    all += word + '\n';
    longest_ = std::max(longest_, word.size());
  }
  name_ = std::move(name) + "#" + Sha256Hex(all).substr(0, 8);
}

void WordStream::Walk(std::string_view text) {
  words_.clear();
  splitter_.Split(text, words_);
  letter_words_ = word_words_ = word_characters_ = 0;
  joined_ready_ = identities_ready_ = false;
  characters_.assign(1, 0);
  characters_.reserve(words_.size() + 1);
  const Characters& characters = Characters::Get();
  for (const std::string_view word : words_) {
    uint16_t any = 0;
    bool outside = false;
    uint64_t length = 0;
    for (size_t at = 0; at < word.size(); ++length) {
      const uint16_t classes = characters.classes(utf8::Next(word, at));
      any |= classes;
      outside |= (classes & kPunctuation) == 0;
    }
    letter_words_ += (any & kAlpha) != 0;
    word_words_ += outside;
    if (outside) word_characters_ += length;
    characters_.push_back(characters_.back() + length);
  }
}

uint64_t WordStream::Listed(const WordList& list) const {
  std::vector<std::string_view> found;
  for (const std::string_view word : words_) {
    if (word.size() > list.longest() || !list.contains(word)) continue;
    if (std::find(found.begin(), found.end(), word) == found.end()) found.push_back(word);
  }
  return found.size();
}

void WordStream::Identify() {
  if (std::exchange(identities_ready_, true)) return;
  identities_.clear();
  table_.Begin(words_.size());
  for (uint32_t i = 0; i < words_.size(); ++i) {
    const std::string_view word = words_[i];
    identities_.push_back(
        table_.Add(HashOf(word), i, [&](uint32_t earlier) { return words_[earlier] == word; }));
  }
}

uint64_t WordStream::TopGram(size_t n) {
  if (words_.size() < n) return 0;
  Identify();
  const size_t grams = words_.size() - n + 1;
  table_.Begin(grams);
  for (uint32_t i = 0; i < grams; ++i) {
    uint64_t hash = 0;
    for (size_t j = 0; j < n; ++j) hash = hash * kFactor + identities_[i + j] + 1;
    table_.Add(Mixed(hash), i, [&](uint32_t first) {
      return std::equal(identities_.begin() + i, identities_.begin() + i + static_cast<long>(n),
                        identities_.begin() + first);
    });
  }
  uint32_t most = 1, at = 0;
  table_.ForEachRepeated([&](uint32_t first, uint32_t count) {
    if (count > most || (count == most && count > 1 && first < at)) most = count, at = first;
  });
  return (characters_[at + n] - characters_[at] + n - 1) * most;
}

void WordStream::Join() {
  if (std::exchange(joined_ready_, true)) return;
  joined_.clear();
  offsets_.clear();
  prefix_.clear();
  inverse_.clear();
  uint64_t sum = 0, power = 1, inverse = 1;
  for (const std::string_view word : words_) {
    offsets_.push_back(static_cast<uint32_t>(joined_.size()));
    prefix_.push_back(sum);
    inverse_.push_back(inverse);
    for (const char byte : word) {
      sum += static_cast<uint8_t>(byte) * power;
      power *= kFactor;
      inverse *= kInverse;
    }
    joined_ += word;
  }
  offsets_.push_back(static_cast<uint32_t>(joined_.size()));
  prefix_.push_back(sum);
}

uint64_t WordStream::DuplicateGrams(size_t n) {
  if (words_.size() < n) return 0;
  Join();
  table_.Begin(words_.size() - n + 1);
  uint64_t repeated = 0;
  for (size_t i = 0; i + n <= words_.size();) {
    const uint64_t hash = (prefix_[i + n] - prefix_[i]) * inverse_[i];
    const size_t bytes = offsets_[i + n] - offsets_[i];
    // The length is part of the content: a gram may begin where a shorter one does.
    const auto equal = [&](uint32_t first) {
      return offsets_[first + n] - offsets_[first] == bytes &&
             std::memcmp(&joined_[offsets_[first]], &joined_[offsets_[i]], bytes) == 0;
    };
    if (table_.Add(Mixed(hash), static_cast<uint32_t>(i), equal) != i) {
      repeated += characters_[i + n] - characters_[i];
      i += n;
    } else {
      ++i;
    }
  }
  return repeated;
}

}  // namespace siku::refine::statistics
