#include "siku/utf8.h"

#include <gtest/gtest.h>

namespace siku::utf8 {
namespace {

TEST(Utf8, AcceptsTheEndsOfEveryRange) {
  for (const char32_t one : {U'\0', U'\x7F', U'\x80', U'\x7FF', U'\x800', U'\xD7FF', U'\xE000',
                             U'\xFFFF', U'\x10000', U'\x10FFFF'}) {
    std::string text;
    Append(one, text);
    EXPECT_TRUE(Valid(text));
    size_t at = 0;
    EXPECT_EQ(Next(text, at), one);
    EXPECT_EQ(at, text.size());
  }
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  EXPECT_FALSE(Valid("\xC0\x80"));          // overlong NUL
  EXPECT_FALSE(Valid("\xE0\x9F\xBF"));      // overlong
  EXPECT_FALSE(Valid("\xF0\x8F\xBF\xBF"));  // overlong
  EXPECT_FALSE(Valid("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(Valid("\xF4\x90\x80\x80"));  // over U+10FFFF
  EXPECT_FALSE(Valid("\xF5\x80\x80\x80"));
  EXPECT_FALSE(Valid("\x80"));
  EXPECT_FALSE(Valid("\xE4\xB8"));  // cut off
}

TEST(Utf8, NamesThePlaceOfTheFirstBadByte) {
  EXPECT_EQ(FindInvalid("twelve bytes"), std::string_view::npos);
  EXPECT_EQ(FindInvalid("eight by\xFF"), 8u);
  EXPECT_EQ(FindInvalid("中\xE4\xB8x"), 3u);
}

// The examples of Unicode 15.1, section 3.9, tables 3-8 and 3-10.
TEST(Utf8, CutsMalformedBytesIntoMaximalParts) {
  EXPECT_EQ(InvalidLength("\xC0\xAF"), 1u);
  EXPECT_EQ(InvalidLength("\xE0\x80\xBF"), 1u);
  EXPECT_EQ(InvalidLength("\xF0\x81\x82"), 1u);
  EXPECT_EQ(InvalidLength("\xE1\x80\xE2"), 2u);
  EXPECT_EQ(InvalidLength("\xE2\xF0"), 1u);
  EXPECT_EQ(InvalidLength("\xF0\x91\x92\xF1"), 3u);
  EXPECT_EQ(InvalidLength("\xF1\xBF"), 2u);
  EXPECT_EQ(InvalidLength("\xFF"), 1u);
}

TEST(Utf8, PrefixNeverSplitsACharacter) {
  EXPECT_EQ(Prefix("中文𠀀字", 3), "中文𠀀");
  EXPECT_EQ(Prefix("中文", 9), "中文");
  EXPECT_EQ(Prefix("中文", 0), "");
}

TEST(Utf8, CountsCharacters) {
  EXPECT_EQ(Length(""), 0u);
  EXPECT_EQ(Length("a中𠀀"), 3u);
}

TEST(Utf8, GivesChineseTwoColumnsAndMarksNone) {
  EXPECT_EQ(Width("abc"), 3u);
  EXPECT_EQ(Width("中文，"), 6u);
  EXPECT_EQ(Width("e\u0301"), 1u);
}

}  // namespace
}  // namespace siku::utf8
