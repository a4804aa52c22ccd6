#include <gtest/gtest.h>

#include <random>

#include "siku/refine/repair.h"

namespace siku::refine {
namespace {

class Random {
 public:
  size_t Below(size_t limit) { return static_cast<size_t>(engine_()) % limit; }

 private:
  std::mt19937_64 engine_{20261125};
};

std::string AnyText(Random& random, size_t most) {
  std::string text;
  for (size_t n = random.Below(most + 1); n > 0; --n) {
    text.push_back(static_cast<char>('a' + random.Below(3)));
  }
  return text;
}

std::vector<TextEdit> AnyEdits(Random& random, size_t length) {
  std::vector<TextEdit> edits;
  for (size_t at = random.Below(4); at <= length; at += 1 + random.Below(4)) {
    const size_t end = std::min(length, at + random.Below(4));
    std::string after = AnyText(random, 3);
    if (at == end && after.empty()) continue;
    edits.push_back({.begin = at, .end = end, .after = std::move(after)});
    at = end;
  }
  return edits;
}

TEST(Compose, GivesWhatTheStagesGiveOneAfterTheOther) {
  Random random;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = AnyText(random, 12);
    Repaired first{.edits = AnyEdits(random, text.size())};
    const std::string middle = ApplyEdits(text, first.edits);
    Repaired second{.edits = AnyEdits(random, middle.size())};
    const std::string expected = ApplyEdits(middle, second.edits);
    const Repaired both = Compose(text, first, second);
    size_t at = 0;
    for (const TextEdit& edit : both.edits) {
      ASSERT_LE(at, edit.begin) << round;
      ASSERT_LE(edit.begin, edit.end) << round;
      at = edit.end;
    }
    ASSERT_EQ(ApplyEdits(text, both.edits), expected) << text << " in round " << round;
  }
}

TEST(Compose, KeepsWhatDoesNotMeet) {
  const Repaired first{.edits = {{.begin = 0, .end = 1, .after = "xyz", .rule = Rule::kDecode}}};
  const Repaired second{.edits = {{.begin = 4, .end = 5, .after = "", .rule = Rule::kEntity}}};
  const Repaired both = Compose("abcd", first, second);
  ASSERT_EQ(both.edits.size(), 2U);
  EXPECT_EQ(both.edits[0].rule, Rule::kDecode);
  EXPECT_EQ(both.edits[1].begin, 2U);
  EXPECT_EQ(both.edits[1].rule, Rule::kEntity);
}

TEST(Compose, JoinsAnEditInsideAnotherByTheLesserConfidence) {
  const Repaired first{.edits = {{.begin = 1, .end = 2, .after = "xyz", .rule = Rule::kDecode}}};
  const Repaired second{
      .edits = {{.begin = 2, .end = 3, .after = "!", .rule = Rule::kEntity, .confidence = 0.9}}};
  const Repaired both = Compose("abc", first, second);
  ASSERT_EQ(both.edits.size(), 1U);
  EXPECT_EQ(both.edits[0].after, "x!z");
  EXPECT_EQ(both.edits[0].rule, Rule::kDecode);
  EXPECT_EQ(both.edits[0].confidence, 0.9);
}

TEST(Compose, PutsFlagsAndProposalsOverTheInput) {
  const Repaired first{.edits = {{.begin = 0, .end = 1, .after = "xyz"}}};
  const Repaired second{
      .flags = {{.begin = 2,
                 .end = 4,
                 .proposal = TextEdit{.begin = 2, .end = 4, .after = "Z", .confidence = 0.6}}}};
  const Repaired both = Compose("abc", first, second);
  ASSERT_EQ(both.flags.size(), 1U);
  EXPECT_EQ(both.flags[0].begin, 0U);
  EXPECT_EQ(both.flags[0].end, 2U);
  ASSERT_TRUE(both.flags[0].proposal);
  EXPECT_EQ(both.flags[0].proposal->after, "xyZ");
}

}  // namespace
}  // namespace siku::refine
