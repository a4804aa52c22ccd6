#include "statistics/nfd.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "siku/utf8.h"

namespace siku::refine::statistics {
namespace {

struct Combining {
  char32_t code;
  uint8_t order;
};
struct Form {
  char32_t code;
  std::u32string_view form;
};
#include "statistics/decompositions.inc"

template <class Table>
auto Find(const Table& table, char32_t c) {
  const auto at =
      std::lower_bound(std::begin(table), std::end(table), c,
                       [](const auto& entry, char32_t code) { return entry.code < code; });
  return at != std::end(table) && at->code == c ? at : std::end(table);
}

uint8_t OrderOf(char32_t c) {
  if (c < 0x300) return 0;
  const auto at = Find(kCombining, c);
  return at == std::end(kCombining) ? 0 : at->order;
}

// Hangul syllables follow from their code points (Unicode 14.0, section 3.12).
constexpr char32_t kSyllables = 0xAC00, kLast = 0xD7A3, kLeads = 0x1100, kVowels = 0x1161,
                   kTrails = 0x11A7, kVowelCount = 21, kTrailCount = 28;

void Decompose(char32_t c, std::u32string& out) {
  if (c < 0xC0 || (c >= 0x4E00 && c < 0xA000)) {
    out += c;
  } else if (c >= kSyllables && c <= kLast) {
    const char32_t index = c - kSyllables;
    out += kLeads + index / (kVowelCount * kTrailCount);
    out += kVowels + index % (kVowelCount * kTrailCount) / kTrailCount;
    if (index % kTrailCount != 0) out += kTrails + index % kTrailCount;
  } else if (const auto at = Find(kForms, c); at != std::end(kForms)) {
    out += at->form;
  } else {
    out += c;
  }
}

}  // namespace

void AppendNfd(std::string_view text, std::string& out) {
  std::u32string form;
  for (size_t at = 0; at < text.size();) Decompose(utf8::Next(text, at), form);
  for (size_t begin = 0; begin < form.size();) {
    size_t end = begin + 1;
    if (OrderOf(form[begin]) != 0) {
      while (end < form.size() && OrderOf(form[end]) != 0) ++end;
      std::stable_sort(form.begin() + static_cast<ptrdiff_t>(begin),
                       form.begin() + static_cast<ptrdiff_t>(end),
                       [](char32_t a, char32_t b) { return OrderOf(a) < OrderOf(b); });
    }
    begin = end;
  }
  for (const char32_t c : form) utf8::Append(c, out);
}

}  // namespace siku::refine::statistics
