#include "repair/residue/markup.h"

#include <algorithm>
#include <array>
#include <string>

#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

// A tag that is longer has text in it.
constexpr size_t kLongestTag = 200;

// A tag's inside from `at` on, to where `close` stands; no character beyond ASCII before that.
bool ClosesAsTag(std::string_view text, size_t at, std::string_view close) {
  if (at < text.size() && text[at] == '/') ++at;
  if (at >= text.size()) return false;
  const char first = text[at];
  if (first == '!' || first == '?') return text.size() - at > 2;
  if (!IsAsciiWord(static_cast<unsigned char>(first)) || (first >= '0' && first <= '9')) {
    return false;
  }
  const std::string_view inside = text.substr(at, kLongestTag);
  const size_t end = inside.find(close);
  if (end == std::string_view::npos) return false;
  // <Nature Medicine> is a name in brackets; a tag has attributes or nothing behind its name.
  const std::string_view body = inside.substr(0, end);
  const bool ascii = std::all_of(body.begin(), body.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const bool simple = body.find(' ') == std::string_view::npos;
  return (ascii && simple) || body.find('=') != std::string_view::npos;
}

bool HasTag(std::string_view text, std::string_view open, std::string_view close) {
  for (size_t at = text.find(open); at != std::string_view::npos;
       at = text.find(open, at + open.size())) {
    if (ClosesAsTag(text, at + open.size(), close)) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 19> kWords = {
    "转义",     "轉義",     "字符引用", "字符实体",   "字元實體",  "實體字元", "实体字符",
    "实体符号", "实体编码", "实体引用", "实体名",     "标记语言",  "標記語言", "小于号",
    "大于号",   "小於",     "与号",     "不间断空格", "不換行空格"};
constexpr std::array<std::string_view, 6> kAsciiWords = {"html",     "xml",    "entity",
                                                         "entities", "escape", "unescape"};

bool BeginsAddressPart(char32_t c) { return c == '.' || c == '/' || c == '-' || c == '_'; }

}  // namespace

bool HasMarkup(std::string_view text) {
  return HasTag(text, "<", ">") || HasTag(text, "&lt;", "&gt;") ||
         text.find("```") != std::string_view::npos;
}

bool SpeaksOfMarkup(std::string_view text) {
  for (const std::string_view word : kWords) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const std::string_view word : kAsciiWords) {
    for (size_t at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
      // Not as a part of index.html, shtml or /html/.
      const char32_t before = at == 0 ? U' ' : static_cast<unsigned char>(lower[at - 1]);
      if (!BeginsAddressPart(before) && !IsAsciiWord(before)) return true;
    }
  }
  return false;
}

}  // namespace siku::refine
