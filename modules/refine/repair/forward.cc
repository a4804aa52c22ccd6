#include "repair/forward.h"

#include <cstdint>
#include <vector>

#include "repair/page.h"
#include "siku/encoding.h"

namespace siku::refine {

std::optional<std::u32string> Shifted(std::u32string_view original) {
  std::vector<uint8_t> bytes;
  for (const char32_t c : original) {
    const uint16_t pair = gbk::Encode(c);
    if (pair == 0) return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(pair >> 8));
    bytes.push_back(static_cast<uint8_t>(pair & 0xFF));
  }
  if (bytes.empty()) return std::nullopt;
  std::u32string shown;
  for (size_t at = 1; at + 1 < bytes.size(); at += 2) {
    const uint8_t lead = bytes[at];
    // An ASCII trail byte would have brought the decoder back in step here.
    if (lead <= 0x80 || lead == 0xFF) return std::nullopt;
    if (const char32_t c = gbk::Decode(lead, bytes[at + 1]); c != 0) shown.push_back(Narrowed(c));
  }
  shown.push_back(bytes.back() < 0x80 ? static_cast<char32_t>(bytes.back()) : U'?');
  return shown;
}

}  // namespace siku::refine
