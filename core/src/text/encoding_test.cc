#include "siku/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "siku/utf8.h"

namespace siku {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::IsEmpty;

std::string TextOf(std::string_view bytes, Encoding encoding) { return Decode(bytes, encoding).text; }

TEST(Decode, ReadsEachEncodingsOwnSpellingOfTheSameWord) {
  EXPECT_EQ(TextOf("\xE4\xB8\xAD\xE6\x96\x87", Encoding::kUtf8), "中文");
  EXPECT_EQ(TextOf("\xD6\xD0\xCE\xC4", Encoding::kGb18030), "中文");
  EXPECT_EQ(TextOf("\xA4\xA4\xA4\xE5", Encoding::kBig5), "中文");
  EXPECT_EQ(TextOf("\x2D\x4E\x87\x65", Encoding::kUtf16Le), "中文");
  EXPECT_EQ(TextOf("\x4E\x2D\x65\x87", Encoding::kUtf16Be), "中文");
}

TEST(Decode, ReadsFourByteCharactersOfGb18030) {
  EXPECT_EQ(TextOf("\x81\x30\x81\x30", Encoding::kGb18030), "\xC2\x80");      // first of the BMP
  EXPECT_EQ(TextOf("\x90\x30\x81\x30", Encoding::kGb18030), "\xF0\x90\x80\x80");
  EXPECT_EQ(TextOf("\x94\x39\xFC\x36", Encoding::kGb18030), "\xF0\x9F\x98\x80");  // U+1F600
  EXPECT_EQ(TextOf("\xE3\x32\x9A\x35", Encoding::kGb18030), "\xF4\x8F\xBF\xBF");  // U+10FFFF
}

TEST(Decode, ReplacesEachBrokenPieceOnce) {
  const Decoded cut = Decode("\xE4\xB8 a\xFF\x80", Encoding::kUtf8);
  EXPECT_EQ(cut.text, "\uFFFD a\uFFFD\uFFFD");
  EXPECT_THAT(cut.broken, ElementsAre(0, 5, 8));
}

TEST(Decode, KeepsAnAsciiByteBehindABrokenLead) {
  EXPECT_EQ(TextOf("\xFF" "a", Encoding::kGb18030), "\uFFFDa");
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
  EXPECT_EQ(TextOf("\x3D\xD8" "a\0"s, Encoding::kUtf16Le), "\uFFFDa");
  EXPECT_EQ(TextOf("\x00\xDE" "a\0"s, Encoding::kUtf16Le), "\uFFFDa");
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
