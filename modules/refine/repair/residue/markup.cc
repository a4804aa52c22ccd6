#include "repair/residue/markup.h"

#include <algorithm>
#include <array>
#include <string>

#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

// A tag that is longer has text in it.
constexpr size_t kLongestTag = 200;

constexpr std::array<std::string_view, 58> kTags = {
    "a",      "abbr",  "article", "b",      "blockquote", "body",  "br",    "button", "center",
    "code",   "dd",    "div",     "dl",     "dt",         "em",    "embed", "font",   "footer",
    "form",   "frame", "h1",      "h2",     "h3",         "h4",    "h5",    "h6",     "head",
    "header", "hr",    "html",    "i",      "iframe",     "img",   "input", "label",  "li",
    "link",   "meta",  "nav",     "ol",     "option",     "p",     "pre",   "script", "section",
    "select", "small", "span",    "strong", "style",      "table", "tbody", "td",     "th",
    "title",  "tr",    "u",       "ul"};

bool IsTagName(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(kTags.begin(), kTags.end(), lower) != kTags.end();
}

// A tag's inside from `at` on, to where `close` stands: a name of HTML, an end tag, attributes, or
// what closes itself. <name> alone is what manuals put for a name.
bool ClosesAsTag(std::string_view text, size_t at, std::string_view close) {
  const std::string_view inside = text.substr(at, kLongestTag);
  if (inside.starts_with("!--") || inside.starts_with("!DOCTYPE") || inside.starts_with("?xml") ||
      inside.starts_with("![CDATA[")) {
    return true;
  }
  const size_t end = inside.find(close);
  if (end == std::string_view::npos || end == 0) return false;
  const std::string_view body = inside.substr(0, end);
  const bool closing = body.front() == '/';
  size_t length = closing ? 1 : 0;
  while (length < body.size() && IsAsciiWord(static_cast<unsigned char>(body[length]))) ++length;
  const std::string_view name = body.substr(closing ? 1 : 0, length - (closing ? 1 : 0));
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  if (closing) return length == body.size();
  const bool ends = length == body.size() || body[length] == ' ' || body[length] == '/';
  if (ends && IsTagName(name)) return true;
  return ends && (body.back() == '/' || (body.find("=\"") != body.npos) ||
                  body.find("=&quot;") != body.npos);
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
