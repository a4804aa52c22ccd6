#include "edit_spans.h"

#include <arrow/api.h>

#include <algorithm>
#include <string_view>

namespace siku::plugin {
namespace {

// In the middle of a character of UTF-8.
bool Continues(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

Edit SpanOf(int32_t row, std::string_view was, std::string_view is) {
  const size_t least = std::min(was.size(), is.size());
  size_t head = 0;
  while (head < least && was[head] == is[head]) ++head;
  while (head > 0 && (Continues(was, head) || Continues(is, head))) --head;
  size_t tail = 0;
  while (tail < least - head && was[was.size() - 1 - tail] == is[is.size() - 1 - tail]) ++tail;
  while (tail > 0 && Continues(was, was.size() - tail)) --tail;
  return {.row = row,
          .begin = static_cast<int64_t>(head),
          .end = static_cast<int64_t>(was.size() - tail),
          .after = std::string(is.substr(head, is.size() - tail - head))};
}

}  // namespace

std::vector<Edit> ChangedSpans(const arrow::LargeStringArray& before,
                               const arrow::LargeStringArray& after,
                               const std::vector<int32_t>& parents) {
  std::vector<Edit> edits;
  for (size_t i = 0; i < parents.size(); ++i) {
    const int32_t row = parents[i];
    const auto at = static_cast<int64_t>(i);
    if (before.IsNull(row) || after.IsNull(at)) continue;
    const std::string_view was = before.GetView(row), is = after.GetView(at);
    if (was != is) edits.push_back(SpanOf(row, was, is));
  }
  return edits;
}

}  // namespace siku::plugin
