#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "siku/utf8.h"
#include "word_lists/word_list.h"
#include "word_lists/word_matcher.h"

namespace siku::refine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Words = std::vector<std::string>;

Words Find(const Words& entries, const Words& allowed, std::string_view text,
           WordOptions options = {}, WordMatcher::Borders borders = {}) {
  const WordMatcher matcher(entries, allowed, options);
  std::vector<WordMatch> found;
  matcher.Find(text, found, borders);
  Words words;
  for (const WordMatch& match : found) {
    words.emplace_back(text.substr(match.begin, match.end - match.begin));
  }
  return words;
}

TEST(WordMatcher, TakesTheLongestOfSeveral) {
  EXPECT_THAT(Find({"数据", "数据要素", "要素市场"}, {}, "数据要素市场与数据"),
              ElementsAre("数据要素", "数据"));
}
TEST(WordMatcher, FallsBackToAShorterOneWhereTheLongerBreaksOff) {
  EXPECT_THAT(Find({"数据", "数据要素市场"}, {}, "数据要素"), ElementsAre("数据"));
}
TEST(WordMatcher, FindsAnEntryOfOneCharacterAnywhere) {
  EXPECT_THAT(Find({"性"}, {}, "性与可能性"), ElementsAre("性", "性"));
}
TEST(WordMatcher, DoesNotCountWhatIsInsideAnAllowedPhrase) {
  EXPECT_THAT(Find({"性"}, {"可能性", "性质"}, "可能性，性质，性别"), ElementsAre("性"));
}
TEST(WordMatcher, CountsWhatOnlyOverlapsAnAllowedPhrase) {
  EXPECT_THAT(Find({"性感"}, {"可能性"}, "可能性感染"), ElementsAre("性感"));
}
TEST(WordMatcher, AllowsAPhraseThatIsAnEntryItself) {
  EXPECT_THAT(Find({"苹果"}, {"苹果"}, "苹果"), IsEmpty());
}
TEST(WordMatcher, SeesNoDifferenceOfCaseAndWidthUnlessAsked) {
  EXPECT_THAT(Find({"vpn"}, {}, "VPN ＶＰＮ vPn"), ElementsAre("VPN", "ＶＰＮ", "vPn"));
  EXPECT_THAT(Find({"vpn"}, {}, "VPN vpn", {.ignore_case = false}), ElementsAre("vpn"));
  EXPECT_THAT(Find({"vpn"}, {}, "ｖｐｎ vpn", {.ignore_width = false}), ElementsAre("vpn"));
}
TEST(WordMatcher, LeavesALatinWordInsideALongerOneAlone) {
  EXPECT_THAT(Find({"ass", "sex"}, {}, "class Essex sex 看ass图 sex1"), ElementsAre("sex", "ass"));
  EXPECT_THAT(Find({"sex"}, {}, "Essex", {.latin_borders = false}), ElementsAre("sex"));
}
TEST(WordMatcher, KeepsToTheBordersOfWordsWhereThereAreAny) {
  const std::vector<uint32_t> borders = {9, 15};  // 可能性 / 感染
  EXPECT_THAT(Find({"性感", "感染"}, {}, "可能性感染", {}, borders), ElementsAre("感染"));
}
TEST(WordMatcher, CountsCodePoints) {
  const WordMatcher matcher(Words{"数据"}, {}, {});
  std::vector<WordMatch> found;
  EXPECT_EQ(matcher.Find("a数据𠀀é", found), 5U);
  EXPECT_EQ(found.at(0).characters, 2U);
}

// The same by trying every entry at every place.
Words Plainly(const Words& entries, const Words& allowed, std::string_view text) {
  Words found;
  size_t free = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!utf8::AtBorder(text, at) || at < free) continue;
    size_t longest = 0;
    for (const std::string& entry : entries) {
      if (text.substr(at).starts_with(entry)) longest = std::max(longest, entry.size());
    }
    bool inside = false;
    for (const std::string& phrase : allowed) {
      for (size_t from = text.find(phrase); from != std::string_view::npos;
           from = text.find(phrase, from + 1)) {
        inside |= from <= at && at + longest <= from + phrase.size();
      }
    }
    if (longest == 0 || inside) continue;
    found.emplace_back(text.substr(at, longest));
    free = at + longest;
  }
  return found;
}

TEST(WordMatcher, FindsWhatASlowSearchFinds) {
  std::mt19937 random(20241130);
  constexpr std::string_view kCharacters[] = {"甲", "乙", "丙", "，", "𠀀"};
  const auto word = [&](size_t most) {
    std::string made;
    for (size_t n = 1 + random() % most; n > 0; --n) made += kCharacters[random() % 5];
    return made;
  };
  for (int round = 0; round < 3000; ++round) {
    Words entries, allowed;
    for (int i = 0; i < 4; ++i) entries.push_back(word(3));
    for (int i = 0; i < 2; ++i) allowed.push_back(word(4));
    const std::string text = word(24);
    ASSERT_EQ(Find(entries, allowed, text), Plainly(entries, allowed, text)) << text;
  }
}

TEST(WordList, HasAnEntryALineAndComments) {
  const auto list =
      ParseWordList("\xEF\xBB\xBF# 词表\n 数据 \r\n\nC#\t# 语言\n不良 信息\n", "a.txt");
  ASSERT_TRUE(list.has_value());
  EXPECT_THAT(list->entries, ElementsAre("数据", "C#", "不良 信息"));
}
TEST(WordList, SaysWhichLineIsWrong) {
  const auto list = ParseWordList("数据\n\xCA\xFD\n", "a.txt");
  ASSERT_FALSE(list.has_value());
  EXPECT_EQ(list.error().place, "a.txt:2");
  std::string lengthy = "好\n";
  for (int i = 0; i < 257; ++i) lengthy += "长";
  const auto too_long = ParseWordList(lengthy, "b.txt");
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().place, "b.txt:2");
  EXPECT_FALSE(ParseWordList("# 无\n", "c.txt").has_value());
}

}  // namespace
}  // namespace siku::refine
