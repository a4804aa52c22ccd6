#include "script/script_stage.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "siku/utf8.h"

namespace siku::refine {
namespace {

using Pair = ScriptDictionary::Pair;
using Place = ConvertedText::Place;

// The limits of OpenCC for a description.
constexpr size_t kDeepest = 16, kMostCharacters = 64;

// How many parts an ideographic description character (Unicode 15.1, U+2FF0 to U+2FFF) describes.
size_t PartsOf(char32_t c) {
  if (c < 0x2FF0 || c > 0x2FFF) return 0;
  if (c == 0x2FF2 || c == 0x2FF3) return 3;
  return c >= 0x2FFE ? 1 : 2;
}

// Moves `at` behind a whole description sequence; false where it is cut off or too large.
bool SkipDescription(std::string_view text, size_t& at, size_t depth, size_t& characters) {
  if (at >= text.size() || depth == kDeepest || characters == kMostCharacters) return false;
  ++characters;
  const size_t parts = PartsOf(utf8::Next(text, at));
  for (size_t part = 0; part < parts; ++part) {
    if (!SkipDescription(text, at, depth + 1, characters)) return false;
  }
  return true;
}

constexpr size_t kAsciiAtOnce = 8;

bool IsAscii(const char* bytes) {
  uint64_t eight = 0;
  std::memcpy(&eight, bytes, kAsciiAtOnce);
  return (eight & 0x8080808080808080) == 0;
}

bool IsThree(const char* bytes) { return (static_cast<uint8_t>(*bytes) & 0xF0U) == 0xE0; }

char32_t Three(const char* bytes) {
  const auto byte = [&](size_t i) { return static_cast<char32_t>(static_cast<uint8_t>(bytes[i])); };
  return (byte(0) & 0xFU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
}

}  // namespace

size_t AfterUnmatched(std::string_view text, size_t at) {
  size_t behind = at;
  if (PartsOf(utf8::Next(text, behind)) == 0) return behind;
  size_t whole = at, characters = 0;
  return SkipDescription(text, whole, 0, characters) ? whole : behind;
}

// Where a pass stands.
struct ScriptStage::Pen {
  size_t at = 0;     // in the text
  size_t size = 0;   // of what is made
  size_t marks = 0;  // begins and ends of changes so far
  bool changed = false;
  char* bytes = nullptr;
  Place* places = nullptr;
  size_t last_size = 0, last_marks = 0;  // up to where there is room for a step

