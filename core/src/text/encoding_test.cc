#include "siku/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "siku/utf8.h"

namespace siku {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

std::string TextOf(std::string_view bytes, Encoding encoding) {
  return Decode(bytes, encoding).text;
}

TEST(Decode, ReadsEachEncodingsOwnSpellingOfTheSameWord) {
  EXPECT_EQ(TextOf("\xE4\xB8\xAD\xE6\x96\x87", Encoding::kUtf8), "中文");
  EXPECT_EQ(TextOf("\xD6\xD0\xCE\xC4", Encoding::kGb18030), "中文");
  EXPECT_EQ(TextOf("\xA4\xA4\xA4\xE5", Encoding::kBig5), "中文");
  EXPECT_EQ(TextOf("\x2D\x4E\x87\x65", Encoding::kUtf16Le), "中文");
  EXPECT_EQ(TextOf("\x4E\x2D\x65\x87", Encoding::kUtf16Be), "中文");
}

TEST(Decode, ReadsFourByteCharactersOfGb18030) {
  EXPECT_EQ(TextOf("\x81\x30\x81\x30", Encoding::kGb18030), "\xC2\x80");  // first of the BMP
  EXPECT_EQ(TextOf("\x90\x30\x81\x30", Encoding::kGb18030), "\xF0\x90\x80\x80");
  EXPECT_EQ(TextOf("\x94\x39\xFC\x36", Encoding::kGb18030), "\xF0\x9F\x98\x80");  // U+1F600
  EXPECT_EQ(TextOf("\xE3\x32\x9A\x35", Encoding::kGb18030), "\xF4\x8F\xBF\xBF");  // U+10FFFF
}

// The bytes as Python's codecs write them.
TEST(Decode, ReadsWhatOtherProgramsWrote) {
  const std::string gb =
      "\xE9\x46\xE6g\x81\x39\xEE\x39\x82\x35\x87\x38\xA8\xBB\xA8\x45\xA2\xE3\xA1\xB6\xA1\xB7"
      "\xA2\xD9\xA2\xF8\x81\x30\x86\x38\x81\x30\x91\x39\x83\x36\x84\x33\x82\x38\x84\x37\x95\x32"
      "\x82\x36\x94\x39\xFC\x36\x84\x31\xA4\x39";
  EXPECT_EQ(TextOf(gb, Encoding::kGb18030), "镕鎔㐀䶵ɑ‥€《》①ⅧÀŁ한글𠀀😀\uFFFF");
  EXPECT_EQ(Encode("镕鎔㐀䶵ɑ‥€《》①ⅧÀŁ한글𠀀😀\uFFFF", Encoding::kGb18030), gb);
  const std::string hong_kong = "\x9D\xEF\x9D\xF6\x9D\xF7\x8BH\x9D\xEE\x94n";
  EXPECT_EQ(TextOf(hong_kong, Encoding::kBig5), "嘅喺咗𠺘㗎䒟");
  EXPECT_EQ(Encode("嘅喺咗𠺘㗎䒟", Encoding::kBig5), hong_kong);
  EXPECT_EQ(TextOf("a\0-N=\xD8\0\xDE\n\0"s, Encoding::kUtf16Le), "a中😀\n");
  EXPECT_EQ(TextOf("\0aN-\xD8=\xDE\0\0\n"s, Encoding::kUtf16Be), "a中😀\n");
}

TEST(Decode, PutsCharactersWhereTheStandardOf2022HasThem) {
  EXPECT_EQ(TextOf("\xA8\xBC", Encoding::kGb18030), "ḿ");
  EXPECT_EQ(TextOf("\xA6\xD9\xA6\xF3", Encoding::kGb18030), "\uFE10\uFE19");
  EXPECT_EQ(TextOf("\xFE\x59\xFE\xA0", Encoding::kGb18030), "\u9FB4\u9FBB");
  EXPECT_EQ(TextOf("\x81\x35\xF4\x37", Encoding::kGb18030), "\uE7C7");
}

TEST(Decode, FollowsEtenWhereBig5TablesDiffer) {
  EXPECT_EQ(TextOf("\xC6\xA1\xC6\xE7\xC7|", Encoding::kBig5), "①ぁア");
  EXPECT_EQ(TextOf("\xA3\xE1\xA2\x44\xA1\x45", Encoding::kBig5), "€￥‧");
}

TEST(Decode, ReadsThePairsOfHkscsThatAreALetterWithAMark) {
  EXPECT_EQ(TextOf("\x88\x62\x88\x64\x88\xA3\x88\xA5", Encoding::kBig5),
            "\u00CA\u0304\u00CA\u030C\u00EA\u0304\u00EA\u030C");
}

TEST(Decode, ReadsTheEuroOfCodePage936) {
  EXPECT_EQ(TextOf("\x80"
                   "5",
                   Encoding::kGb18030),
            "€5");
}

TEST(Big5, PairsGoBothWays) {
  EXPECT_EQ(big5::Decode(0xA4, 0x40), U'一');
  EXPECT_EQ(big5::Encode(U'一'), 0xA440);
  EXPECT_EQ(big5::Decode(0xA4, 0x80), 0U);
  EXPECT_EQ(big5::Encode(U'咗'), 0x9DF7);  // HKSCS
  EXPECT_EQ(big5::Encode(U'\u0E01'), 0U);
  EXPECT_EQ(big5::Encode(0x10FFFF), 0U);
}

TEST(DecodeByte, ReadsSingleBytesAsEachCodePageDoes) {
  EXPECT_EQ(DecodeByte('a', SingleByte::kCp874), U'a');
  EXPECT_EQ(DecodeByte(0x80, SingleByte::kLatin1), 0x80U);
  EXPECT_EQ(DecodeByte(0x80, SingleByte::kCp1252), U'€');
  EXPECT_EQ(DecodeByte(0xE4, SingleByte::kCp1252), U'ä');
  EXPECT_EQ(DecodeByte(0x81, SingleByte::kCp1252), 0U);
  EXPECT_EQ(DecodeByte(0xE4, SingleByte::kCp874), U'ไ');
  EXPECT_EQ(DecodeByte(0x81, SingleByte::kCp874), 0U);
}

struct BrokenCase {
  Encoding encoding;
  std::string bytes;
  std::string text;
};

// What the decoders of the WHATWG Encoding Standard make of broken bytes.
TEST(Decode, ReplacesAsBrowsersDo) {
  const BrokenCase cases[] = {
      {Encoding::kUtf8, "\xC0\xAF", "\uFFFD\uFFFD"},
      {Encoding::kUtf8, "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {Encoding::kUtf8, "\xF0\x9F\x98", "\uFFFD"},
      {Encoding::kUtf8,
       "\xF0\x9F\x98"
       "a",
       "\uFFFD"
       "a"},
      {Encoding::kUtf8, "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {Encoding::kUtf8, "\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
      {Encoding::kUtf8, "\xE4\xE4\xB8\xAD", "\uFFFD中"},
      {Encoding::kGb18030, "\xFF", "\uFFFD"},
      {Encoding::kGb18030, "\x81", "\uFFFD"},
      {Encoding::kGb18030, "\x81\x30", "\uFFFD"},
      {Encoding::kGb18030, "\x81\x30\x81", "\uFFFD"},
      {Encoding::kGb18030,
       "\x81\x30"
       "a",
       "\uFFFD"
       "0a"},
      {Encoding::kGb18030,
       "\x81\x30\x81"
       "a",
       "\uFFFD"
       "0\u4E64"},
      {Encoding::kGb18030, "\x81\x30\xFF\x30",
       "\uFFFD"
       "0\uFFFD"
       "0"},
      {Encoding::kGb18030, "\x81\x7F", "\uFFFD\x7F"},
      {Encoding::kGb18030, "\xD6\xFF", "\uFFFD"},
      {Encoding::kGb18030, "\xD6\n", "\uFFFD\n"},
      {Encoding::kGb18030, "\xE3\x32\x9A\x36", "\uFFFD"},
      {Encoding::kGb18030, "\x84\x31\xA5\x30", "\uFFFD"},
      {Encoding::kBig5, "\x80", "\uFFFD"},
      {Encoding::kBig5, "\xFF\xA4\xA4", "\uFFFD中"},
      {Encoding::kBig5, "\xA4\x80", "\uFFFD"},
      {Encoding::kBig5, "\xA4\xFF", "\uFFFD"},
      {Encoding::kBig5, "\xA4\n", "\uFFFD\n"},
      {Encoding::kBig5, "\x81\x40", "\uFFFD@"},
      {Encoding::kUtf16Le, "\x00\xD8"s, "\uFFFD"},
      {Encoding::kUtf16Le,
       "\x00\xD8"
       "a"s,
       "\uFFFD"},
      {Encoding::kUtf16Le, "\x00\xDC\x00\xD8\x00\xDC"s, "\uFFFD\U00010000"},
      {Encoding::kUtf16Be, "\xD8\x00\xD8\x00\xDC\x00"s, "\uFFFD\U00010000"},
      {Encoding::kUtf16Be, "N-a"s, "中\uFFFD"},
  };
  for (const BrokenCase& one : cases) {
    const Decoded decoded = Decode(one.bytes, one.encoding);
    EXPECT_EQ(decoded.text, one.text)
        << EncodingName(one.encoding) << " " << testing::PrintToString(one.bytes);
    size_t replaced = 0;
    for (size_t at = one.text.find("\uFFFD"); at != std::string::npos;
         at = one.text.find("\uFFFD", at + 3)) {
      ASSERT_LT(replaced, decoded.broken.size());
      EXPECT_EQ(decoded.broken[replaced++], at);
    }
    EXPECT_EQ(replaced, decoded.broken.size());
  }
}

TEST(Decode, ReplacesEachBrokenPieceOnce) {
  const Decoded cut = Decode("\xE4\xB8 a\xFF\x80", Encoding::kUtf8);
  EXPECT_EQ(cut.text, "\uFFFD a\uFFFD\uFFFD");
  EXPECT_THAT(cut.broken, ElementsAre(0, 5, 8));
}

TEST(Decode, KeepsAnAsciiByteBehindABrokenLead) {
  EXPECT_EQ(TextOf("\xFF"
                   "a",
                   Encoding::kGb18030),
            "\uFFFDa");
  EXPECT_EQ(TextOf("\x81", Encoding::kGb18030), "\uFFFD");
  EXPECT_EQ(TextOf("\xA4", Encoding::kBig5), "\uFFFD");
}

TEST(Decode, TakesZeroForACharacterAndHalfAUnitForABreak) {
  EXPECT_EQ(TextOf("a\0b"s, Encoding::kUtf8), "a\0b"s);
  EXPECT_EQ(TextOf("a\0b"s, Encoding::kGb18030), "a\0b"s);
  EXPECT_EQ(TextOf("\0\0a\0"s, Encoding::kUtf16Le), "\0a"s);
  const Decoded half = Decode("a\0\0"s, Encoding::kUtf16Le);
  EXPECT_EQ(half.text, "a\uFFFD");
  EXPECT_THAT(half.broken, ElementsAre(1));
}

TEST(Decode, BreaksLoneSurrogatesOfUtf16) {
  EXPECT_EQ(TextOf("\x3D\xD8\x00\xDE"s, Encoding::kUtf16Le), "😀");
  EXPECT_EQ(TextOf("\x3D\xD8"
                   "a\0"s,
                   Encoding::kUtf16Le),
            "\uFFFDa");
  EXPECT_EQ(TextOf("\x00\xDE"
                   "a\0"s,
                   Encoding::kUtf16Le),
            "\uFFFDa");
}

TEST(Encode, GivesBackWhatDecodeReadOfEveryGbPair) {
  for (int lead = 0x81; lead <= 0xFE; ++lead) {
    for (int trail = 0x40; trail <= 0xFE; ++trail) {
      const std::string pair = {static_cast<char>(lead), static_cast<char>(trail)};
      const Decoded decoded = Decode(pair, Encoding::kGb18030);
      if (!decoded.broken.empty()) continue;
      EXPECT_EQ(Encode(decoded.text, Encoding::kGb18030), pair) << lead << " " << trail;
    }
  }
}

TEST(Encode, ReachesEveryCharacterInGb18030AndUtf16) {
  for (char32_t code = 1; code < 0x110000; code += code < 0x10000 ? 1 : 257) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    utf8::Append(code, text);
    for (const Encoding encoding : {Encoding::kGb18030, Encoding::kUtf16Le, Encoding::kUtf16Be}) {
      const auto bytes = Encode(text, encoding);
      ASSERT_TRUE(bytes.has_value());
      const Decoded back = Decode(*bytes, encoding);
      ASSERT_EQ(back.text, text) << "U+" << std::hex << static_cast<uint32_t>(code);
      ASSERT_THAT(back.broken, IsEmpty());
    }
  }
}

TEST(Encode, ReadsBackWhatItWroteInBig5) {
  int written = 0;
  for (char32_t code = 1; code < 0x30000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    utf8::Append(code, text);
    const auto bytes = Encode(text, Encoding::kBig5);
    if (!bytes.has_value()) continue;
    ++written;
    ASSERT_EQ(TextOf(*bytes, Encoding::kBig5), text) << "U+" << std::hex << uint32_t{code};
  }
  // ASCII, 13 053 Han characters of ETEN's Big5 and the 4 500 of HKSCS.
  EXPECT_GT(written, 17000);
}

TEST(Encode, SaysWhenBig5LacksACharacter) {
  EXPECT_EQ(Encode("繁體", Encoding::kBig5), "\xC1\x63\xC5\xE9");
  EXPECT_EQ(Encode("简体", Encoding::kBig5), std::nullopt);
}

TEST(Gbk, MapsPairsBothWays) {
  EXPECT_EQ(gbk::Decode(0xD6, 0xD0), U'中');
  EXPECT_EQ(gbk::Encode(U'中'), 0xD6D0);
  EXPECT_EQ(gbk::Decode(0xA8, 0xBB), U'ɑ');
  EXPECT_EQ(gbk::Encode(U'規'), 0xD28E);
}

TEST(Gbk, KnowsWhatIsNotAssigned) {
  EXPECT_EQ(gbk::Decode(0x81, 0x7F), 0U);
  EXPECT_EQ(gbk::Decode(0xFF, 0x40), 0U);
  EXPECT_EQ(gbk::Decode(0xFE, 0xFE), 0U);
  EXPECT_EQ(gbk::Encode(U'😀'), 0);
  EXPECT_EQ(gbk::Encode(U'A'), 0);
}

TEST(EncodingFromName, TakesTheUsualNames) {
  EXPECT_EQ(EncodingFromName("gbk"), Encoding::kGb18030);
  EXPECT_EQ(EncodingFromName("utf-8"), Encoding::kUtf8);
  EXPECT_EQ(EncodingFromName("latin-1"), std::nullopt);
}

}  // namespace
}  // namespace siku
