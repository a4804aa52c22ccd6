#include "siku/batch.h"

namespace siku {

std::string ToString(const RowKey& key) {
  std::string text = std::to_string(key.source) + ":" + std::to_string(key.position);
  for (size_t i = 0; i + 4 <= key.child.size(); i += 4) {
    uint32_t ordinal = 0;
    for (size_t k = 0; k < 4; ++k)
      ordinal = (ordinal << 8) | static_cast<uint8_t>(key.child[i + k]);
    text += "/" + std::to_string(ordinal);
  }
  return text;
}

}  // namespace siku
