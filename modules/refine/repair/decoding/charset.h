// Which bytes a character on the page may have come from, and what bytes are a character.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace siku::refine {

/// What the text was read as. kLatin is Latin-1 and code page 1252 together: no character of both
/// has two bytes. kGb18030 has a character for every pair, kGbk is code page 936 without private
/// ones.
enum class Wrong : uint8_t { kLatin, kCp874, kGbk, kGb18030, kBig5 };
inline bool InPairs(Wrong wrong) { return wrong >= Wrong::kGbk; }
/// What it was written in.
enum class Right : uint8_t { kUtf8, kGbk, kBig5 };

struct Bytes {
  std::array<uint8_t, 2> byte{};
  uint8_t size = 0;
};

/// The bytes a character may have come from: several where a decoder has two codes for it or
/// folding took what lay between (A0 became a space, a full-width letter an ASCII one).
struct ByteOptions {
  std::array<Bytes, 5> bytes{};
  uint8_t count = 0;

  void Add(uint8_t byte) { bytes[count++] = {{byte, 0}, 1}; }
  void AddPair(uint16_t pair) {
    bytes[count++] = {{static_cast<uint8_t>(pair >> 8), static_cast<uint8_t>(pair & 0xFF)}, 2};
  }
};
ByteOptions OptionsOf(char32_t character, Wrong wrong);

/// Whether the decoder shows nothing of its own for this byte before `next` (0: before the end):
/// U+FFFD, "?" or nothing at all.
bool MayBeLost(uint8_t byte, uint8_t next, Wrong wrong);
/// The bytes that make no character behind this one, of 80 to FE, in order.
std::span<const uint8_t> UnassignedTrails(uint8_t lead, Wrong wrong);

/// Puts bytes together to characters of the right encoding.
struct Assembly {
  enum class Outcome : uint8_t { kDead, kOpen, kWhole };

  /// Takes one byte; `character` is set where it completes one.
  Outcome Take(uint8_t byte, Right right);

  std::array<uint8_t, 3> pending{};
  uint8_t size = 0;
  char32_t character = 0;
};

/// The bytes with which a lost byte may go on from here.
std::span<const uint8_t> Continuations(const Assembly& assembly, Right right);

}  // namespace siku::refine
