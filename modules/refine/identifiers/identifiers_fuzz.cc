// Any text: the search ends, and what it finds is sorted, disjoint and made of whole characters.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "identifiers/identifiers.h"
#include "siku/encoding.h"
#include "siku/utf8.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku;          // NOLINT(google-build-using-namespace)
  using namespace siku::refine;  // NOLINT(google-build-using-namespace)
  const std::string text =
      Decode({reinterpret_cast<const char*>(data), size}, Encoding::kUtf8).text;
  IdentifierSet kinds;
  for (int i = 0; i < kIdentifierKinds; ++i) kinds.Add(static_cast<IdentifierKind>(i));
  std::vector<Identifier> found;
  FindIdentifiers(text, kinds, found);
  size_t at = 0;
  for (const Identifier& one : found) {
    const bool whole = utf8::AtBorder(text, one.begin) && utf8::AtBorder(text, one.end);
    if (one.begin < at || one.end <= one.begin || one.end > text.size() || !whole) std::abort();
    if (one.canonical.empty()) std::abort();
    at = one.end;
  }
  return 0;
}
