#include "siku/result.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <set>

namespace siku {
namespace {

constexpr std::array kCodes = {
    Code::kOk,     Code::kInternal,    Code::kInvalid,    Code::kNotFound,   Code::kConflict,
    Code::kDenied, Code::kData,        Code::kLimit,      Code::kNoSpace,    Code::kIo,
    Code::kBusy,   Code::kUnsupported, Code::kUnbalanced, Code::kInterrupted};

// Sets variables for one test and takes them away again.
class Environment {
 public:
  explicit Environment(std::initializer_list<std::pair<const char*, const char*>> values) {
    for (const char* name : kNames) unsetenv(name);
    for (const auto& [name, value] : values) setenv(name, value, 1);
  }
  ~Environment() {
    for (const char* name : kNames) unsetenv(name);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static constexpr std::array kNames = {"SIKU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
};

Result<int> Half(int number) {
  if (number % 2 != 0) return Fail(Code::kInvalid, "odd", std::to_string(number));
  return number / 2;
}

Result<int> Quarter(int number) {
  SIKU_TRY(const int half, Half(number));
  SIKU_TRY(const int quarter, Half(half));
  return quarter;
}

Result<void> Check(int number) {
  SIKU_TRY(Quarter(number));
  return {};
}

TEST(Result, TryHandsTheErrorUp) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).error().value, "3");
  EXPECT_TRUE(Check(8).has_value());
  EXPECT_EQ(Check(7).error().code, Code::kInvalid);
}

TEST(Code, EachHasItsOwnName) {
  std::set<std::string_view> names;
  for (const Code code : kCodes) names.insert(CodeName(code));
  EXPECT_EQ(names.size(), kCodes.size());
}

TEST(Code, IsFoundByItsName) {
  for (const Code code : kCodes) EXPECT_EQ(CodeNamed(CodeName(code)), code);
  EXPECT_EQ(CodeNamed("no such"), Code::kInternal);
}

TEST(Code, OnlySuccessIsHttpSuccess) {
  for (const Code code : kCodes) EXPECT_EQ(HttpStatus(code) < 400, code == Code::kOk);
}

TEST(Code, TheCallersMistakesAreHttp4xx) {
  for (const Code code : {Code::kInvalid, Code::kNotFound, Code::kConflict, Code::kDenied,
                          Code::kData, Code::kLimit}) {
    EXPECT_EQ(HttpStatus(code) / 100, 4) << CodeName(code);
  }
}

TEST(Describe, PutsPlaceFirstAndValueLast) {
  const Error error{Code::kNotFound, "no such operator", "a.b.c", "recipe.yaml:3:5"};
  EXPECT_EQ(Describe(error, Language::kEnglish), "recipe.yaml:3:5: no such operator: a.b.c");
  EXPECT_EQ(Describe(error, Language::kChinese), "recipe.yaml:3:5：没有这个算子：a.b.c");
}

TEST(Describe, PutsTheHintOnItsOwnLine) {
  const Error error{Code::kBusy, "words", "", "", "wait"};
  EXPECT_EQ(Describe(error, Language::kEnglish), "words\n  wait");
}

TEST(Translate, LeavesWordsWithoutTranslationAlone) {
  EXPECT_EQ(Translate("nobody says this", Language::kChinese), "nobody says this");
}

TEST(UserLanguage, IsEnglishWhereNothingIsSet) {
  const Environment environment({});
  EXPECT_EQ(UserLanguage(), Language::kEnglish);
}

TEST(UserLanguage, FollowsTheLocale) {
  const Environment environment({{"LANG", "zh_CN.UTF-8"}});
  EXPECT_EQ(UserLanguage(), Language::kChinese);
}

TEST(UserLanguage, PrefersOurOwnVariableThenLcAll) {
  {
    const Environment environment({{"SIKU_LANG", "en"}, {"LC_ALL", "zh_CN.UTF-8"}});
    EXPECT_EQ(UserLanguage(), Language::kEnglish);
  }
  const Environment environment({{"LC_ALL", "zh_TW.UTF-8"}, {"LANG", "en_US.UTF-8"}});
  EXPECT_EQ(UserLanguage(), Language::kChinese);
}

TEST(UserLanguage, PassesOverAnEmptyVariable) {
  const Environment environment({{"LC_ALL", ""}, {"LANG", "zh_CN.UTF-8"}});
  EXPECT_EQ(UserLanguage(), Language::kChinese);
}

TEST(Describe, PutsThePartsOfTheValueIntoTheGapsOfTheMessage) {
  const Error error{Code::kInvalid, "{} has no parameter '{}'", "trim\x1F{}", "r.yaml:2:3"};
  EXPECT_EQ(Describe(error, Language::kEnglish), "r.yaml:2:3: trim has no parameter '{}'");
}

TEST(Describe, LeavesAGapEmptyWhereAPartIsMissing) {
  const Error error{Code::kInvalid, "{} and {}", "one"};
  EXPECT_EQ(Describe(error, Language::kEnglish), "one and ");
}

}  // namespace
}  // namespace siku
