#include "repair/scan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace siku::refine {
namespace {

constexpr size_t kBlock = 256;

uint8_t ByteAt(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0};
}

// A letter of a reading: ASCII, or the lead byte of one with a tone mark (U+00E0 to U+01DC, ɑ ɡ).
bool BeginsReading(uint8_t byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 0xC3 && byte <= 0xC9);
}

// "(" behind three-byte characters and before a letter, also where a full-width "（" stands.
bool LooksAnnotated(std::string_view text, size_t bracket) {
  return bracket > 0 && ByteAt(text, bracket - 1) >= 0x80 &&
         BeginsReading(ByteAt(text, bracket + 1));
}

// "?" before a mark that begins a run, or before letters that end with ")".
bool LooksShifted(std::string_view text, size_t question) {
  const uint8_t next = ByteAt(text, question + 1);
  if (next == '(' || next == '!' || next == ';' || next == ',' || next == ':' || next == '?') {
    const uint8_t behind = ByteAt(text, question + 2);
    return behind >= 0x40;
  }
  if (next == 0xEF || next == 0xE3) return ByteAt(text, question + 4) >= 0x40;
  return BeginsReading(next);
}

bool Suspicious(std::string_view text, size_t at) {
  switch (ByteAt(text, at)) {
    case '(':
      return LooksAnnotated(text, at);
    case 0x88:  // last byte of （, U+FF08
      return at >= 2 && ByteAt(text, at - 1) == 0xBC && ByteAt(text, at - 2) == 0xEF &&
             BeginsReading(ByteAt(text, at + 1));
    case '?':
      return LooksShifted(text, at);
    case 0xBF:  // of U+FFFD
      return ByteAt(text, at + 1) == 0xBD && at > 0 && ByteAt(text, at - 1) == 0xEF;
    case 0x83:  // of 烫
      return ByteAt(text, at + 1) == 0xAB && ByteAt(text, at + 3) == 0x83;
    case 0xB1:  // of 屯
      return ByteAt(text, at + 1) == 0xAF && ByteAt(text, at + 3) == 0xB1;
    case 0x94:  // of 锟
      return ByteAt(text, at + 1) == 0x9F && at > 0 && ByteAt(text, at - 1) == 0xE9;
    default:
      return false;
  }
}

// Nothing but comparisons of neighbours, so that the compiler can take many bytes at a time.
bool BlockMayMatter(const char* data) {
  uint8_t found = 0;
  for (size_t i = 0; i < kBlock; ++i) {
    const auto byte = static_cast<uint8_t>(data[i]);
    const auto next = static_cast<uint8_t>(data[i + 1]);
    found = static_cast<uint8_t>(
        found | (byte == '(') | (byte == '?') | ((byte == 0xBC) & (next == 0x88)) |
        ((byte == 0xBF) & (next == 0xBD)) | ((byte == 0x83) & (next == 0xAB)) |
        ((byte == 0xB1) & (next == 0xAF)) | ((byte == 0x94) & (next == 0x9F)));
  }
  return found != 0;
}

}  // namespace

bool NeedsLook(std::string_view text) {
  for (size_t begin = 0; begin < text.size(); begin += kBlock) {
    const bool whole = text.size() - begin > kBlock;
    if (whole && !BlockMayMatter(text.data() + begin)) continue;
    // One byte more: 0xBC 0x88 may lie across the border.
    const size_t end = std::min(text.size(), begin + kBlock + 1);
    for (size_t at = begin; at < end; ++at) {
      if (Suspicious(text, at)) return true;
    }
  }
  return false;
}

}  // namespace siku::refine
