#include "siku/utf8.h"

#include <gtest/gtest.h>

#include <random>

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

// The same one character at a time: so few bytes are not looked at together.
size_t FindInvalidSlowly(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t length = 1;
    while (length <= 4 && !Valid(text.substr(at, length))) ++length;
    if (length > 4) return at;
    at += length;
  }
  return std::string_view::npos;
}

TEST(Utf8, FindsAnyWrongByteAmongMany) {
  for (const std::string_view piece : {"中", "a", "é", "𠀀", "a中é𠀀"}) {
    std::string text;
    while (text.size() < 100) text += piece;
    ASSERT_TRUE(Valid(text));
    for (size_t at = 0; at < text.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string wrong = text;
        wrong[at] = static_cast<char>(byte);
        ASSERT_EQ(FindInvalid(wrong), FindInvalidSlowly(wrong)) << piece << at << " " << byte;
      }
    }
  }
}

TEST(Utf8, AgreesWithItselfOnFewBytes) {
  const std::string_view bytes =
      "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF1\xF4\xF5\xFF";
  std::mt19937 engine(20261130);
  for (int round = 0; round < 200'000; ++round) {
    // Only the last bytes may be wrong: all before are looked at.
    std::string text;
    for (size_t size = 24 + engine() % 48; text.size() < size;) text += engine() % 2 ? "中" : "x";
    for (size_t few = engine() % 6; few > 0; --few) text += bytes[engine() % bytes.size()];
    if (engine() % 2 == 0) text += "中文";
    ASSERT_EQ(FindInvalid(text), FindInvalidSlowly(text)) << round;
  }
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

// The plain definition, byte by byte, to hold the fast path against.
size_t SlowFindInvalid(const std::string& s) {
  for (size_t i = 0; i < s.size();) {
    const auto lead = static_cast<uint8_t>(s[i]);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xC2 ? 0
                          : lead < 0xE0 ? 2
                          : lead < 0xF0 ? 3
                          : lead < 0xF5 ? 4
                                        : 0;
    if (length == 0 || i + length > s.size()) return i;
    uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (size_t k = 1; k < length; ++k) {
      const auto trail = static_cast<uint8_t>(s[i + k]);
      if ((trail & 0xC0U) != 0x80) return i;
      code = code << 6 | (trail & 0x3FU);
    }
    const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) return i;
    i += length;
  }
  return std::string::npos;
}

TEST(Utf8, FindsTheFirstInvalidByteAsThePlainDefinitionDoes) {
  std::mt19937 random(20261124);
  const char32_t kinds[] = {'a',    0x4E2D, 0x9FFF,  0xD7FF, 0xE000,
                            0xFFFD, 0x3000, 0x1F600, 0xE9,   0x800};
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t i = random() % 40; i > 0; --i)
      utf8::Append(kinds[random() % std::size(kinds)], text);
    // Most are broken somewhere: one byte of any value, or the end cut off.
    if (!text.empty() && random() % 4 != 0)
      text[random() % text.size()] = static_cast<char>(random());
    if (random() % 3 == 0) text.resize(text.size() - std::min<size_t>(text.size(), random() % 3));
    ASSERT_EQ(utf8::FindInvalid(text), SlowFindInvalid(text)) << round;
  }
}

}  // namespace
}  // namespace siku::utf8
