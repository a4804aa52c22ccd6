// Regular expressions that people give, as Python's reads them where the two agree, with a bound on
// the work: a match that would take longer fails in words.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappers/change.h"
#include "siku/result.h"

namespace siku::refine::mappers {

/// What stands in place of a match: text and groups, as in Python's `re.sub`.
class Replacement;

class Pattern {
 public:
  enum class Reading {
    kDataJuicer,  // `.` matches line ends too; r'...' around the pattern is taken off
    kPython,      // as re.compile without flags
  };
  /// \w \d \s \b know all of Unicode. kInvalid: with the place of the mistake.
  static Result<Pattern> Compile(std::string_view pattern, Reading reading = Reading::kDataJuicer);
  /// Checks the groups that the replacement names.
  Result<Replacement> CompileReplacement(std::string_view replacement) const;

  enum class Done { kAll, kTooLong };
  /// Replaces every match, from left to right. kTooLong: the work of a match passed its bound; the
  /// changes are of no use then.
  Done Replace(std::string_view text, const Replacement& replacement, Changes& changes) const;

  /// Bytes [begin, end) of a text.
  struct Span {
    size_t begin, end;
  };
  /// Calls `visit` for every match, from left to right: the span of the whole, then those of the
  /// groups that took part.
  Done Find(std::string_view text,
            const std::function<void(std::span<const Span> groups)>& visit) const;

 private:
  struct Code;
  struct Match;
  Done Matches(std::string_view text, const std::function<void(const Match&)>& visit) const;
  explicit Pattern(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

class Replacement {
 public:
  /// A stretch of text, or the text of a group.
  struct Part {
    std::string text{};
    int group = -1;
  };
  std::vector<Part> parts{};
};

}  // namespace siku::refine::mappers
