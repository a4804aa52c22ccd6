// Queries that somebody sends: any bytes are a query or an error, and what a query finds has its
// terms where it says.
#include <cstdint>
#include <string_view>

#include "search/query.h"
#include "siku/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku::catalog;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = ParseQuery(text);
  if (!parsed.has_value()) return 0;
  size_t end = 0;
  for (const auto& [first, last] : Highlights(text, text)) {
    if (first < end || last <= first || last > siku::utf8::Length(text)) __builtin_trap();
    end = last;
  }
  SearchIndex index;
  Entry entry{.id = "a"};
  entry.texts[0] = text;
  index.Put(entry);
  if (!index.Search({.text = std::string(text)}).has_value()) __builtin_trap();
  return 0;
}
