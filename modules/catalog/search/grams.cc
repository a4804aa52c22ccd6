#include "search/grams.h"

#include <algorithm>

namespace siku::catalog {

std::u16string Utf16(std::u32string_view text) {
  std::u16string out;
  out.reserve(text.size());
  for (const char32_t c : text) {
    if (c < 0x10000) {
      out += static_cast<char16_t>(c);
    } else {
      out += static_cast<char16_t>(0xD800U + ((c - 0x10000U) >> 10U));
      out += static_cast<char16_t>(0xDC00U + ((c - 0x10000U) & 0x3FFU));
    }
  }
  return out;
}

FoldedTexts FoldedTexts::Of(const Entry& entry) {
  FoldedTexts folded;
  for (size_t rank = kFields; rank-- > 0;) {
    folded.text += Utf16(Fold(entry.texts[rank]));
    folded.end[rank] = static_cast<uint32_t>(folded.text.size());
  }
  folded.text.shrink_to_fit();
  return folded;
}

std::u16string_view FoldedTexts::Of(Field field) const {
  const auto rank = static_cast<size_t>(field);
  const uint32_t begin = rank + 1 < kFields ? end[rank + 1] : 0;
  return std::u16string_view(text).substr(begin, end[rank] - begin);
}

int FoldedTexts::BestField(std::u16string_view term) const {
  for (size_t rank = kFields; rank-- > 0;) {
    if (Of(static_cast<Field>(rank)).find(term) != std::u16string_view::npos) {
      return static_cast<int>(rank);
    }
  }
  return -1;
}

void Grams::Add(uint32_t entry, const FoldedTexts& texts) {
  seen_.clear();
  for (size_t rank = 0; rank < kFields; ++rank) {
    const auto text = texts.Of(static_cast<Field>(rank));
    for (size_t i = 0; i < text.size(); ++i) {
      const auto field = static_cast<uint8_t>(rank);
      seen_.emplace_back(Key(text.substr(i, 1)), field);
      if (i + 1 < text.size()) seen_.emplace_back(Key(text.substr(i, 2)), field);
    }
  }
  std::sort(seen_.begin(), seen_.end());
  for (size_t i = 0; i < seen_.size(); ++i) {
    // The last of a gram has its best field.
    if (i + 1 < seen_.size() && seen_[i + 1].first == seen_[i].first) continue;
    Posting& posting = postings_[seen_[i].first];
    uint32_t value = (entry - posting.last) << 2U | seen_[i].second;
    for (; value >= 0x80; value >>= 7U) posting.bytes += static_cast<char>(value | 0x80U);
    posting.bytes += static_cast<char>(value);
    posting.last = entry;
    ++posting.count;
  }
}

uint32_t Grams::Count(std::u16string_view gram) const {
  const auto found = postings_.find(Key(gram));
  return found == postings_.end() ? 0 : found->second.count;
}

}  // namespace siku::catalog
