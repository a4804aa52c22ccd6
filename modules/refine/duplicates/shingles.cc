#include "duplicates/shingles.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

// A polynomial in a base modulo 2^64, rolled along, is quick and weak; Mix makes it good. The base
// is the golden ratio's odd multiplier of Knuth, The Art of Computer Programming 3, 6.4.
constexpr uint64_t kBase = 0x9E3779B97F4A7C15;

// Hashes of all windows of a sequence, handed in item by item.
class Roller {
 public:
  explicit Roller(size_t length) {
    for (size_t i = 0; i < length; ++i) top_ *= kBase;
  }
  void Enter(uint64_t item) { hash_ = (hash_ + item + 1) * kBase; }
  /// Of the item that leaves, `length` multiplications are to be taken away, before the next.
  void Replace(uint64_t leaves, uint64_t enters) {
    hash_ = (hash_ - (leaves + 1) * top_ + enters + 1) * kBase;
  }
  uint64_t hash() const { return Mix(hash_); }

 private:
  uint64_t top_ = 1, hash_ = 0;
};

// `out` is not emptied first: it would be filled with zeros again.
template <class Items>
void Roll(const Items& items, size_t count, size_t length, std::vector<uint64_t>& out) {
  if (length == 0 || count < length) return out.clear();
  out.resize(count - length + 1);
  Roller roller(length);
  for (size_t i = 0; i < length; ++i) roller.Enter(items[i]);
  out[0] = roller.hash();
  for (size_t i = length; i < count; ++i) {
    roller.Replace(items[i - length], items[i]);
    out[i - length + 1] = roller.hash();
  }
}

struct Bytes {
  std::string_view text;
  uint64_t operator[](size_t i) const { return static_cast<uint8_t>(text[i]); }
};

bool IsBlank(char32_t c) { return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x3000; }

// Hashes are spread evenly: told apart by their first bits they are nearly in order, one or two to
// a place, and few steps are left to each.
void SortHashes(std::vector<uint64_t>& hashes) {
  const int bits = static_cast<int>(std::bit_width(hashes.size())) - 1;
  if (bits < 3) {
    std::sort(hashes.begin(), hashes.end());
    return;
  }
  const int shift = 64 - bits;
  std::vector<uint32_t> ends((size_t{1} << bits) + 1, 0);
  for (const uint64_t hash : hashes) ++ends[(hash >> shift) + 1];
  for (size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<uint64_t> sorted(hashes.size());
  std::vector<uint32_t> next = ends;
  for (const uint64_t hash : hashes) sorted[next[hash >> shift]++] = hash;
  // A place that holds many holds repeats, or was made to.
  constexpr uint32_t kMany = 32;
  for (size_t i = 0; i + 1 < ends.size(); ++i) {
    if (ends[i + 1] - ends[i] < kMany) continue;
    std::sort(sorted.begin() + ends[i], sorted.begin() + ends[i + 1]);
  }
  for (size_t i = 1; i < sorted.size(); ++i) {
    const uint64_t hash = sorted[i];
    size_t at = i;
    for (; at > 0 && sorted[at - 1] > hash; --at) sorted[at] = sorted[at - 1];
    sorted[at] = hash;
  }
  hashes.swap(sorted);
}

}  // namespace

void CodePoints(std::string_view text, std::vector<uint32_t>& out) {
  out.resize(text.size());
  size_t count = 0;
  for (size_t at = 0; at < text.size();) out[count++] = utf8::Next(text, at);
  out.resize(count);
}

void CharacterShingles(std::string_view text, int length, std::vector<uint32_t>& code_points,
                       std::vector<uint64_t>& out) {
  const auto window = static_cast<size_t>(length);
  const size_t count = utf8::Length(text);
  if (window == 0 || count < window) return out.clear();
  code_points.resize(count);
  out.resize(count - window + 1);
  Roller roller(window);
  size_t at = 0;
  for (size_t i = 0; i < window; ++i) {
    code_points[i] = utf8::Next(text, at);
    roller.Enter(code_points[i]);
  }
  out[0] = roller.hash();
  for (size_t i = window; i < count; ++i) {
    code_points[i] = utf8::Next(text, at);
    roller.Replace(code_points[i - window], code_points[i]);
    out[i - window + 1] = roller.hash();
  }
}

void ByteShingles(std::string_view text, int length, std::vector<uint64_t>& out) {
  Roll(Bytes{text}, text.size(), static_cast<size_t>(length), out);
}

void WordShingles(std::span<const std::string_view> words, int length, std::vector<uint64_t>& out) {
  std::vector<uint64_t> hashes(words.size());
  std::transform(words.begin(), words.end(), hashes.begin(),
                 [](std::string_view word) { return XXH3_64bits(word.data(), word.size()); });
  Roll(hashes, hashes.size(), static_cast<size_t>(length), out);
}

void SpacedWords(std::string_view text, std::vector<std::string_view>& out) {
  out.clear();
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t here = at;
    if (!IsBlank(utf8::Next(text, at))) continue;
    if (here > begin) out.push_back(text.substr(begin, here - begin));
    begin = at;
  }
  if (begin < text.size()) out.push_back(text.substr(begin));
}

void MakeSet(std::vector<uint64_t>& hashes) {
  SortHashes(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

double Jaccard(std::span<const uint64_t> a, std::span<const uint64_t> b, double least) {
  const auto similarity = [&](size_t shared) {
    const size_t all = a.size() + b.size() - shared;
    return all == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(all);
  };
  constexpr int kStepsBetweenLooks = 64;
  size_t shared = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (similarity(shared + std::min(a.size() - i, b.size() - j)) < least) return 0;
    for (int step = 0; step < kStepsBetweenLooks && i < a.size() && j < b.size(); ++step) {
      shared += a[i] == b[j];
      const bool step_i = a[i] <= b[j];
      const bool step_j = b[j] <= a[i];
      i += step_i;
      j += step_j;
    }
  }
  return similarity(shared);
}

}  // namespace siku::refine::duplicates
