#include "repair/residue/commas.h"

#include <algorithm>
#include <bit>
#include <set>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "repair/context.h"
#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

constexpr std::string_view kWide = "，";

// What the next character costs at most inside a word, in tenths of a bit.
constexpr int kWordAcross = 60;

// Scores are hundredths of a unit of log odds (docs/repair.md).
constexpr int kGlaring = 200;
constexpr int kTelling = 0;
constexpr int kEnough = -200;
constexpr int kWorthSaying = -500;
constexpr int kForeignKind = 600;
constexpr int kOtherKind = -300;

constexpr double kSure = 0.97;
constexpr double kLikely = 0.7;

struct Comma {
  size_t begin = 0;
  size_t end = 0;
  int score = 0;      // that it stands in a word
  uint64_t pair = 0;  // the characters around it
  bool wide() const { return end - begin > 1; }
};

// The next byte from `at` on that is ASCII "," or begins a character of U+F000 to U+FFFF.
size_t NextMark(std::string_view text, size_t at) {
#ifdef __SSE2__
  constexpr size_t kStep = sizeof(__m128i);
  for (; at + kStep <= text.size(); at += kStep) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\xEF')));
    const auto where = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (where != 0) return at + static_cast<size_t>(std::countr_zero(where));
  }
#endif
  while (at < text.size() && text[at] != ',' && text[at] != '\xEF') ++at;
  return at;
}

// The next comma between Chinese characters, from `at` on.
bool NextComma(std::string_view text, size_t at, Comma& comma) {
  for (; (at = NextMark(text, at)) < text.size(); ++at) {
    const size_t length = text[at] == ',' ? 1 : kWide.size();
    if (length > 1 && text.substr(at, length) != kWide) continue;
    comma = {.begin = at, .end = at + length};
    if (IsHan(CharacterBefore(text, at)) && IsHan(CharacterAt(text, at + length))) return true;
  }
  return false;
}

// What stands before the comma; two characters are all that the model looks at.
Context Before(std::string_view text, size_t at, const Language& language) {
  const char32_t last = CharacterBefore(text, at);
  const char32_t before = CharacterBefore(text, at - BytesOf(last));
  Context context;
  Pass(language, context, before);
  Pass(language, context, last);
  return context;
}

int Across(std::string_view text, const Comma& comma, const Language& language) {
  Context context = Before(text, comma.begin, language);
  return language.Read(context, CharacterAt(text, comma.end));
}

// Weights by logistic regression on the `dev` half of bench/refine/damage, where commas were put
// into words, against its clean text.
void Weigh(std::string_view text, const Language& language, Comma& comma) {
  const Tables& tables = language.tables();
  const Context before = Before(text, comma.begin, language);
  size_t at = comma.end;
  const char32_t first = utf8::Next(text, at);
  const char32_t second = CharacterAt(text, at);
  Context with = before, without = before;
  const int mark = language.Read(with, U'，');
  const int across = language.Read(without, first);
  const ModelId next = without.last;
  const int saved = mark + language.Read(with, first) + language.Read(with, second) - across -
                    language.Read(without, second);
  const int pair = tables.Cost(0, before.last, next);
  comma.score = (375 * saved - 69 * across - 464 * pair + 353 * mark +
                 242 * tables.UnigramCost(next) - 199 * tables.UnigramCost(before.last)) /
                    100 -
                815;
  comma.pair = uint64_t{CharacterBefore(text, comma.begin)} << 32 | first;
}

// Narrow and wide commas apart: what puts commas into words writes one kind.
class Kind {
 public:
  void Count(const Comma& comma) {
    ++commas_;
    if (comma.score >= kTelling) telling_.insert(comma.pair);
    if (comma.score >= kGlaring) glaring_.insert(comma.pair);
  }
  /// The same words over and over are somebody's turn of phrase, so that pairs count but once.
  bool proven() const { return glaring_.size() >= 2 && glaring_.size() * 50 >= commas_; }
  /// Many of this kind stand in words and none of the other: all of this kind were put there.
  bool foreign(const Kind& other) const {
    return telling_.size() >= 2 && telling_.size() * 3 >= commas_ && other.commas_ >= 2 &&
           other.telling_.size() * 50 <= other.commas_;
  }

 private:
  size_t commas_ = 0;
  std::set<uint64_t> telling_{}, glaring_{};
};

bool IsPartOfSegment(char32_t c) { return IsHan(c) || IsAsciiWord(c); }

