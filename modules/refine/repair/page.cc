#include "repair/page.h"

#include "siku/encoding.h"
#include "siku/utf8.h"

namespace siku::refine {

Page::Page(std::string_view valid_utf8) : text(valid_utf8) {
  characters.reserve(text.size() / 2);
  at.reserve(text.size() / 2 + 1);
  for (size_t position = 0; position < text.size();) {
    at.push_back(position);
    characters.push_back(utf8::Next(text, position));
  }
  at.push_back(text.size());
}

bool InGb2312(char32_t c) {
  const uint16_t pair = gbk::Encode(c);
  return pair >= 0xB0A1 && pair <= 0xF7FE && (pair & 0xFF) >= 0xA1;
}

std::string ToUtf8(std::u32string_view characters) {
  std::string out;
  for (const char32_t c : characters) utf8::Append(c, out);
  return out;
}

}  // namespace siku::refine
