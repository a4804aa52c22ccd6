#include "json_array.h"

#include <algorithm>
#include <string>
#include <utility>

#include "open_source.h"

namespace siku::io {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr int64_t kBytesLookedAt = 4096;

bool IsBlank(char c) { return kBlanks.find(c) != std::string_view::npos; }

bool HasItsName(std::string_view name) {
  for (const std::string_view compressed : {".gz", ".zst"}) {
    if (name.ends_with(compressed)) name.remove_suffix(compressed.size());
  }
  return name.ends_with(".json");
}

}  // namespace

Result<bool> IsJsonArray(const Source& source) {
  if (source.format != Format::kJsonl || !HasItsName(source.relative)) return false;
  SIKU_TRY(const std::string sample, ReadSample(source, kBytesLookedAt));
  std::string_view text = sample;
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos || text[first] != '[') return false;
  // Other encodings have bytes of brackets and quotes within characters.
  if (source.encoding == Encoding::kUtf8) return true;
  return Fail(Code::kUnsupported, "a JSON array is read in UTF-8 only", source.relative, {},
              "bring it into JSON lines");
}

size_t ElementCutter::Find(std::string_view piece) {
  for (size_t at = 0; at < piece.size(); ++at) {
    const char c = piece[at];
    if (std::exchange(escaped_, false)) continue;
    if (in_string_) {
      escaped_ = c == '\\';
      in_string_ = c != '"';
      continue;
    }
    if (closed()) {
      // Blanks belong to the last element's record, all else to one that is no element.
      if (!IsBlank(c) && !std::exchange(behind_, true)) return at;
      continue;
    }
    if (depth_ == 1 && c == ',' && !std::exchange(cut_before_, !cut_before_)) return at;
    in_string_ = c == '"';
    if (c == '[' || c == '{') {
      ++depth_;
      begun_ = true;
    } else if (c == ']' || c == '}') {
      depth_ -= depth_ > 0 ? 1 : 0;
    }
  }
  return std::string_view::npos;
}

std::string_view ElementOf(std::string_view record, bool last) {
  const auto strip = [&] {
    while (!record.empty() && IsBlank(record.front())) record.remove_prefix(1);
    while (!record.empty() && IsBlank(record.back())) record.remove_suffix(1);
  };
  if (record.starts_with(kMark)) record.remove_prefix(kMark.size());
  strip();
  if (record.starts_with('[') || record.starts_with(',')) record.remove_prefix(1);
  if (last && record.ends_with(']')) record.remove_suffix(1);
  strip();
  return record;
}

std::optional<std::string> LineOfElement(std::string_view record) {
  if (record.starts_with(kMark)) record.remove_prefix(kMark.size());
  const size_t first = record.find_first_not_of(kBlanks);
  const bool element =
      first != std::string_view::npos && (record[first] == '[' || record[first] == ',');
  if (!element) return std::nullopt;
  const size_t begin = std::min(record.find('{'), record.size());
  const std::string_view object = record.substr(begin, record.rfind('}') + 1 - begin);
  // No string of JSON has a line feed in it: blanks between its parts are left out.
  std::string line;
  bool in_string = false;
  for (size_t at = 0; at < object.size(); ++at) {
    if (in_string && object[at] == '\\' && at + 1 < object.size()) {
      line += object.substr(at++, 2);
      continue;
    }
    in_string = in_string != (object[at] == '"');
    if (in_string || !IsBlank(object[at])) line += object[at];
  }
  return line;
}

}  // namespace siku::io
