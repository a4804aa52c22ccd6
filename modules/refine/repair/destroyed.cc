#include "repair/destroyed.h"

#include <string_view>

namespace siku::refine {
namespace {

// UTF-8 of U+FFFD twice, read as GBK, is 锟斤拷.
constexpr std::u32string_view kReplaced = U"锟斤拷";

size_t EndOfReplaced(const Page& page, size_t index) {
  size_t end = index;
  while (kReplaced.find(page[end]) != std::u32string_view::npos) ++end;
  return end;
}

size_t EndOfRepeat(const Page& page, size_t index) {
  size_t end = index;
  while (page[end] == page[index] && end < page.size()) ++end;
  return end;
}

}  // namespace

std::optional<Destroyed> DestroyedAt(const Page& page, size_t index) {
  switch (page[index]) {
    case U'\uFFFD':
      return Destroyed{EndOfRepeat(page, index), "replacement character"};
    case U'锟':
      if (page[index + 1] != U'斤' || page[index + 2] != U'拷') return std::nullopt;
      return Destroyed{EndOfReplaced(page, index), "replacement characters read as GBK"};
    case U'烫':
    case U'屯': {
      const size_t end = EndOfRepeat(page, index);
      if (end - index < 3) return std::nullopt;
      return Destroyed{end, "unset memory read as GBK"};
    }
    default:
      return std::nullopt;
  }
}

}  // namespace siku::refine
