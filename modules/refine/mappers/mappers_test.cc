#include <gtest/gtest.h>

#include <random>
#include <string>

#include "mappers/addresses.h"
#include "mappers/latex.h"
#include "mappers/pattern.h"
#include "mappers/rewriting.h"

namespace siku::refine::mappers {
namespace {

TEST(Rewriting, TellsManyChangesAsChangesOfTheOriginal) {
  std::mt19937 random(20261130);
  for (int round = 0; round < 2000; ++round) {
    std::string original;
    for (auto i = random() % 12; i > 0; --i) {
      original += static_cast<char>('a' + random() % 4);
    }
    Rewriting rewriting(original);
    for (int layer = 0; layer < 3; ++layer) {
      Changes changes;
      const std::string now = rewriting.text();
      for (size_t at = 0; at <= now.size();) {
        const size_t end = std::min<size_t>(now.size(), at + random() % 3);
        if (random() % 3 == 0) Add(changes, now, at, end, random() % 2 == 0 ? "" : "XY");
        at = end + 1;
      }
      rewriting.Apply(changes);
      EXPECT_EQ(rewriting.text(), Changed(now, changes));
    }
    const Changes total = rewriting.Total();
    EXPECT_EQ(Changed(original, total), rewriting.text());
    for (size_t i = 1; i < total.size(); ++i) EXPECT_LT(total[i - 1].end, total[i].begin);
  }
}

std::string Replaced(const char* pattern, const char* replacement, std::string_view text) {
  const auto compiled = Pattern::Compile(pattern);
  if (!compiled.has_value()) return "no pattern";
  const auto with = compiled->CompileReplacement(replacement);
  if (!with.has_value()) return "no replacement";
  Changes changes;
  if (compiled->Replace(text, *with, changes) != Pattern::Done::kAll) return "too long";
  return Changed(text, changes);
}

TEST(Pattern, ReplacesAsPythonDoes) {
  EXPECT_EQ(Replaced("x*", "-", "abxd"), "-a-b--d-");
  EXPECT_EQ(Replaced("(a)(b)?", "\\2\\1", "ab a"), "ba a");
  EXPECT_EQ(Replaced("a", "\\n\\\\", "a"), "\n\\");
  EXPECT_EQ(Replaced("a.b", "", "a\nb"), "");
  EXPECT_EQ(Replaced("(?m)^.$", "x", "甲\r"), "甲\r");
  EXPECT_EQ(Replaced("r'\\w+'", "x", "数据_1"), "x");
}

TEST(Pattern, SaysWhatIsWrong) {
  EXPECT_FALSE(Pattern::Compile("(").has_value());
  EXPECT_FALSE(Pattern::Compile("a")->CompileReplacement("\\1").has_value());
  EXPECT_FALSE(Pattern::Compile("a")->CompileReplacement("\\g<no>").has_value());
}

TEST(Pattern, IsStoppedWhereItNeverEnds) {
  const std::string letters(64, 'a');
  EXPECT_EQ(Replaced("(a+)+$", "", letters + "b"), "too long");
  // Every start looks at all that follows: the square of a megabyte.
  EXPECT_EQ(Replaced("a+c?b", "", std::string(1 << 20, 'a') + "cc b"), "too long");
}

TEST(FindLinks, TakesTimeInProportion) {
  const std::string signs = "ab:/" + std::string(1 << 20, '!');
  EXPECT_TRUE(FindLinks(signs).empty());
  std::string starts;
  for (int i = 0; i < 200'000; ++i) starts += "a-";
  EXPECT_TRUE(FindLinks(starts).empty());
  std::string brackets;
  for (int i = 0; i < 200'000; ++i) brackets += "a:/!(";
  (void)FindLinks(brackets);
}

}  // namespace
}  // namespace siku::refine::mappers
