// Deltas and parts of any origin: decoded or refused, never a crash; what decodes also composes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "siku/ledger.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view text = bytes.substr(std::min<size_t>(size, 64));
  if (auto edits = siku::DecodeDelta(bytes); edits.has_value()) {
    const int64_t length = edits->empty() ? 0 : edits->back().end;
    const auto map = siku::SpanMap::FromEdits(*edits, length);
    const auto both = map.Then(siku::SpanMap(map.output_length()));
    if (both.input_length() != map.input_length()) __builtin_trap();
    both.ToInput({0, map.output_length()});
  }
  (void)siku::RevertDelta(text, bytes).has_value();
  (void)siku::DecodeParts(bytes).has_value();
  return 0;
}
