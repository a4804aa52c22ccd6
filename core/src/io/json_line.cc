#include "json_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#if defined(__clang__)
// RapidJSON 1.1 adds to the null pointer of its empty stack before it compares; the sum is not
// used.
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif

namespace siku::io {

// Looks at the members of the outermost object; what is nested is only walked over. The parser
// works on a copy of the stream while it reads a string or a number, so during such a call the
// stream still stands where the token begins; at all other calls it stands where they say.
struct LineHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, LineHandler> {
  LineHandler(JsonLine& to, std::string_view text, rapidjson::InsituStringStream& in)
      : line(to), original(text), stream(in) {}

  bool Null() { return Literal(Member::Kind::kNull, 4, false); }
  bool Bool(bool value) { return Literal(Member::Kind::kBool, value ? 4 : 5, value); }
  bool Literal(Member::Kind kind, size_t length, bool value) {
    if (depth == 0) return not_object();
    if (depth > 1) return true;
    Begin(kind, stream.Tell() - length);
    line.members_.back().boolean = value;
    return true;
  }
  bool RawNumber(const char*, rapidjson::SizeType length, bool) {
    if (depth == 0) return not_object();
    if (depth > 1) return true;
    // In place, numbers are not rewritten, but the line itself is sure to have the text.
    Begin(Member::Kind::kNumber, stream.Tell());
    line.members_.back().text = original.substr(stream.Tell(), length);
    return true;
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (depth == 0) return not_object();
    if (depth > 1) return true;
    Begin(Member::Kind::kString, stream.Tell());
    line.members_.back().text = {text, length};
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth != 1) return true;
    EndValue(stream.Tell());
    Member member;
    member.key = {text, length};
    line.members_.push_back(member);
    return true;
  }
  bool StartObject() { return Open(); }
  bool StartArray() { return depth == 0 ? not_object() : Open(); }
  bool EndObject(rapidjson::SizeType) {
    if (depth == 1) EndValue(stream.Tell());
    --depth;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    --depth;
    return true;
  }
  bool Open() {
    if (depth >= kMostJsonDepth) {
      line.error_ = "nested too deep";
      return false;
    }
    if (depth == 1) Begin(Member::Kind::kNested, stream.Tell());
    ++depth;
    return true;
  }
  bool not_object() {
    line.error_ = "not an object";
    return false;
  }

