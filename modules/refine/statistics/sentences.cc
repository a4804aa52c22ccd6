#include "statistics/sentences.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "siku/utf8.h"
#include "statistics/characters.h"
#include "statistics/line_stream.h"

namespace siku::refine::statistics {
namespace {

struct Run {
  uint32_t first;
  uint8_t bits;
};
#include "statistics/sentences.inc"

enum Bit : uint8_t {
  kMark = 1 << 0,     // ends a sentence where it is a word of its own
  kPrefix = 1 << 1,   // taken off the beginning of a word
  kSuffix = 1 << 2,   // taken off its end
  kLower = 1 << 3,    // small letters, and those without case
  kUpper = 1 << 4,    // capital letters, and those without case
  kQuote = 1 << 5,    // quotation marks and some brackets
  kStopped = 1 << 6,  // what a stop is taken off behind
  kDecimal = 1 << 7,  // isdecimal
};

uint8_t BitsBeyond(char32_t c) {
  const auto after =
      std::upper_bound(std::begin(kRuns), std::end(kRuns), c,
                       [](char32_t code, const Run& run) { return code < run.first; });
  return std::prev(after)->bits;
}

bool Is(char32_t c, uint8_t any_of) {
  static const auto kDirect = [] {
    std::array<uint8_t, 128> direct{};
    for (char32_t code = 0; code < direct.size(); ++code) direct[code] = BitsBeyond(code);
    return direct;
  }();
  return ((c < kDirect.size() ? kDirect[c] : BitsBeyond(c)) & any_of) != 0;
}

char32_t First(std::string_view text) {
  size_t at = 0;
  return text.empty() ? 0 : utf8::Next(text, at);
}

size_t LastStart(std::string_view text) {
  size_t at = text.size();
  while (at > 0 && !utf8::AtBorder(text, --at)) continue;
  return at;
}

char32_t Last(std::string_view text) { return First(text.substr(LastStart(text))); }

bool IsMark(std::string_view word) {
  size_t at = 0;
  return Is(utf8::Next(word, at), kMark) && at == word.size();
}

// Token.is_punct.
bool IsPunctuation(std::string_view word) {
  for (size_t at = 0; at < word.size();) {
    if (!Characters::Get().is(utf8::Next(word, at), kCategoryP)) return false;
  }
  return true;
}

// spaCy's sentencizer, word by word.
class Sentencizer {
 public:
  Sentencizer(std::string_view text, std::vector<std::string_view>& sentences)
      : text_(text), sentences_(sentences) {}

  // `word` is part of the text.
  void Word(std::string_view word) {
    const bool mark = IsMark(word);
    if (mark) {
      ended_ = true;
    } else if (ended_ && !IsPunctuation(word)) {
      Begin(static_cast<size_t>(word.data() - text_.data()));
    }
  }
  // Blanks between words: all but one space are a word to spaCy.
  void Blank(std::string_view blank) {
    if (blank.starts_with(' ')) blank.remove_prefix(1);
    if (!blank.empty()) Word(blank);
  }
  void End() { Begin(text_.size()); }

 private:
  void Begin(size_t at) {
    const std::string_view sentence = Stripped(text_.substr(begin_, at - begin_));
    if (!sentence.empty()) sentences_.push_back(sentence);
    begin_ = at;
    ended_ = false;
  }

