#include "repair/residue/commas.h"

#include <vector>

#include "repair/language.h"
#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

constexpr std::string_view kWide = "，";

// Tenths of a bit.
constexpr int kWordAcross = 60;  // what the next character costs at most inside a word
constexpr int kTelling = 100;    // a comma that costs this much hardly belongs there
constexpr int kGlaring = 130;
constexpr size_t kManyTelling = 3;
constexpr size_t kManyGlaring = 2;

constexpr double kSure = 0.97;
constexpr double kLikely = 0.7;

struct Comma {
  size_t begin = 0;
  size_t end = 0;
  int across = 0;  // the cost of the character behind, without the comma
  int saved = 0;   // by leaving the comma out
  bool wide() const { return end - begin > 1; }
  bool telling() const { return across <= kWordAcross && saved >= kTelling; }
  bool glaring() const { return across <= kWordAcross && saved >= kGlaring; }
};

// The next comma between Chinese characters, from `at` on.
bool NextComma(std::string_view text, size_t at, Comma& comma) {
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte != ',' && byte != 0xEF) continue;
    const size_t length = byte == ',' ? 1 : kWide.size();
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
  language.Read(context, before);
  language.Read(context, last);
  return context;
}

int Across(std::string_view text, const Comma& comma, const Language& language) {
  Context context = Before(text, comma.begin, language);
  return language.Read(context, CharacterAt(text, comma.end));
}

void Weigh(std::string_view text, const Language& language, Comma& comma) {
  const Context before = Before(text, comma.begin, language);
  size_t at = comma.end;
  const char32_t first = utf8::Next(text, at);
  const char32_t second = CharacterAt(text, at);
  Context with = before, without = before;
  int cost = language.Read(with, U'，');
  cost += language.Read(with, first) + language.Read(with, second);
  comma.across = language.Read(without, first);
  comma.saved = cost - comma.across - language.Read(without, second);
}

// Narrow and wide commas apart: what puts commas into words writes one kind.
struct Kind {
  size_t commas = 0, telling = 0, glaring = 0;
  void Count(const Comma& comma) {
    ++commas;
    telling += comma.telling();
    glaring += comma.glaring();
  }
  bool proven() const { return telling >= kManyTelling || glaring >= kManyGlaring; }
  /// All of this kind were put there.
  bool foreign(const Kind& other) const {
    return proven() && telling * 3 >= commas && other.commas > 0 && other.telling == 0;
  }
};

double ConfidenceOf(const Comma& comma, const Kind& kind, const Kind& other) {
  constexpr int kForeign = 45, kNear = 90, kFar = 135, kWorthSaying = 70;
  if (!kind.proven()) return comma.glaring() ? kLikely : 0;
  if (kind.foreign(other) && comma.saved >= kForeign) return kSure;
  if (comma.saved >= kFar || (comma.saved >= kNear && comma.across <= kWordAcross)) return kSure;
  return comma.saved >= kWorthSaying ? kLikely : 0;
}

}  // namespace

bool MayHaveCommasInWords(std::string_view text, const Tables& tables) {
  constexpr size_t kSample = 24, kBytesForOneMore = 400;
  const Language language(tables);
  size_t left = kSample + text.size() / kBytesForOneMore;
  Comma comma;
  for (size_t at = 0; left > 0 && NextComma(text, at, comma); at = comma.end, --left) {
    if (Across(text, comma, language) > kWordAcross) continue;
    Weigh(text, language, comma);
    if (comma.telling()) return true;
  }
  return false;
}

void RemoveCommas(std::string_view text, const Tables& tables, Findings& findings) {
  const Language language(tables);
  std::vector<Comma> commas;
  Kind narrow, wide;
  Comma comma;
  for (size_t at = 0; NextComma(text, at, comma); at = comma.end) {
    Weigh(text, language, comma);
    (comma.wide() ? wide : narrow).Count(comma);
    commas.push_back(comma);
  }
  for (const Comma& one : commas) {
    const Kind& kind = one.wide() ? wide : narrow;
    const double confidence = ConfidenceOf(one, kind, one.wide() ? narrow : wide);
    if (confidence > 0) findings.Edit(one.begin, one.end, "", Rule::kComma, confidence);
  }
}

}  // namespace siku::refine
