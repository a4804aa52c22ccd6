#include "mappers/chunks.h"

#include <algorithm>

#include "siku/utf8.h"
#include "statistics/line_stream.h"

namespace siku::refine::mappers {
namespace {

using Span = Pattern::Span;

bool IsBlank(std::string_view text) { return statistics::Stripped(text).empty(); }

// The byte that so many code points behind `at` are, or the end.
size_t Ahead(std::string_view text, size_t at, int64_t characters) {
  for (; characters > 0 && at < text.size(); --characters) {
    do {
      ++at;
    } while (at < text.size() && (static_cast<uint8_t>(text[at]) & 0xC0U) == 0x80U);
  }
  return at;
}

// re.split: what stands between the matches, and the groups of the matches.
Pattern::Done Split(std::string_view text, const Pattern& border, std::vector<Span>& chunks) {
  const auto add = [&](Span span) {
    if (!IsBlank(text.substr(span.begin, span.end - span.begin))) chunks.push_back(span);
  };
  size_t begin = 0;
  const auto done = border.Find(text, [&](std::span<const Span> groups) {
    add({begin, groups[0].begin});
    for (const Span& group : groups.subspan(1)) add(group);
    begin = groups[0].end;
  });
  add({begin, text.size()});
  return done;
}

void CutByLength(std::string_view text, const Chunking& how, std::vector<Span>& chunks) {
  if (Ahead(text, 0, how.longest) == text.size()) {
    chunks.push_back({0, text.size()});
    return;
  }
  for (size_t begin = 0; begin < text.size();
       begin = Ahead(text, begin, how.longest - how.overlap)) {
    chunks.push_back({begin, Ahead(text, begin, how.longest)});
  }
}

// The last match that is of use: one that is empty where the text begins leads nowhere.
Pattern::Done FindLast(std::string_view text, const Pattern& border, std::optional<Span>& last) {
  return border.Find(text, [&](std::span<const Span> groups) {
    if (groups[0].end > 0) last = groups[0];
  });
}

Pattern::Done CutByBoth(std::string_view text, const Chunking& how, std::vector<Span>& chunks) {
  size_t begin = 0;
  for (;;) {
    const size_t end = Ahead(text, begin, how.longest);
    if (end == text.size()) break;
    std::optional<Span> last;
    const auto done = FindLast(text.substr(begin, end - begin), *how.border, last);
    if (done != Pattern::Done::kAll) return done;
    const Span chunk{begin, last ? begin + last->begin : end};
    if (!IsBlank(text.substr(chunk.begin, chunk.end - chunk.begin))) chunks.push_back(chunk);
    begin = last ? begin + last->end : Ahead(text, begin, how.longest - how.overlap);
  }
  chunks.push_back({begin, text.size()});  // blank or not, as theirs
  return Pattern::Done::kAll;
}

}  // namespace

Pattern::Done FindChunks(std::string_view text, const Chunking& how, std::vector<Span>& chunks) {
  if (how.longest == 0) return Split(text, *how.border, chunks);
  if (how.border) return CutByBoth(text, how, chunks);
  CutByLength(text, how, chunks);
  return Pattern::Done::kAll;
}

}  // namespace siku::refine::mappers
