#include "search/grams.h"

#include <algorithm>
#include <functional>

namespace siku::catalog {

std::u16string Utf16(std::u32string_view text) {
  std::u16string out(2 * text.size(), u'\0');
  char16_t* to = out.data();
  for (const char32_t c : text) to = PutUtf16(c, to);
  out.resize(static_cast<size_t>(to - out.data()));
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

int FoldedTexts::BestField(std::u16string_view term, int most) const {
  int rank = most;
  while (rank >= 0 && !Contains(Of(static_cast<Field>(rank)), term)) --rank;
  return rank;
}

bool Contains(std::u16string_view text, std::u16string_view term) {
  if (term.size() < 2) return text.find(term) != std::u16string_view::npos;
  if (text.size() < term.size()) return false;
  // Most places do not even have the first two units: whole blocks are passed over, without a
  // branch that would keep the compiler from looking at many of them at once.
  constexpr size_t kBlock = 32;
  const char16_t* const units = text.data();
  const char16_t first = term[0], second = term[1];
  const size_t places = text.size() - term.size() + 1;
  for (size_t begin = 0; begin < places; begin += kBlock) {
    const size_t end = std::min(begin + kBlock, places);
    if (end - begin == kBlock) {
      uint16_t any = 0;
      for (size_t i = 0; i < kBlock; ++i) {
        any |=
            static_cast<uint16_t>((units[begin + i] == first) & (units[begin + i + 1] == second));
      }
      if (any == 0) continue;
    }
    for (size_t i = begin; i < end; ++i) {
      if (units[i] == first && text.substr(i).starts_with(term)) return true;
    }
  }
  return false;
}

void Grams::Look(const FoldedTexts& texts) {
  seen_.clear();
  for (size_t rank = 0; rank < kFields; ++rank) {
    const auto text = texts.Of(static_cast<Field>(rank));
    for (size_t i = 0; i < text.size(); ++i) {
      const auto field = static_cast<uint8_t>(rank);
      seen_.emplace_back(Key(text.substr(i, 1)), field);
      if (i + 1 < text.size()) seen_.emplace_back(Key(text.substr(i, 2)), field);
    }
  }
  // The best field of a gram first.
  std::sort(seen_.begin(), seen_.end(), std::greater<>());
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  seen_.erase(std::unique(seen_.begin(), seen_.end(), same), seen_.end());
}

void Grams::Add(uint32_t entry, const FoldedTexts& texts) {
  Look(texts);
  for (const auto& [gram, field] : seen_) {
    Posting& posting = postings_[gram];
    uint32_t value = (entry - posting.last) << 2U | field;
    for (; value >= 0x80; value >>= 7U) posting.bytes += static_cast<char>(value | 0x80U);
    posting.bytes += static_cast<char>(value);
    posting.last = entry;
    ++posting.count;
  }
}

void Grams::Forget(const FoldedTexts& texts) {
  Look(texts);
  for (const auto& [gram, field] : seen_) --postings_[gram].count;
}

uint32_t Grams::Count(std::u16string_view gram) const {
  const auto found = postings_.find(Key(gram));
  return found == postings_.end() ? 0 : found->second.count;
}

}  // namespace siku::catalog