// Characters from `at` on up to a mark or a border of the line; three stand for more.
size_t SegmentBehind(std::string_view text, size_t at) {
  size_t length = 0;
  for (; length < 3; ++length) {
    const char32_t c = CharacterAt(text, at);
    if (!IsPartOfSegment(c)) break;
    at += BytesOf(c);
  }
  return length;
}

size_t SegmentBefore(std::string_view text, size_t at) {
  size_t length = 0;
  for (; length < 3; ++length) {
    const char32_t c = CharacterBefore(text, at);
    if (!IsPartOfSegment(c)) break;
    at -= BytesOf(c);
  }
  return length;
}

// Between two items of a list of single characters: 国,家,人,民.
bool SeparatesCharacters(std::string_view text, const Comma& comma) {
  const size_t before = SegmentBefore(text, comma.begin);
  const size_t behind = SegmentBehind(text, comma.end);
  return std::min(before, behind) == 1 && std::max(before, behind) <= 2;
}

// A line and what its commas make of it.
struct Line {
  size_t end = 0;
  size_t narrow = 0;  // commas
  bool list = false;  // half or more of what stands between commas is short
  bool prose = false;
};

Line LineFrom(std::string_view text, size_t begin) {
  constexpr size_t kShort = 2;
  Line line{.end = begin};
  size_t segments = 0, brief = 0, length = 0;
  const auto close = [&] {
    ++segments;
    brief += length <= kShort;
    length = 0;
  };
  while (line.end < text.size() && text[line.end] != '\n') {
    const char32_t c = utf8::Next(text, line.end);
    line.narrow += c == U',';
    line.prose |= c == U'。' || c == U'！' || c == U'？';
    if (c == U',' || c == U'，') {
      close();
    } else {
      length += IsPartOfSegment(c);
    }
  }
  close();
  line.list = segments > 1 && brief * 2 >= segments;
  return line;
}

// Lists and tables: lines whose commas stay.
std::vector<Line> LinesOf(std::string_view text) {
  constexpr size_t kRows = 3;
  std::vector<Line> lines;
  for (size_t begin = 0; begin < text.size(); begin = lines.back().end + 1) {
    lines.push_back(LineFrom(text, begin));
  }
  for (size_t first = 0, end; first < lines.size(); first = end) {
    end = first + 1;
    if (lines[first].narrow == 0 || lines[first].prose) continue;
    while (end < lines.size() && lines[end].narrow == lines[first].narrow && !lines[end].prose) {
      ++end;
    }
    for (size_t i = first; end - first >= kRows && i < end; ++i) lines[i].list = true;
  }
  return lines;
}

double ConfidenceOf(int score) {
  if (score >= kEnough) return kSure;
  return score >= kWorthSaying ? kLikely : 0;
}

}  // namespace

bool MayHaveCommasInWords(std::string_view text, const Tables& tables) {
  constexpr size_t kSample = 8, kBytesForOneMore = 1500;
  const Language language(tables);
  size_t left = kSample + text.size() / kBytesForOneMore;
  Comma comma;
  for (size_t at = 0; left > 0 && NextComma(text, at, comma); at = comma.end, --left) {
    if (Across(text, comma, language) > kWordAcross) continue;
    Weigh(text, language, comma);
    if (comma.score >= kTelling) return true;
  }
  return false;
}

void RemoveCommas(std::string_view text, const Tables& tables, Findings& findings) {
  const Language language(tables);
  std::vector<Comma> commas;
  Kind narrow, wide;
  Comma comma;
  const std::vector<Line> lines = LinesOf(text);
  size_t line = 0;
  for (size_t at = 0; NextComma(text, at, comma); at = comma.end) {
    while (lines[line].end < comma.begin) ++line;
    if (lines[line].list || SeparatesCharacters(text, comma)) continue;
    Weigh(text, language, comma);
    (comma.wide() ? wide : narrow).Count(comma);
    commas.push_back(comma);
  }
  const bool narrow_foreign = narrow.foreign(wide), wide_foreign = wide.foreign(narrow);
  for (const Comma& one : commas) {
    const bool foreign = one.wide() ? wide_foreign : narrow_foreign;
    const bool other = one.wide() ? narrow_foreign : wide_foreign;
    if (!foreign && !(one.wide() ? wide : narrow).proven()) continue;
    const int bonus = foreign ? kForeignKind : (other ? kOtherKind : 0);
    const double confidence = ConfidenceOf(one.score + bonus);
    if (confidence > 0) findings.Edit(one.begin, one.end, "", Rule::kComma, confidence);
  }
}

}  // namespace siku::refine
