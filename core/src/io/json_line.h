// One JSON object on a line: its members with their exact place, decoded only as far as needed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "siku/residue.h"

namespace siku::io {

inline constexpr int kMostJsonDepth = 512;

struct Member {
  enum class Kind : uint8_t { kString, kNumber, kBool, kNull, kNested };
  std::string_view key;  // decoded
  size_t begin = 0;      // of the value, bytes of the line
  size_t end = 0;
  Kind kind = Kind::kNull;
  std::string_view text{};  // kString: decoded; kNumber: as written
  bool boolean = false;
};

/// Reuses its memory from line to line; views are good until the next Parse.
class JsonLine {
 public:
  /// False: not JSON, or not an object; `error` and `error_at` say what and where.
  bool Parse(std::string_view line);
  const std::vector<Member>& members() const { return members_; }
  const std::string& error() const { return error_; }
  size_t error_at() const { return error_at_; }
  /// Half of an escaped surrogate pair stood in a string and is U+FFFD in `key` or `text`.
  bool lone_surrogates() const { return lone_surrogates_; }

 private:
  friend struct LineHandler;
  void ReplaceLoneSurrogates();
  bool ReplaceHugeNumber(std::string_view text, size_t at);
  std::string buffer_;  // parsed in place
  std::vector<Member> members_;
  std::string error_;
  size_t error_at_ = 0;
  bool lone_surrogates_ = false;
  std::vector<size_t> huge_{};  // where numbers beyond a double begin
};

/// An integer of 64 bits written in full, without sign, point or exponent tricks.
bool ParseInt(std::string_view text, int64_t& value);
/// A finite double.
bool ParseReal(std::string_view text, double& value);
/// The shortest text that reads back as the same double, with a point or an exponent: `1.0`,
/// `1e+16`, as Python writes it. It is never the text of an integer.
std::string RealText(double value);
/// The code unit of the escape `\uxxxx` at `at`; 0 where there is none, or it is of a zero.
char32_t UnitAt(std::string_view text, size_t at);
/// How the JSON string `raw` (with its quotes) is spelled, compared with JsonString.
Spelling TextSpelling(std::string_view raw);

}  // namespace siku::io
