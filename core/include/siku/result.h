// What every function that can fail returns: a value, or an Error a person can act on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace siku {

/// The one list of outcomes. The number is the exit code of the program; `HttpStatus` and the
/// Python exception class are derived from it (docs/errors.md).
enum class Code : int {
  kOk = 0,
  kInternal = 1,       // a bug of ours
  kInvalid = 2,        // arguments, recipe or parameters are wrong
  kNotFound = 3,       // no such file, dataset, version, run or operator
  kConflict = 4,       // somebody else changed it, or it exists already
  kDenied = 5,         // not readable, not writable, not allowed
  kData = 6,           // the input cannot be read as what it is said to be
  kLimit = 7,          // a cap on size, depth, time or memory
  kNoSpace = 8,        // disk full
  kIo = 9,             // the disk or the network failed
  kBusy = 10,          // locked by another process for longer than we wait
  kUnsupported = 11,   // a newer format, or a thing this build lacks
  kUnbalanced = 12,    // the fates of a run do not add up, or a digest does not match
  kInterrupted = 130,  // Ctrl-C; the run can be resumed
};

int HttpStatus(Code code);
/// The stable name used in JSON: "invalid", "not_found", ...
std::string_view CodeName(Code code);
/// What CodeName calls so; kInternal for no such name.
Code CodeNamed(std::string_view name);

/// An error for people: what is wrong (static words, translatable), the value at fault, where, and
/// what to do.
struct Error {
  Code code = Code::kInternal;
  /// Static English words; also the key of the translation table (core/src/base/messages.cc).
  const char* message = "";
  /// The value at fault; printed last, or in the message's `{}`: several values, parted by U+001F.
  std::string value{};
  /// `file:line:column`, `row 12`, `byte 4096`; printed first. May be empty.
  std::string place{};
  /// A static translatable sentence saying what to do. May be empty.
  const char* hint = "";
};

enum class Language { kEnglish, kChinese };
/// SIKU_LANG, else LC_ALL, LC_MESSAGES, LANG: "zh*" is Chinese, all else English.
Language UserLanguage();
/// `place: message: value` and, on a second line, the hint, in the given language.
std::string Describe(const Error& error, Language language = UserLanguage());
/// The translation of a static English text; the text itself where the table has none.
std::string_view Translate(std::string_view english, Language language = UserLanguage());
/// The static text of the table that reads so, for the message of an error that another process
/// told; null: none.
const char* FindMessage(std::string_view english);

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

/// Makes the error half of any Result: `return Fail(Code::kNotFound, "dataset not found", name);`
inline tl::unexpected<Error> Fail(Code code, const char* message, std::string value = {},
                                  std::string place = {}, const char* hint = "") {
  return tl::unexpected<Error>(Error{code, message, std::move(value), std::move(place), hint});
}

}  // namespace siku

#define SIKU_CAT_(a, b) a##b
#define SIKU_CAT(a, b) SIKU_CAT_(a, b)
#define SIKU_TRY_VOID_(temporary, expression)                     \
  do {                                                            \
    if (auto&& temporary = (expression); !temporary.has_value())  \
      return ::tl::make_unexpected(std::move(temporary).error()); \
  } while (false)
#define SIKU_TRY_VALUE_(temporary, declaration, ...)                                      \
  auto&& temporary = (__VA_ARGS__);                                                       \
  if (!temporary.has_value()) return ::tl::make_unexpected(std::move(temporary).error()); \
  declaration = std::move(temporary).value()
#define SIKU_TRY_1_(expression) SIKU_TRY_VOID_(SIKU_CAT(siku_try_, __COUNTER__), expression)
#define SIKU_TRY_2_(...) SIKU_TRY_VALUE_(SIKU_CAT(siku_try_, __COUNTER__), __VA_ARGS__)
#define SIKU_TRY_PICK_(_1, _2, _3, _4, _5, _6, _7, _8, NAME, ...) NAME
/// `SIKU_TRY(auto x, F());` declares x or returns F's error. `SIKU_TRY(F());` for Result<void>.
#define SIKU_TRY(...)                                                                          \
  SIKU_TRY_PICK_(__VA_ARGS__, SIKU_TRY_2_, SIKU_TRY_2_, SIKU_TRY_2_, SIKU_TRY_2_, SIKU_TRY_2_, \
                 SIKU_TRY_2_, SIKU_TRY_2_, SIKU_TRY_1_, _)                                     \
  (__VA_ARGS__)
