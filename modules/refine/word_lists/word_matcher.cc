#include "word_lists/word_matcher.h"

#include <algorithm>

#include "siku/utf8.h"

namespace siku::refine {
namespace {

// 2^20 bits: 128 KiB stay in the second cache, and 50,000 entries set one bit in twenty.
constexpr size_t kPairBits = 20;
constexpr size_t kEdgeBits = 21;

uint64_t Mix(uint64_t key) { return key * 0x9E3779B97F4A7C15ULL; }

bool Holds(const std::vector<uint64_t>& bits, size_t bit) {
  return (bits[bit / 64] >> bit % 64 & 1U) != 0;
}
void Set(std::vector<uint64_t>& bits, size_t bit) { bits[bit / 64] |= uint64_t{1} << bit % 64; }
size_t PairBit(uint64_t key) { return static_cast<size_t>(Mix(key) >> (64 - kPairBits)); }
size_t EdgeBit(uint64_t key) { return static_cast<size_t>(Mix(key) >> (64 - kEdgeBits)); }

// A node and the character that leads on; a character takes 21 bits.
uint64_t EdgeKey(uint32_t node, char32_t c) { return uint64_t{node} << 21 | c; }
// The first two characters lead to their node at once.
uint64_t PairKey(char32_t first, char32_t second) {
  return uint64_t{1} << 63 | uint64_t{first} << 21 | second;
}

bool IsLatin(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) ||
         (c >= 0xFF41 && c <= 0xFF5A);
}

// Simple case folding of Unicode 14.0 for the alphabets that word lists of Chinese corpora hold.
char32_t Lower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c < 0xC0) return c;
  if (c <= 0xDE) return c == 0xD7 ? c : c + 32;
  if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0xFF21 && c <= 0xFF3A) return c + 32;
  return c;
}

char32_t Narrow(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
  return c == 0x3000 ? U' ' : c;
}

char32_t Before(std::string_view text, size_t at) {
  if (at == 0) return 0;
  size_t begin = at - 1;
  while (begin > 0 && !utf8::AtBorder(text, begin)) --begin;
  return utf8::Next(text, begin);
}

char32_t At(std::string_view text, size_t at) {
  return at < text.size() ? utf8::Next(text, at) : 0;
}

}  // namespace

// What begins at one place.
struct WordMatcher::Place {
  std::string_view text;
  Borders borders;
  size_t begin = 0;
  size_t behind_first = 0;  // bytes, and those behind the second character
  size_t behind_second = 0;
  WordMatch match{};
  bool found = false;
  size_t allowed_end = 0;  // of the longest allowed phrase
};

WordMatcher::WordMatcher(std::span<const std::string> entries, std::span<const std::string> allowed,
                         const WordOptions& options)
    : options_(options),
      ends_(1),
      slots_(1024),
      pairs_((size_t{1} << kPairBits) / 64),
      edges_((size_t{1} << kEdgeBits) / 64),
      singles_((size_t{1} << 16) / 64) {
  for (size_t i = 0; i < entries.size(); ++i) Add(entries[i], static_cast<uint32_t>(i), false);
  for (const std::string& phrase : allowed) Add(phrase, kNone, true);
}

char32_t WordMatcher::Fold(char32_t c) const {
  if (c > 0x3000 && c < 0xFF01) return c;
  if (options_.ignore_width) c = Narrow(c);
  return options_.ignore_case ? Lower(c) : c;
}

void WordMatcher::Add(std::string_view entry, uint32_t index, bool allowed) {
  uint32_t node = 0;
  char32_t first = 0;
  size_t characters = 0;
  for (size_t at = 0; at < entry.size(); ++characters) {
    const char32_t c = Fold(utf8::Next(entry, at));
    node = MakeChild(node, c);
    if (characters == 0) first = c;
    if (characters == 1 && Pair(first, c) == 0) {
      Set(pairs_, PairBit(PairKey(first, c)));
      Put(PairKey(first, c), node);
    }
  }
  if (characters == 1) Set(singles_, first & 0xFFFF);
  if (allowed) {
    ends_[node].allowed = true;
  } else if (ends_[node].entry == kNone) {
    ends_[node].entry = index;
  }
}

