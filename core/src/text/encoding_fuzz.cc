// Any bytes in any encoding decode to valid UTF-8 with its broken places in order.
#include <cstdint>
#include <cstdlib>

#include "siku/encoding.h"
#include "siku/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (int i = 0; i <= static_cast<int>(siku::Encoding::kUtf16Be); ++i) {
    const auto encoding = static_cast<siku::Encoding>(i);
    const siku::Decoded decoded = siku::Decode(bytes, encoding);
    if (!siku::utf8::Valid(decoded.text)) std::abort();
    for (size_t k = 0; k < decoded.broken.size(); ++k) {
      if (decoded.text.compare(decoded.broken[k], 3, "\xEF\xBF\xBD") != 0) std::abort();
      if (k > 0 && decoded.broken[k] < decoded.broken[k - 1] + 3) std::abort();
    }
    const auto again = siku::Encode(decoded.text, encoding);
    if (again.has_value() && siku::Decode(*again, encoding).text != decoded.text) std::abort();
    // Only GB18030 and Big5 have two spellings of one character.
    const bool one_spelling =
        encoding != siku::Encoding::kGb18030 && encoding != siku::Encoding::kBig5;
    if (one_spelling && decoded.broken.empty() && again != bytes) std::abort();
  }
  (void)siku::DetectEncoding(bytes, size % 2 == 0);
  return 0;
}
