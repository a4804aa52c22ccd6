#include "json_line.h"

#include <charconv>
#include <cmath>

#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace siku::io {

// Looks at the members of the outermost object; what is nested is only walked over.
struct LineHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, LineHandler> {
  LineHandler(JsonLine& to, std::string_view text, rapidjson::InsituStringStream& in)
      : line(to), original(text), stream(in) {}

  bool Put(Member::Kind kind, std::string_view text, bool boolean = false) {
    if (depth == 0) return not_object();
    if (depth > 1) return true;
    Member& member = line.members_.back();
    member.kind = kind;
    member.text = text;
    member.boolean = boolean;
    member.end = stream.Tell();
    return true;
  }
  bool Null() { return Put(Member::Kind::kNull, {}); }
  bool Bool(bool value) { return Put(Member::Kind::kBool, {}, value); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    if (depth != 1) return Put(Member::Kind::kNumber, {});
    // In place, numbers are not rewritten, so the line itself has the text.
    const size_t end = stream.Tell();
    (void)text;
    return Put(Member::Kind::kNumber, original.substr(end - length, length));
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return Put(Member::Kind::kString, {text, length});
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth != 1) return true;
    size_t begin = stream.Tell();
    const auto skip = [&] {
      while (begin < original.size() &&
             std::string_view(" \t\r\n").find(original[begin]) != std::string_view::npos)
        ++begin;
    };
    skip();
    ++begin;  // the colon
    skip();
    Member member;
    member.key = {text, length};
    member.begin = begin;
    line.members_.push_back(member);
    return true;
  }
  bool StartObject() { return Open(); }
  bool StartArray() { return depth == 0 ? not_object() : Open(); }
  bool EndObject(rapidjson::SizeType) { return Close(); }
  bool EndArray(rapidjson::SizeType) { return Close(); }

  bool Open() {
    if (depth >= kMostJsonDepth) {
      line.error_ = "nested too deep";
      return false;
    }
    ++depth;
    return true;
  }
  bool Close() {
    --depth;
    if (depth != 1) return true;
    Member& member = line.members_.back();
    member.kind = Member::Kind::kNested;
    // The iterative parser calls before it takes the bracket.
    member.end = stream.Tell() + 1;
    return true;
  }
  bool not_object() {
    line.error_ = "not an object";
    return false;
  }

  JsonLine& line;
  std::string_view original;
  rapidjson::InsituStringStream& stream;
  int depth = 0;
};

bool JsonLine::Parse(std::string_view text) {
  members_.clear();
  error_.clear();
  buffer_.assign(text);
  // In place the parser stops at a zero byte; in JSON it can only be an error.
  if (const size_t zero = text.find('\0'); zero != std::string_view::npos) {
    error_ = "a zero byte";
    error_at_ = zero;
    return false;
  }
  rapidjson::InsituStringStream stream(buffer_.data());
  rapidjson::Reader reader;
  LineHandler handler(*this, text, stream);
  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (!result.IsError()) return true;
  error_at_ = result.Offset();
  if (error_.empty()) error_ = rapidjson::GetParseError_En(result.Code());
  return false;
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
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), value);
  return {digits, end};
}

}  // namespace siku::io