uint32_t WordMatcher::Child(uint64_t key) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = (Mix(key) >> 20) & mask;; at = (at + 1) & mask) {
    if (slots_[at].next == 0 || slots_[at].key == key) return slots_[at].next;
  }
}

uint32_t WordMatcher::Pair(char32_t first, char32_t second) const {
  const uint64_t key = PairKey(first, second);
  return Holds(pairs_, PairBit(key)) ? Child(key) : 0;
}

uint32_t WordMatcher::MakeChild(uint32_t node, char32_t c) {
  const uint64_t key = EdgeKey(node, c);
  if (const uint32_t next = Child(key); next != 0) return next;
  const auto made = static_cast<uint32_t>(ends_.size());
  ends_.emplace_back();
  Set(edges_, EdgeBit(key));
  Put(key, made);
  return made;
}

void WordMatcher::Put(uint64_t key, uint32_t next) {
  if (2 * ++used_ > slots_.size()) {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    used_ = 1;
    for (const Slot& slot : old) {
      if (slot.next != 0) Put(slot.key, slot.next);
    }
  }
  const size_t mask = slots_.size() - 1;
  size_t at = (Mix(key) >> 20) & mask;
  while (slots_[at].next != 0) at = (at + 1) & mask;
  slots_[at] = {key, next};
}

// Takes note of what ends at `end`, where it may stand there.
void WordMatcher::End(Place& place, uint32_t node, size_t end, char32_t last,
                      uint32_t characters) const {
  const Ends& ends = ends_[node];
  if (ends.allowed) place.allowed_end = end;
  if (ends.entry == kNone) return;
  const auto is_border = [&](size_t at) {
    return place.borders.empty() || at == 0 ||
           std::binary_search(place.borders.begin(), place.borders.end(), at);
  };
  if (!is_border(place.begin) || !is_border(end)) return;
  if (options_.latin_borders) {
    if (IsLatin(At(place.text, place.begin)) && IsLatin(Before(place.text, place.begin))) return;
    if (IsLatin(last) && IsLatin(At(place.text, end))) return;
  }
  place.match = {place.begin, end, ends.entry, characters};
  place.found = true;
}

// From the node of the first two characters on.
void WordMatcher::Walk(Place& place, uint32_t node, char32_t last) const {
  size_t at = place.behind_second;
  for (uint32_t characters = 2;; ++characters) {
    End(place, node, at, last, characters);
    if (at >= place.text.size()) return;
    last = Fold(utf8::Next(place.text, at));
    const uint64_t key = EdgeKey(node, last);
    node = Holds(edges_, EdgeBit(key)) ? Child(key) : 0;
    if (node == 0) return;
  }
}

size_t WordMatcher::Find(std::string_view text, std::vector<WordMatch>& found,
                         Borders borders) const {
  size_t characters = 0;
  size_t covered = 0;  // the end of the allowed phrases that begin before here
  size_t free = 0;     // behind the last match
  size_t next = 0;     // behind `first`
  char32_t first = text.empty() ? 0 : Fold(utf8::Next(text, next));
  for (size_t begin = 0; begin < text.size(); ++characters) {
    size_t behind = next;
    const char32_t second = next < text.size() ? Fold(utf8::Next(text, behind)) : 0;
    const bool single = Holds(singles_, first & 0xFFFF);
    const uint32_t node = behind > next ? Pair(first, second) : 0;
    if (single || node != 0) {
      Place place{text, borders, begin, next, behind};
      if (single) EndSingle(place, first);
      if (node != 0) Walk(place, node, second);
      covered = std::max(covered, place.allowed_end);
      if (place.found && place.match.end > covered && begin >= free) {
        found.push_back(place.match);
        free = place.match.end;
      }
    }
    begin = next;
    next = behind;
    first = second;
  }
  return characters;
}

void WordMatcher::EndSingle(Place& place, char32_t first) const {
  const uint32_t node = Child(EdgeKey(0, first));
  if (node != 0) End(place, node, place.behind_first, first, 1);
}

}  // namespace siku::refine