  // A step writes its mark always and counts it where changed text and unchanged meet: which of
  // them comes next is a guess that a branch would often lose.
  void Mark(bool changes) {
    places[marks] = {at, size};
    marks += static_cast<size_t>(changes != changed);
    changed = changes;
  }
};

// Room for a step: a word, or a whole description, and a mark for it and for the end.
void ScriptStage::Reserve(size_t longest, ConvertedText& made, Pen& pen) {
  const size_t step = longest + kMostCharacters * 4 + kAsciiAtOnce;
  if (made.bytes_.size() < pen.size + step) made.bytes_.resize(2 * made.bytes_.size() + step);
  if (made.places_.size() < pen.marks + 2) made.places_.resize(2 * made.places_.size() + 64);
  pen.bytes = made.bytes_.data();
  pen.places = made.places_.data();
  pen.last_size = made.bytes_.size() - step;
  pen.last_marks = made.places_.size() - 2;
}

// What only the trie can tell.
void ScriptStage::PutLooked(const ScriptDictionary& dictionary, std::string_view text, Pen& pen) {
  const ScriptDictionary::Match match = dictionary.Longest(text, pen.at);
  const size_t end = match.length == 0 ? AfterUnmatched(text, pen.at) : pen.at + match.length;
  const std::string_view before = text.substr(pen.at, end - pen.at);
  const std::string_view after = match.length == 0 ? before : match.after;
  pen.Mark(after != before);
  std::memcpy(pen.bytes + pen.size, after.data(), after.size());
  pen.size += after.size();
  pen.at = end;
}

// Characters of three bytes and words of two of them, as long as nothing else comes: nearly all of
// a Chinese text.
ScriptStage::Pen ScriptStage::PutPlain(const ScriptDictionary& dictionary,
                                       std::span<const uint32_t> starts, std::string_view text,
                                       Pen pen) {
  constexpr uint32_t kElse = ScriptDictionary::kLook | ScriptDictionary::kStop;
  constexpr size_t kAhead = 9;  // bytes looked at
  constexpr size_t kMost = 6;   // bytes made by a step
  size_t at = pen.at, size = pen.size, marks = pen.marks;
  bool changed = pen.changed;
  char* const bytes = pen.bytes;
  Place* const places = pen.places;
  const auto put = [&](const char* before, const void* after, auto three_or_six) {
    constexpr size_t kLength = decltype(three_or_six)::value;
    const bool changes = std::memcmp(before, after, kLength) != 0;
    places[marks] = {at, size};
    marks += static_cast<size_t>(changes != changed);
    changed = changes;
    std::memcpy(bytes + size, after, kLength);
    at += kLength;
    size += kLength;
  };
  const size_t room = std::min((pen.last_size - size) / kMost, pen.last_marks - marks);
  for (size_t step = 0; step < room && at + kAhead <= text.size(); ++step) {
    const char* here = text.data() + at;
    if (!IsThree(here)) break;
    const char32_t c = Three(here);
    const uint32_t start = starts[c];
    if ((start & kElse) != 0) break;
    if ((start & ScriptDictionary::kPhrase) != 0) {
      if (!IsThree(here + 3)) break;
      const char32_t second = Three(here + 3);
      if (dictionary.MayBeginPhrase(c, second)) {
        const Pair* pair = dictionary.FindPair(c, second);
        if (pair != nullptr) {
          const uint32_t third =
              IsThree(here + 6) ? ScriptDictionary::ThirdBit(Three(here + 6)) : ~uint32_t{0};
          if ((pair->thirds & third) != 0 || pair->kind == Pair::kOther) break;
          if (pair->kind == Pair::kPlainWord) {
            const uint64_t both = (start & ScriptDictionary::kThreeBytes) |
                                  uint64_t{starts[second] & ScriptDictionary::kThreeBytes} << 24;
            put(here, &both, std::integral_constant<size_t, 6>());
            continue;
          }
        }
      }
    }
    put(here, &start, std::integral_constant<size_t, 3>());
  }
  pen.at = at;
  pen.size = size;
  pen.marks = marks;
  pen.changed = changed;
  return pen;
}

// One step of any kind; false where it must stop.
bool ScriptStage::PutNext(const ScriptDictionary& dictionary, std::span<const uint32_t> starts,
                          std::string_view text, Pen& pen) {
  const char* here = text.data() + pen.at;
  size_t behind = pen.at;
  const char32_t c = utf8::Next(text, behind);
  const uint32_t start = c < starts.size() ? starts[c] : uint32_t{ScriptDictionary::kLook};
  if ((start & ScriptDictionary::kStop) != 0) return false;
  bool look = (start & ScriptDictionary::kLook) != 0;
  if ((start & ScriptDictionary::kPhrase) != 0 && behind < text.size()) {
    size_t next = behind;
    look = look || dictionary.MayBeginPhrase(c, utf8::Next(text, next));
  }
  if (look) {
    PutLooked(dictionary, text, pen);
    return true;
  }
  const size_t length = behind - pen.at;
  const char* after = length == 3 ? reinterpret_cast<const char*>(&start) : here;
  pen.Mark(std::memcmp(here, after, length) != 0);
  std::memcpy(pen.bytes + pen.size, after, length);
  pen.size += length;
  pen.at = behind;
  return true;
}

bool ScriptStage::Convert(const ScriptDictionary& dictionary, std::span<const uint32_t> starts,
                          std::string_view text, ConvertedText& made) {
  const size_t longest = dictionary.longest_after();
  Pen pen;
  Reserve(longest, made, pen);
  while (pen.at < text.size()) {
    if (pen.size > pen.last_size || pen.marks > pen.last_marks) Reserve(longest, made, pen);
    const char* here = text.data() + pen.at;
    if (!dictionary.ascii() && text.size() - pen.at >= kAsciiAtOnce && IsAscii(here)) {
      pen.Mark(false);
      std::memcpy(pen.bytes + pen.size, here, kAsciiAtOnce);
      pen.at += kAsciiAtOnce;
      pen.size += kAsciiAtOnce;
      continue;
    }
    if (!PutNext(dictionary, starts, text, pen)) return false;
    if (pen.size < pen.last_size && pen.marks < pen.last_marks) {
      pen = PutPlain(dictionary, starts, text, pen);
    }
  }
  pen.Mark(false);
  made.size_ = pen.size;
  made.marks_ = pen.marks;
  return true;
}

void ScriptStage::Clear(ConvertedText& made) { made.size_ = made.marks_ = 0; }

void ScriptStage::Append(const ConvertedText& part, uint64_t offset, ConvertedText& made) {
  const uint64_t size = made.size_;
  made.bytes_.resize(std::max(made.bytes_.size(), made.size_ + part.size_));
  std::memcpy(made.bytes_.data() + made.size_, part.bytes_.data(), part.size_);
  made.size_ += part.size_;
  made.places_.resize(std::max(made.places_.size(), made.marks_ + part.marks_));
  for (size_t i = 0; i < part.marks_; ++i) {
    const Place place{part.places_[i].before + offset, part.places_[i].after + size};
    // A change that begins where the last one ends goes on with it.
    if (i == 0 && made.marks_ > 0 && made.places_[made.marks_ - 1].before == place.before) {
      --made.marks_;
    } else {
      made.places_[made.marks_++] = place;
    }
  }
}

void ScriptStage::Compose(const ConvertedText& first, ConvertedText& second) {
  std::vector<Place> places;
  // What the changes before the place reached have lengthened, modulo 2^64: of the text before to
  // the one between, and of that to the one after.
  uint64_t grown = 0, grown_again = 0;
  for (size_t i = 0, j = 0; i < first.changes() || j < second.changes();) {
    const bool of_first =
        j == second.changes() ||
        (i < first.changes() && first.change(i).begin.after <= second.change(j).begin.before);
    uint64_t to = of_first ? first.change(i).begin.after : second.change(j).begin.before;
    places.push_back({to - grown, to + grown_again});
    while (true) {
      if (i < first.changes() && first.change(i).begin.after <= to) {
        const auto change = first.change(i++);
        to = std::max(to, change.end.after);
        grown = change.end.after - change.end.before;
      } else if (j < second.changes() && second.change(j).begin.before <= to) {
        const auto change = second.change(j++);
        to = std::max(to, change.end.before);
        grown_again = change.end.after - change.end.before;
      } else {
        break;
      }
    }
    places.push_back({to - grown, to + grown_again});
  }
  second.marks_ = places.size();
  second.places_ = std::move(places);
}

}  // namespace siku::refine
