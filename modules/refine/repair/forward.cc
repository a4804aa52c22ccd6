#include "repair/forward.h"

#include <vector>

#include "repair/page.h"
#include "siku/encoding.h"

namespace siku::refine {
namespace {

std::optional<std::vector<uint8_t>> BytesOf(std::u32string_view text) {
  std::vector<uint8_t> bytes;
  for (const char32_t c : text) {
    const uint16_t pair = gbk::Encode(c);
    if (pair == 0) return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(pair >> 8));
    bytes.push_back(static_cast<uint8_t>(pair & 0xFF));
  }
  return bytes;
}

}  // namespace

std::optional<std::u32string> Shifted(std::u32string_view original, LostByte lost, InStep end) {
  char32_t letter = 0;
  if (end == InStep::kSwallowed) {
    if (original.empty()) return std::nullopt;
    letter = original.back();
    original.remove_suffix(1);
  }
  auto bytes = BytesOf(original);
  if (!bytes || bytes->empty()) return std::nullopt;
  bytes->erase(bytes->begin() + (lost == LostByte::kLead ? 0 : 1));
  std::u32string shown;
  const size_t last = bytes->size() - 1;
  for (size_t at = 0; at < last; at += 2) {
    const uint8_t lead = (*bytes)[at];
    // An ASCII byte would have brought the decoder back in step here.
    if (lead <= 0x80 || lead == 0xFF) return std::nullopt;
    if (const char32_t c = gbk::Decode(lead, (*bytes)[at + 1]); c != 0) {
      shown.push_back(Narrowed(c));
    }
  }
  const uint8_t left = bytes->back();
  if ((left < 0x80) != (end == InStep::kAsciiTrail)) return std::nullopt;
  switch (end) {
    case InStep::kAsciiTrail:
      shown.push_back(static_cast<char32_t>(left));
      break;
    case InStep::kTorn:
      shown.push_back(U'?');
      break;
    case InStep::kSwallowed: {
      const char32_t c = gbk::Decode(left, static_cast<uint8_t>(letter));
      if (c == 0) return std::nullopt;
      shown.push_back(Narrowed(c));
      break;
    }
    case InStep::kDropped:
      break;
  }
  return shown;
}

}  // namespace siku::refine
