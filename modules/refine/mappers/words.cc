#include "mappers/words.h"

#include <algorithm>

#include "siku/utf8.h"
#include "statistics/characters.h"

namespace siku::refine::mappers {
namespace {

bool IsSeparator(char c) { return c == ' ' || c == '\t' || c == '\n'; }

char Strongest(std::string_view between) {
  if (between.find('\n') != std::string_view::npos) return '\n';
  return between.find('\t') != std::string_view::npos ? '\t' : ' ';
}

bool IsSpecial(std::string_view text, size_t at) {
  return statistics::Characters::Get().is(utf8::Next(text, at), statistics::kSpecial);
}

std::string_view WithoutSpecialEnds(std::string_view word) {
  while (!word.empty() && IsSpecial(word, 0)) {
    size_t at = 0;
    (void)utf8::Next(word, at);
    word.remove_prefix(at);
  }
  while (!word.empty()) {
    size_t start = word.size() - 1;
    while (!utf8::AtBorder(word, start)) --start;
    if (!IsSpecial(word, start)) break;
    word = word.substr(0, start);
  }
  return word;
}

}  // namespace

void KeepWords(std::string_view text, const std::function<bool(std::string_view)>& keeps,
               Changes& changes) {
  bool first = true;
  size_t behind = 0;  // the last word that is kept
  for (size_t at = 0; at < text.size();) {
    if (IsSeparator(text[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && !IsSeparator(text[at])) ++at;
    if (!keeps(text.substr(begin, at - begin))) continue;
    const char joint = Strongest(text.substr(behind, begin - behind));
    Add(changes, text, behind, begin, first ? std::string_view() : std::string_view(&joint, 1));
    first = false;
    behind = at;
  }
  Add(changes, text, behind, text.size(), "");
}

bool HasLength(std::string_view word, int64_t shortest, int64_t longest) {
  const auto within = [&](std::string_view part) {
    const auto length = static_cast<int64_t>(utf8::Length(part));
    return shortest <= length && length <= longest;
  };
  if (within(word)) return true;
  return static_cast<int64_t>(utf8::Length(word)) > longest && within(WithoutSpecialEnds(word));
}

bool HasAnyOf(std::string_view word, const std::vector<std::string>& parts) {
  const std::string_view bare = WithoutSpecialEnds(word);
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
    return bare.find(part) != std::string_view::npos;
  });
}

}  // namespace siku::refine::mappers