  void Begin(Member::Kind kind, size_t at) {
    line.members_.back().kind = kind;
    line.members_.back().begin = at;
  }
  // The value before ends before the blanks and the comma that precede `at`.
  void EndValue(size_t at) {
    if (line.members_.empty()) return;
    const auto blank = [&](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (blank(original[at - 1])) --at;
    if (original[at - 1] == ',') --at;
    while (blank(original[at - 1])) --at;
    line.members_.back().end = at;
  }

  JsonLine& line;
  std::string_view original;
  rapidjson::InsituStringStream& stream;
  int depth = 0;
};

namespace {

// The first byte that JSON has nowhere: a control other than tab and line ends. The parser's SIMD
// lets 1A to 1F through in strings, and in place it takes a zero for the end.
size_t FindControl(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  for (size_t at = 0; at < text.size();) {
    uint64_t word = 0;
    if (at + 8 <= text.size()) {
      std::memcpy(&word, text.data() + at, 8);
      // A borrow reaches only bytes behind one that is below 0x20.
      if (((word - kOnes * 0x20) & ~word & (kOnes << 7)) == 0) {
        at += 8;
        continue;
      }
    }
    for (const size_t end = std::min(at + 8, text.size()); at < end; ++at) {
      const auto byte = static_cast<uint8_t>(text[at]);
      if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return at;
    }
  }
  return std::string_view::npos;
}

// Each is one more parse of the line.
constexpr size_t kMostHugeNumbers = 64;

}  // namespace

// JSON's grammar allows half a pair, Unicode does not, and the parser makes broken UTF-8 of it. The
// escape of U+FFFD is as long, so every position stays.
void JsonLine::ReplaceLoneSurrogates() {
  for (size_t at = buffer_.find('\\'); at < buffer_.size(); at = buffer_.find('\\', at)) {
    const bool maybe = at + 2 < buffer_.size() && (buffer_[at + 2] | 0x20) == 'd';
    const char32_t unit = maybe ? UnitAt(buffer_, at) : 0;
    if (unit < 0xD800 || unit > 0xDFFF) {
      at += 2;
      continue;
    }
    const char32_t next = UnitAt(buffer_, at + 6);
    if (unit < 0xDC00 && next >= 0xDC00 && next <= 0xDFFF) {
      at += 12;
      continue;
    }
    buffer_.replace(at + 2, 4, "fffd");
    lone_surrogates_ = true;
    at += 6;
  }
}

// The parser refuses numbers that no double holds, which JSON has no quarrel with. It only has to
// see some number there, as long: what is read of it is read from the line.
bool JsonLine::ReplaceHugeNumber(std::string_view text, size_t at) {
  buffer_.assign(text);
  ReplaceLoneSurrogates();
  huge_.push_back(at);
  for (const size_t begin : huge_) {
    const size_t end =
        std::min(buffer_.find_first_not_of("0123456789+-.eE", begin), buffer_.size());
    const size_t figure = begin + (buffer_[begin] == '-' ? 1 : 0);
    if (end < figure + 3) return false;
    buffer_.replace(figure, end - figure, "1." + std::string(end - figure - 2, '0'));
  }
  return true;
}

bool JsonLine::Parse(std::string_view text) {
  members_.clear();
  lone_surrogates_ = false;
  error_at_ = FindControl(text);
  if (error_at_ != std::string_view::npos) {
    error_ = "a control character";
    return false;
  }
  huge_.clear();
  // The parser looks at sixteen bytes at a time, so up to fifteen behind the end.
  buffer_.reserve(text.size() + 32);
  buffer_.assign(text);
  ReplaceLoneSurrogates();
  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  for (;;) {
    members_.clear();
    error_.clear();
    rapidjson::InsituStringStream stream(buffer_.data());
    rapidjson::Reader reader;
    LineHandler handler(*this, text, stream);
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
    if (!result.IsError()) return true;
    error_at_ = result.Offset();
    if (result.Code() == rapidjson::kParseErrorNumberTooBig && huge_.size() < kMostHugeNumbers &&
        ReplaceHugeNumber(text, error_at_)) {
      continue;
    }
    if (error_.empty()) error_ = rapidjson::GetParseError_En(result.Code());
    return false;
  }
}

char32_t UnitAt(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
  uint16_t unit = 0;
  const char* const end = text.data() + at + 6;
  const auto [stop, error] = std::from_chars(text.data() + at + 2, end, unit, 16);
  return error == std::errc() && stop == end ? unit : 0;
}

bool ParseInt(std::string_view text, int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool ParseReal(std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

std::string RealText(double value) {
  char digits[32];
  const auto [stop, error] =
      std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::scientific);
  std::string_view text(digits, static_cast<size_t>(stop - digits));
  std::string out;
  if (text.starts_with('-')) {
    out.push_back('-');
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  int exponent = 0;
  const char* const sign = text.data() + e + 1;
  (void)std::from_chars(*sign == '+' ? sign + 1 : sign, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 16) return out.append(text);
  std::string figures(text.substr(0, 1));
  if (e > 2) figures.append(text.substr(2, e - 2));
  if (exponent < 0) {
    return out.append("0.").append(static_cast<size_t>(-exponent) - 1, '0').append(figures);
  }
  const auto whole = static_cast<size_t>(exponent) + 1;
  if (figures.size() <= whole) {
    return out.append(figures).append(whole - figures.size(), '0').append(".0");
  }
  return out.append(figures, 0, whole).append(".").append(figures, whole);
}

Spelling TextSpelling(std::string_view raw) {
  constexpr std::string_view kShort = "\"\\bfnrt";
  bool canonical = true;
  for (size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    if (kShort.find(raw[at + 1]) != std::string_view::npos) {
      at += 2;
      continue;
    }
    const char32_t unit = UnitAt(raw, at);
    const bool lower = raw.substr(at, 6).find_first_of("ABCDEF") == std::string_view::npos;
    // "\/", capitals, a character that has a shorter form.
    const bool control =
        unit < 0x20 && unit != '\b' && unit != '\f' && unit != '\n' && unit != '\r' && unit != '\t';
    if (raw[at + 1] != 'u' || !lower || !(control || unit >= 0x80)) return Spelling::kRaw;
    canonical = canonical && control;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      const char32_t next = UnitAt(raw, at + 6);
      if (unit >= 0xDC00 || next < 0xDC00 || next > 0xDFFF) return Spelling::kRaw;
      const std::string_view second = raw.substr(at + 6, 6);
      if (second.find_first_of("ABCDEF") != std::string_view::npos) return Spelling::kRaw;
      at += 6;
    }
    at += 6;
  }
  if (canonical) return Spelling::kCanonical;
  const bool ascii =
      std::all_of(raw.begin(), raw.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
  return ascii ? Spelling::kAscii : Spelling::kRaw;
}

}  // namespace siku::io
