#include "statistics/refined_words.h"

#include <algorithm>
#include <utility>

#include "siku/utf8.h"
#include "statistics/characters.h"

namespace siku::refine::statistics {
namespace {

// A letter takes at most three times its bytes when lowered (U+023A: two to three), and no fewer
// than a third (U+212A: three to one).
constexpr size_t kLongestLowering = 3;

size_t LastStart(std::string_view text) {
  size_t at = text.size() - 1;
  while (!utf8::AtBorder(text, at)) --at;
  return at;
}

// What is left when special characters, lowered before where `lowered`, are taken from both ends.
std::string_view StrippedOfSpecial(std::string_view word, bool lowered) {
  const Characters& characters = Characters::Get();
  const auto special = [&](size_t at) {
    const char32_t c = utf8::Next(word, at);
    return characters.is(lowered ? characters.Lowered(c) : c, kSpecial);
  };
  while (!word.empty() && special(0)) {
    size_t next = 0;
    utf8::Next(word, next);
    word.remove_prefix(next);
  }
  while (!word.empty()) {
    const size_t last = LastStart(word);
    if (!special(last)) break;
    word = word.substr(0, last);
  }
  return word;
}

}  // namespace

void RefinedWords::Walk(std::string_view text) {
  words_.clear();
  unlowered_ = 0;
  lowered_ready_ = false;
  size_t begin = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != ' ' && text[at] != '\n' && text[at] != '\t') continue;
    AddWord(text.substr(begin, at - begin));
    begin = at + 1;
  }
  AddWord(text.substr(begin));
}

void RefinedWords::AddWord(std::string_view word) {
  if (word.empty()) return;
  const std::string_view stripped = StrippedOfSpecial(word, true);
  if (!stripped.empty()) words_.push_back(stripped);
  // Some special characters are capitals whose small letters are not special.
  unlowered_ += !stripped.empty() && !StrippedOfSpecial(stripped, false).empty();
}

void RefinedWords::Lower() {
  if (std::exchange(lowered_ready_, true)) return;
  lowered_.clear();
  ends_.assign(1, 0);
  for (const std::string_view word : words_) {
    Characters::Get().AppendLowered(word, lowered_);
    ends_.push_back(lowered_.size());
  }
}

double RefinedWords::ListedRatio(const WordList& list, const Augmentation& augmentation) {
  uint64_t total = words_.size(), listed = 0;
  std::string lowered;
  for (const std::string_view word : words_) {
    if (word.size() > kLongestLowering * list.longest()) continue;
    lowered.clear();
    Characters::Get().AppendLowered(word, lowered);
    listed += list.contains(lowered);
  }
  for (const int64_t size : augmentation.group_sizes) {
    Lower();
    const auto group = static_cast<size_t>(size);
    for (size_t first = 0; first + group <= words_.size(); ++first, ++total) {
      lowered.clear();
      for (size_t i = 0; i < group && lowered.size() <= list.longest(); ++i) {
        if (i > 0) lowered += augmentation.join;
        lowered += LoweredWord(first + i);
      }
      listed += list.contains(lowered);
    }
  }
  return total == 0 ? 0.0 : static_cast<double>(listed) / static_cast<double>(total);
}

double RefinedWords::RepetitionRatio(size_t n) {
  if (words_.size() < n) return 0.0;
  Lower();
  identities_.clear();
  table_.Begin(words_.size());
  for (uint32_t i = 0; i < words_.size(); ++i) {
    const std::string_view word = LoweredWord(i);
    identities_.push_back(table_.Add(
        HashOf(word), i, [&](uint32_t earlier) { return LoweredWord(earlier) == word; }));
  }
  const size_t grams = words_.size() - n + 1;
  table_.Begin(grams);
  for (uint32_t i = 0; i < grams; ++i) {
    const auto gram = identities_.begin() + i;
    uint64_t hash = 0;
    for (size_t j = 0; j < n; ++j) hash = Mixed(hash + identities_[i + j]);
    table_.Add(hash, i, [&](uint32_t first) {
      return std::equal(gram, gram + static_cast<ptrdiff_t>(n), identities_.begin() + first);
    });
  }
  uint64_t repeated = 0;
  table_.ForEachRepeated([&](uint32_t, uint32_t count) { repeated += count; });
  return static_cast<double>(repeated) / static_cast<double>(grams);
}

}  // namespace siku::refine::statistics
