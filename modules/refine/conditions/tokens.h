// Words, numbers, texts and signs of a condition.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conditions/value.h"
#include "siku/result.h"

namespace siku::refine::conditions {

struct Token {
  enum class Kind : uint8_t { kWord, kConstant, kSign, kEnd };
  Kind kind = Kind::kEnd;
  size_t at = 0;       // byte of the text
  std::string text{};  // of a word or a sign
  Value constant{};    // a number or a text
};

/// The last token is the end.
Result<std::vector<Token>> Tokens(std::string_view text);

/// The error of a condition that cannot be read; `why`: a static sentence.
tl::unexpected<Error> Unreadable(std::string_view text, size_t at, const char* why);

}  // namespace siku::refine::conditions
