#include "wrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "siku/utf8.h"

namespace siku::manual {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_THAT(Wrap("one two three four", 9), ElementsAre("one two", "three", "four"));
  EXPECT_THAT(Wrap("one two", 80), ElementsAre("one two"));
  EXPECT_THAT(Wrap("  one \n two  ", 80), ElementsAre("one two"));
  EXPECT_THAT(Wrap("", 10), IsEmpty());
}

TEST(Wrap, BreaksBetweenHanCharacters) {
  EXPECT_THAT(Wrap("数据要素市场", 8), ElementsAre("数据要素", "市场"));
  EXPECT_THAT(Wrap("数据要素市场", 7), ElementsAre("数据要", "素市场"));
}

TEST(Wrap, BeginsNoLineWithClosingPunctuation) {
  EXPECT_THAT(Wrap("数据要素。市场", 8), ElementsAre("数据要", "素。市场"));
  EXPECT_THAT(Wrap("数据（要素）", 8), ElementsAre("数据（要", "素）"));
}

TEST(Wrap, EndsNoLineWithOpeningPunctuation) {
  EXPECT_THAT(Wrap("数据要（素材", 8), ElementsAre("数据要", "（素材"));
}

TEST(Wrap, KeepsWordsWholeAmongHanCharacters) {
  EXPECT_THAT(Wrap("比较时不区分ASCII字符", 14), ElementsAre("比较时不区分", "ASCII字符"));
  EXPECT_THAT(Wrap("由 `column` 指定", 10), ElementsAre("由", "`column`", "指定"));
}

TEST(Wrap, CutsAWordWiderThanTheLine) {
  EXPECT_THAT(Wrap("abcdefghij k", 4), ElementsAre("abcd", "efgh", "ij k"));
}

TEST(Wrap, NeverExceedsTheWidth) {
  const std::string text =
      "Restore runs of GBK text（错位一个字节读取），见 docs/repair.md：“锟斤拷”……——never filled "
      "in。";
  for (size_t width = 8; width < 60; ++width) {
    std::string joined;
    for (const std::string& line : Wrap(text, width)) {
      EXPECT_LE(utf8::Width(line), width) << line;
      joined += line;
    }
    std::string whole = text;
    std::erase(whole, ' ');
    std::erase(joined, ' ');
    EXPECT_EQ(joined, whole);
  }
}

TEST(Entry, PutsTheBodyBesideOrBelowTheHead) {
  EXPECT_EQ(Entry("name", "a b", 2, 10, 40), "  name    a b\n");
  EXPECT_EQ(Entry("a_long_name", "body", 2, 10, 40), "  a_long_name\n          body\n");
  EXPECT_EQ(Entry("列", "body", 2, 10, 40), "  列      body\n");
}

}  // namespace
}  // namespace siku::manual
