#include "mappers/addresses.h"

#include <algorithm>

#include "siku/utf8.h"
#include "statistics/characters.h"

namespace siku::refine::mappers {
namespace {

constexpr size_t kNone = std::string_view::npos;

using statistics::Characters;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLetter(char c) { return IsLower(c) || IsUpper(c); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// [a-z0-9.\-+_]
bool IsDomain(char c) {
  return IsLower(c) || IsDigit(c) || c == '.' || c == '-' || c == '+' || c == '_';
}

// [a-z0-9.\-+_]+\.[a-z]+ from `at`; where it ends, or none.
size_t DomainEnd(std::string_view text, size_t at) {
  size_t run = at;
  while (run < text.size() && IsDomain(text[run])) ++run;
  for (size_t dot = run; dot > at + 1;) {
    --dot;
    if (text[dot] != '.' || dot + 1 == run || !IsLower(text[dot + 1])) continue;
    size_t end = dot + 1;
    while (end < run && IsLower(text[end])) ++end;
    return end;
  }
  return kNone;
}

// \s of their regular expressions: White_Space.
bool IsSpace(char32_t c) {
  return Characters::Get().is(c, statistics::kSpace) && !(c >= 0x1C && c <= 0x1F);
}

// Finds links in one text, each byte looked at a bounded number of times.
class LinkFinder {
 public:
  explicit LinkFinder(std::string_view text) : text_(text) {}

  Spans Find() {
    Spans found;
    for (size_t at = 0; at < text_.size();) {
      const size_t end = MayBegin(at) ? LinkEnd(at) : kNone;
      if (end == kNone) {
        before_ = utf8::Next(text_, at);
        continue;
      }
      found.emplace_back(at, end);
      at = LastStart(end);
      before_ = utf8::Next(text_, at);
    }
    return found;
  }

 private:
  size_t LastStart(size_t end) const {
    do --end;
    while (!utf8::AtBorder(text_, end));
    return end;
  }
  static bool IsWord(char32_t c) { return Characters::Get().is(c, statistics::kWord); }
  char At(size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  // A border between words, and a sign that a link may begin with.
  bool MayBegin(size_t at) const {
    const char c = text_[at];
    const bool word = IsLetter(c) || IsDigit(c);
    if (!word && c != '.' && c != '-') return false;
    return word != (at > 0 && IsWord(before_));
  }

  // The three kinds of beginning, in their order, and each with its shorter readings.
  size_t LinkEnd(size_t at) {
    if (IsLetter(text_[at])) {
      const size_t colon = NameEnd(at);
      if (colon > at + 1 && At(colon) == ':') {
        size_t slashes = 0;
        while (slashes < 3 && At(colon + 1 + slashes) == '/') ++slashes;
        for (; slashes > 0; --slashes) {
          if (const size_t end = BodyEnd(colon + 1 + slashes); end != kNone) return end;
        }
        const char c = At(colon + 1);
        if (IsLetter(c) || IsDigit(c) || c == '%') {
          if (const size_t end = BodyEnd(colon + 2); end != kNone) return end;
        }
      }
      if (const size_t dot = WwwEnd(at); dot != kNone) {
        if (const size_t end = BodyEnd(dot); end != kNone) return end;
      }
    }
    const size_t slash = HostEnd(at);
    return slash == kNone ? kNone : BodyEnd(slash);
  }

  // The end of [\w-]+, the same for all places in one run.
  size_t NameEnd(size_t at) {
    if (at >= name_end_) {
      name_end_ = at;
      while (name_end_ < text_.size()) {
        size_t next = name_end_;
        const char32_t c = utf8::Next(text_, next);
        if (c != '-' && !IsWord(c)) break;
        name_end_ = next;
      }
    }
    return name_end_;
  }
  // www\d{0,3}[.]
  size_t WwwEnd(size_t at) const {
    for (int i = 0; i < 3; ++i, ++at) {
      if (At(at) != 'w' && At(at) != 'W') return kNone;
    }
    for (int i = 0; i < 3 && IsDigit(At(at)); ++i) ++at;
    return At(at) == '.' ? at + 1 : kNone;
  }
  // [a-z0-9.\-]+[.][a-z]{2,4}\/
  size_t HostEnd(size_t at) {
    if (at >= host_end_) {
      host_end_ = at;
      while (IsLetter(At(host_end_)) || IsDigit(At(host_end_)) || At(host_end_) == '.' ||
             At(host_end_) == '-') {
        ++host_end_;
      }
    }
    if (At(host_end_) != '/') return kNone;
    size_t letters = host_end_;
    while (letters > at && IsLetter(text_[letters - 1])) --letters;
    const size_t count = host_end_ - letters;
    const bool dotted = letters > at + 1 && text_[letters - 1] == '.';
    return dotted && count >= 2 && count <= 4 ? host_end_ + 1 : kNone;
  }

  // What follows: tokens, each a character or a pair of brackets; two at least, and the last one
  // may be no punctuation. The longest there is.
  size_t BodyEnd(size_t begin) {
    size_t last = kNone;
    int tokens = 0;
    for (size_t at = begin; at < text_.size();) {
      bool ends = true;
      if (text_[at] == '(') {
        at = BracketsEnd(at);
        if (at == kNone) break;
      } else {
        const char32_t c = utf8::Next(text_, at);
        if (IsSpace(c) || c == ')' || c == '<' || c == '>') break;
        ends = !IsPunctuation(c);
      }
      if (++tokens >= 2 && ends) last = at;
    }
    return last;
  }
  static bool IsPunctuation(char32_t c) {
    constexpr std::u32string_view kSigns = U"`!()[]{};:'\".,<>?«»“”‘’";
    return kSigns.find(c) != std::u32string_view::npos;
  }
  // \(([^\s()<>]+|(\([^\s()<>]+\)))*\)
  size_t BracketsEnd(size_t at) const {
    int depth = 0;
    bool filled = false;
    while (at < text_.size()) {
      const char32_t c = utf8::Next(text_, at);
      if (c == '(') {
        if (++depth > 2) return kNone;
        filled = false;
      } else if (c == ')') {
        if (depth == 2 && !filled) return kNone;
        if (--depth == 0) return at;
      } else if (c == '<' || c == '>' || IsSpace(c)) {
        return kNone;
      } else {
        filled = true;
      }
    }
    return kNone;
  }

  std::string_view text_;
  char32_t before_ = 0;
  size_t name_end_ = 0;
  size_t host_end_ = 0;
};

}  // namespace

Spans FindEmails(std::string_view text) {
  Spans found;
  size_t free = 0;  // nothing before it belongs to an address
  for (size_t sign = text.find('@'); sign != kNone; sign = text.find('@', sign + 1)) {
    size_t begin = sign;
    while (begin > free && (IsDomain(text[begin - 1]) || IsUpper(text[begin - 1]))) --begin;
    if (begin == sign) continue;
    const size_t end = DomainEnd(text, sign + 1);
    if (end == kNone) continue;
    found.emplace_back(begin, end);
    free = end;
  }
  return found;
}

Spans FindLinks(std::string_view text) { return LinkFinder(text).Find(); }

}  // namespace siku::refine::mappers
