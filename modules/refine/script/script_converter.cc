#include "siku/refine/script_converter.h"

#include <algorithm>

#include "script/script_tables.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

using Change = ScriptConverter::Change;

// How many parts an ideographic description character (Unicode 15.1, U+2FF0 to U+2FFF) describes.
size_t PartsOf(char32_t c) {
  if (c < 0x2FF0 || c > 0x2FFF) return 0;
  if (c == 0x2FF2 || c == 0x2FF3) return 3;
  return c >= 0x2FFE ? 1 : 2;
}

// Moves `at` behind a whole description sequence; false where it is cut off or too large, by the
// limits of OpenCC.
bool SkipDescription(std::string_view text, size_t& at, size_t depth, size_t& characters) {
  constexpr size_t kDeepest = 16, kMostCharacters = 64;
  if (at >= text.size() || depth == kDeepest || characters == kMostCharacters) return false;
  ++characters;
  const size_t parts = PartsOf(utf8::Next(text, at));
  for (size_t part = 0; part < parts; ++part) {
    if (!SkipDescription(text, at, depth + 1, characters)) return false;
  }
  return true;
}

// Behind a description character that no word begins with: a whole description is kept as it is.
size_t AfterUnmatched(std::string_view text, size_t at) {
  size_t behind = at;
  if (PartsOf(utf8::Next(text, behind)) == 0) return behind;
  size_t whole = at, characters = 0;
  return SkipDescription(text, whole, 0, characters) ? whole : behind;
}

void Add(uint64_t begin, uint64_t end, std::string_view after, std::vector<Change>& changes) {
  if (!changes.empty() && changes.back().end == begin) {
    changes.back().end = end;
    changes.back().after += after;
  } else {
    changes.push_back({begin, end, std::string(after)});
  }
}

// The longest word at each place, one after another.
void Stage(const ScriptTables& tables, size_t dictionary, std::string_view text, uint64_t offset,
           std::vector<Change>& changes) {
  for (size_t at = 0; at < text.size();) {
    const ScriptTables::Match match = tables.Next(dictionary, text, at);
    if (match.length == 0) {
      if (at < text.size()) at = AfterUnmatched(text, at);
      continue;
    }
    if (match.after != text.substr(at, match.length)) {
      Add(offset + at, offset + at + match.length, match.after, changes);
    }
    at += match.length;
  }
}

std::string Applied(std::string_view text, const std::vector<Change>& changes) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  uint64_t at = 0;
  for (const Change& change : changes) {
    out.append(text.substr(at, change.begin - at));
    out.append(change.after);
    at = change.end;
  }
  out.append(text.substr(at));
  return out;
}

// Both as one: `second` speaks of what `first` makes of the text.
std::vector<Change> Composed(const std::vector<Change>& first, const std::string& middle,
                             const std::vector<Change>& second) {
  std::vector<Change> both;
  // What `first` has lengthened (modulo 2^64) before the place reached.
  uint64_t grown = 0;
  size_t i = 0, j = 0;
  const auto middle_begin = [&] { return first[i].begin + grown; };
  while (i < first.size() || j < second.size()) {
    const bool of_first =
        j == second.size() || (i < first.size() && middle_begin() <= second[j].begin);
    const uint64_t from = of_first ? middle_begin() : second[j].begin;
    const uint64_t begin = from - grown;
    uint64_t to = from;
    std::string after;
    uint64_t copied = from;
    // Whatever touches what is gathered so far belongs to it.
    while (true) {
      if (i < first.size() && middle_begin() <= to) {
        to = std::max(to, middle_begin() + first[i].after.size());
        grown += first[i].after.size() - (first[i].end - first[i].begin);
        ++i;
      } else if (j < second.size() && second[j].begin <= to) {
        after.append(middle, copied, second[j].begin - copied);
        after += second[j].after;
        copied = second[j].end;
        to = std::max(to, second[j].end);
        ++j;
      } else {
        break;
      }
    }
    after.append(middle, copied, to - copied);
    both.push_back({begin, to - grown, std::move(after)});
  }
  return both;
}

}  // namespace

Result<std::vector<std::string>> ScriptConverter::Configurations() {
  SIKU_TRY(const auto tables, ScriptTables::Shared());
  std::vector<std::string> names;
  for (const auto& configuration : tables->configurations()) names.push_back(configuration.name);
  return names;
}

Result<std::shared_ptr<const ScriptConverter>> ScriptConverter::Load(
    std::string_view configuration) {
  SIKU_TRY(auto tables, ScriptTables::Shared());
  for (const auto& known : tables->configurations()) {
    if (known.name != configuration) continue;
    std::shared_ptr<ScriptConverter> made(new ScriptConverter);
    made->normalization_ = known.normalization;
    made->segmentation_ = known.segmentation;
    made->chain_ = known.chain;
    made->tables_ = std::move(tables);
    return made;
  }
  return Fail(Code::kNotFound, "there is no such script configuration", std::string(configuration));
}

const std::string& ScriptConverter::hash() const { return tables_->hash(); }

void ScriptConverter::ConvertSegment(std::string_view text, uint64_t offset,
                                     std::vector<Change>& changes) const {
  if (chain_.size() == 1) return Stage(*tables_, chain_[0], text, offset, changes);
  std::vector<Change> all;
  std::string middle;
  for (const size_t dictionary : chain_) {
    std::vector<Change> next;
    const std::string_view now = all.empty() ? text : std::string_view(middle);
    Stage(*tables_, dictionary, now, 0, next);
    if (next.empty()) continue;
    std::string after = Applied(now, next);
    all = all.empty() ? std::move(next) : Composed(all, middle, next);
    middle = std::move(after);
  }
  for (const Change& change : all) {
    Add(offset + change.begin, offset + change.end, change.after, changes);
  }
}

void ScriptConverter::ConvertSegments(std::string_view text, std::vector<Change>& changes) const {
  if (segmentation_.empty()) return ConvertSegment(text, 0, changes);
  size_t loose = 0;  // where the part before `at` begins that holds no word
  for (size_t at = 0; at < text.size();) {
    const size_t length = tables_->Next(segmentation_[0], text, at).length;
    if (length == 0) {
      if (at < text.size()) at = AfterUnmatched(text, at);
      continue;
    }
    ConvertSegment(text.substr(loose, at - loose), loose, changes);
    ConvertSegment(text.substr(at, length), at, changes);
    at += length;
    loose = at;
  }
  ConvertSegment(text.substr(loose), loose, changes);
}

void ScriptConverter::Convert(std::string_view text, std::vector<Change>& changes) const {
  changes.clear();
  std::string normal;
  for (const size_t dictionary : normalization_) {
    std::vector<Change> next;
    const std::string_view now = changes.empty() ? text : std::string_view(normal);
    Stage(*tables_, dictionary, now, 0, next);
    if (next.empty()) continue;
    std::string after = Applied(now, next);
    changes = changes.empty() ? std::move(next) : Composed(changes, normal, next);
    normal = std::move(after);
  }
  if (changes.empty()) return ConvertSegments(text, changes);
  std::vector<Change> converted;
  ConvertSegments(normal, converted);
  changes = Composed(changes, normal, converted);
}

}  // namespace siku::refine
