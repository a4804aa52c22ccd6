// Shingles: the overlapping pieces of a text by whose sets texts are compared, each as a 64-bit
// hash. Two different shingles of a corpus share a hash with a probability of about 2^-64 a pair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace siku::refine::duplicates {

/// A bijection that spreads every input bit over all output bits (the finaliser of MurmurHash3,
/// with the constants of Stafford's variant 13).
inline uint64_t Mix(uint64_t x) {
  x ^= x >> 30;
  x *= 0xBF58476D1CE4E5B9;
  x ^= x >> 27;
  x *= 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

/// Decodes valid UTF-8; `out` is overwritten.
void CodePoints(std::string_view text, std::vector<uint32_t>& out);

/// Hashes of all windows of `length` code points, in order, repeats included; none where the text
/// is shorter. `out` is overwritten, `code_points` is room to work in.
void CharacterShingles(std::string_view text, int length, std::vector<uint32_t>& code_points,
                       std::vector<uint64_t>& out);
/// The same of windows of bytes.
void ByteShingles(std::string_view text, int length, std::vector<uint64_t>& out);
/// The same of windows of words. Words are compared one by one: "ab c" is not "a bc".
void WordShingles(std::span<const std::string_view> words, int length, std::vector<uint64_t>& out);

/// The words of a text that parts them by white space (ASCII's and U+3000).
void SpacedWords(std::string_view text, std::vector<std::string_view>& out);

/// Sorts and drops repeats, so that the vector is a set.
void MakeSet(std::vector<uint64_t>& hashes);

/// |a ∩ b| / |a ∪ b| of two sets as MakeSet leaves them; 0 where both are empty, and where it is
/// found on the way to be below `least`.
double Jaccard(std::span<const uint64_t> a, std::span<const uint64_t> b, double least = 0);

}  // namespace siku::refine::duplicates