  std::string_view text_;
  std::vector<std::string_view>& sentences_;
  size_t begin_ = 0;
  bool ended_ = false;
};

bool IsWhole(std::string_view word) {
  return std::binary_search(std::begin(kWhole), std::end(kWhole), word);
}

// Bytes of the prefix that is taken off.
size_t PrefixOf(std::string_view word) {
  const size_t dots = std::min(word.find_first_not_of('.'), word.size());
  if (dots > 0) return dots > 1 ? dots : 0;
  size_t at = 0;
  const char32_t first = utf8::Next(word, at);
  if (first == '+' && at < word.size() && word[at] >= '0' && word[at] <= '9') return 0;
  return Is(first, kPrefix) ? at : 0;
}

bool StopIsSuffix(std::string_view before) {
  const char32_t last = Last(before);
  if (Is(last, kStopped)) return true;
  const char32_t second = Last(before.substr(0, LastStart(before)));
  constexpr std::string_view kDegrees = "FfCcKk";
  return (Is(last, kUpper) && Is(second, kUpper)) ||
         (second == 0xB0 && last < 0x80 &&
          kDegrees.find(static_cast<char>(last)) != std::string_view::npos);
}

// Bytes of the suffix that is taken off.
size_t SuffixOf(std::string_view word) {
  if (word.ends_with('.')) {
    const size_t last = word.find_last_not_of('.');
    const size_t begin = last == std::string_view::npos ? 0 : last + 1;
    if (word.size() - begin > 1) return word.size() - begin;
    return begin > 0 && StopIsSuffix(word.substr(0, begin)) ? 1 : 0;
  }
  if (word.ends_with('s') || word.ends_with('S')) {
    const std::string_view before = word.substr(0, word.size() - 1);
    if (before.ends_with('\'')) return 2;
    return before.ends_with("\xE2\x80\x99") ? 4 : 0;
  }
  const size_t last = LastStart(word);
  return Is(First(word.substr(last)), kSuffix) ? word.size() - last : 0;
}

bool IsHost(std::string_view host) {
  const auto inside = [](char32_t c) {
    return c < 0x80 ? Is(c, kDecimal) || (c | 0x20U) - 'a' < 26 : c >= 0xA1 && c <= 0xFFFF;
  };
  size_t labels = 0;
  for (size_t dot; (dot = host.find('.')) != std::string_view::npos; ++labels) {
    const std::string_view label = host.substr(0, dot);
    if (label.empty() || utf8::Length(label) > 64) return false;
    for (size_t at = 0; at < label.size();) {
      const bool edge = at == 0 || at == LastStart(label);
      const char32_t c = utf8::Next(label, at);
      if (!inside(c) && (edge || (c != '-' && c != '_'))) return false;
    }
    host.remove_prefix(dot + 1);
  }
  for (size_t at = 0; at < host.size();) {
    if (!Is(utf8::Next(host, at), kLower)) return false;
  }
  const size_t length = utf8::Length(host);
  return labels > 0 && length >= 2 && length <= 63;
}

// Scheme, user, host with a top-level domain in small letters, port, path.
bool IsAddress(std::string_view word) {
  const size_t scheme = word.find("://");
  if (scheme != std::string_view::npos && scheme >= 2) word.remove_prefix(scheme + 3);
  for (size_t at = 0; at != std::string_view::npos;) {
    std::string_view host = word.substr(at);
    host = host.substr(0, host.find_first_of("/?#"));
    const size_t port = host.find(':');
    if (port != std::string_view::npos && host.size() - port >= 3 && host.size() - port <= 6 &&
        host.find_first_not_of("0123456789", port + 1) == std::string_view::npos) {
      host = host.substr(0, port);
    }
    if (IsHost(host)) return true;
    at = word.find('@', std::max<size_t>(at, 1));
    at += at == std::string_view::npos ? 0 : 1;
  }
  return false;
}

// What stands behind the last sign between letters, as in `one,two` and `one-two`.
std::string_view LastPart(std::string_view word) {
  constexpr std::string_view kSigns = ",-~:<>=/";
  for (size_t at = word.size(); at > 0;) {
    const size_t end = at;
    at = LastStart(word.substr(0, end));
    const char32_t c = First(word.substr(at));
    const bool sign = c < 0x80 ? kSigns.find(static_cast<char>(c)) != std::string_view::npos
                               : c == 0x2013 || c == 0x2014 || c == 0x2026;
    const bool letters = at > 0 && end < word.size() &&
                         Is(First(word.substr(end)), kLower | kUpper) &&
                         (c != ',' || Is(Last(word.substr(0, at)), kLower | kUpper));
    if (sign && (letters || c == 0x2026)) return word.substr(end);
  }
  return word;
}

// What is left between prefixes and suffixes: one word, or parts between stops as in `end.Next`.
void Middle(std::string_view word, Sentencizer& out) {
  if (word.empty()) return;
  if (IsWhole(word) || IsAddress(word)) return out.Word(word);
  size_t begin = 0;
  for (size_t dot = word.find('.', 1); dot != std::string_view::npos;
       dot = word.find('.', dot + 1)) {
    const size_t behind = std::min(word.find_first_not_of('.', dot), word.size());
    if (behind == dot + 1 && behind < word.size() && dot > begin &&
        Is(Last(word.substr(0, dot)), kLower | kQuote) &&
        Is(First(word.substr(behind)), kUpper | kQuote)) {
      out.Word(word.substr(begin, dot - begin));
      out.Word(word.substr(dot, 1));
      begin = behind;
    }
    dot = behind - 1;
  }
  if (begin < word.size()) out.Word(word.substr(begin));
}

// A piece between blanks.
void English(std::string_view piece, Sentencizer& out) {
  std::vector<std::string_view> suffixes;
  while (!piece.empty() && !IsWhole(piece)) {
    const size_t prefix = PrefixOf(piece);
    const std::string_view behind = piece.substr(prefix);
    if (prefix > 0 && IsWhole(behind)) {
      out.Word(piece.substr(0, prefix));
      piece = behind;
      break;
    }
    const size_t suffix = behind.empty() ? 0 : SuffixOf(behind);
    if (prefix == 0 && suffix == 0) break;
    if (prefix > 0) out.Word(piece.substr(0, prefix));
    if (suffix > 0) suffixes.push_back(behind.substr(behind.size() - suffix));
    piece = behind.substr(0, behind.size() - suffix);
  }
  if (!suffixes.empty() && suffixes.back() == "." && !piece.empty()) {
    // An abbreviation keeps its stop within a longer piece, too.
    const std::string_view last = LastPart(piece);
    const std::string_view stopped(last.data(), last.size() + 1);
    if (IsWhole(stopped)) {
      Middle(piece.substr(0, piece.size() - last.size()), out);
      out.Word(stopped);
      piece = {};
      suffixes.pop_back();
    }
  }
  Middle(piece, out);
  for (size_t i = suffixes.size(); i-- > 0;) out.Word(suffixes[i]);
}

class EnglishSplitter final : public SentenceSplitter {
 public:
  void Split(std::string_view text, std::vector<std::string_view>& sentences) const override {
    Sentencizer sentencizer(text, sentences);
    bool blank = false;
    size_t begin = 0;
    const auto finish = [&](size_t end) {
      if (end == begin) return;
      const std::string_view piece = text.substr(begin, end - begin);
      blank ? sentencizer.Blank(piece) : English(piece, sentencizer);
      begin = end;
    };
    for (size_t at = 0; at < text.size();) {
      const size_t start = at;
      const bool space = Characters::Get().is(utf8::Next(text, at), kSpace);
      if (space != blank) finish(start);
      blank = space;
    }
    finish(text.size());
    sentencizer.End();
  }
};

}  // namespace

const SentenceSplitter& EnglishSentences() {
  static const EnglishSplitter instance;
  return instance;
}

void WordSentences::Split(std::string_view text, std::vector<std::string_view>& sentences) const {
  std::vector<std::string_view> words;
  words_.Split(text, words);
  Sentencizer sentencizer(text, sentences);
  const char* end = text.data();
  for (const std::string_view word : words) {
    sentencizer.Blank({end, static_cast<size_t>(word.data() - end)});
    sentencizer.Word(word);
    end = word.data() + word.size();
  }
  sentencizer.End();
}

bool IsDecimal(char32_t c) { return Is(c, kDecimal); }

}  // namespace siku::refine::statistics
