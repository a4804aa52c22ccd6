#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "siku/encoding.h"

namespace siku {
namespace {

using std::string_literals::operator""s;

constexpr std::string_view kSimplified =
    "今天的会议上，大家讨论了如何把旧的档案整理成可以检索的文本。第二天他们就开始工作了。\n";
constexpr std::string_view kTraditional =
    "今天的會議上，大家討論了如何把舊的檔案整理成可以檢索的文本。第二天他們就開始工作了。\n";

void ExpectDetected(std::string_view text, Encoding encoding) {
  const auto bytes = Encode(text, encoding);
  ASSERT_TRUE(bytes.has_value());
  const Detected detected = DetectEncoding(*bytes, true);
  EXPECT_EQ(EncodingName(detected.encoding), EncodingName(encoding)) << text;
  EXPECT_TRUE(detected.certain) << text;
  EXPECT_FALSE(detected.binary) << text;
}

TEST(DetectEncoding, TellsTheFiveApart) {
  for (const Encoding encoding :
       {Encoding::kUtf8, Encoding::kGb18030, Encoding::kUtf16Le, Encoding::kUtf16Be}) {
    ExpectDetected(kSimplified, encoding);
    ExpectDetected(kTraditional, encoding);
  }
  ExpectDetected(kTraditional, Encoding::kBig5);
}

TEST(DetectEncoding, IsCertainOfShortSentences) {
  ExpectDetected("中文   文本\r\n第二行  \n", Encoding::kGb18030);
  ExpectDetected("你好，世界。", Encoding::kGb18030);
  ExpectDetected("繁體   中文的頁面，這是一個測試  \n", Encoding::kBig5);
}

TEST(DetectEncoding, ReadsLongPagesCutAnywhere) {
  for (const Encoding encoding :
       {Encoding::kUtf8, Encoding::kGb18030, Encoding::kBig5, Encoding::kUtf16Le}) {
    std::string page;
    for (int i = 0; i < 50; ++i) page += kTraditional;
    const std::string bytes = Encode(page, encoding).value();
    for (size_t cut = bytes.size() - 7; cut <= bytes.size(); ++cut) {
      const Detected detected = DetectEncoding(bytes.substr(0, cut), false);
      EXPECT_EQ(EncodingName(detected.encoding), EncodingName(encoding)) << cut;
      EXPECT_TRUE(detected.certain) << cut;
    }
  }
}

TEST(DetectEncoding, FindsChineseInMostlyAsciiPages) {
  std::string page = "<html><head><meta name=\"viewport\"></head><body>";
  for (int i = 0; i < 100; ++i) page += "<div class=\"a-long-name\"></div>\n";
  ExpectDetected(page + "<p>这是我们的第一个页面。</p>", Encoding::kGb18030);
  ExpectDetected(page + "<p>這是我們的第一個頁面。</p>", Encoding::kBig5);
}

TEST(DetectEncoding, ReadsUtf16WithoutAMark) {
  ExpectDetected("中文\n", Encoding::kUtf16Le);
  ExpectDetected("A line of English.\n", Encoding::kUtf16Le);
  ExpectDetected("A line of English.\n", Encoding::kUtf16Be);
  ExpectDetected("{\"text\": \"第一行\"}\n{\"text\": \"第二行\"}\n", Encoding::kUtf16Be);
}

TEST(DetectEncoding, IsNotCertainOfAKoreanPage) {
  std::string page;
  for (int i = 0; i < 5; ++i) {
    page +=
        "\xBE\xC8\xB3\xE7\xC7\xCF\xBC\xBC\xBF\xE4 \xBC\xBC\xB0\xE8 \xBF\xA9\xB7\xAF\xBA\xD0 "
        "\xBF\xC0"
        "\xB4\xC3\xC0\xBA \xB3\xAF\xBE\xBE\xB0\xA1 \xC1\xC1\xBD\xC0\xB4\xCF\xB4\xD9\n";
  }
  EXPECT_FALSE(DetectEncoding(page, true).certain);
}

TEST(DetectEncoding, KeepsAsciiWithAFewForeignBytesForUtf8) {
  const Detected detected =
      DetectEncoding("{\"name\": \"Ren\xE9 and Zo\xEB went to the caf\xE9 \"}\n", true);
  EXPECT_EQ(detected.encoding, Encoding::kUtf8);
  EXPECT_TRUE(detected.certain);
  EXPECT_FALSE(detected.binary);
}

TEST(DetectEncoding, BelievesTheMark) {
  EXPECT_EQ(DetectEncoding("\xEF\xBB\xBF"
                           "a",
                           true)
                .bom,
            3U);
  EXPECT_EQ(DetectEncoding("\xFF\xFE-N", true).encoding, Encoding::kUtf16Le);
  EXPECT_EQ(DetectEncoding("\xFE\xFFN-", true).encoding, Encoding::kUtf16Be);
}

TEST(DetectEncoding, ForgivesACharacterCutByTheEndOfTheSample) {
  const std::string text = std::string(kSimplified) + "\xE4\xB8";
  EXPECT_TRUE(DetectEncoding(text, false).certain);
  EXPECT_EQ(DetectEncoding("abc\xE4\xB8", false).encoding, Encoding::kUtf8);
}

TEST(DetectEncoding, TakesUtf8WithSomeBrokenBytesForUtf8) {
  const Detected detected = DetectEncoding("好的   文本\xFF\x80其余   文本\n", true);
  EXPECT_EQ(detected.encoding, Encoding::kUtf8);
  EXPECT_TRUE(detected.certain);
}

TEST(DetectEncoding, DoesNotTakeAStrayZeroForUtf16) {
  EXPECT_EQ(DetectEncoding("ab\0c\n"s, true).encoding, Encoding::kUtf8);
  EXPECT_EQ(DetectEncoding("{\"a\": \0}\n"s, true).encoding, Encoding::kUtf8);
}

TEST(DetectEncoding, CallsATextWithOneZeroAText) {
  const std::string english = "The quick brown fox jumps over the lazy dog\n";
  for (size_t at = 0; at < english.size(); ++at) {
    for (const std::string& line : {english, english + "."}) {
      std::string text = line;
      text.insert(at, 1, '\0');
      const Detected detected = DetectEncoding(text, true);
      EXPECT_EQ(detected.encoding, Encoding::kUtf8) << at;
      EXPECT_FALSE(detected.binary) << at;
      std::string chinese(kSimplified);
      chinese.insert(std::min(at * 3, chinese.size()), 1, '\0');
      EXPECT_EQ(DetectEncoding(chinese, true).encoding, Encoding::kUtf8) << at;
      EXPECT_FALSE(DetectEncoding(chinese, true).binary) << at;
    }
  }
}

TEST(DetectEncoding, SeesThatAPictureIsNoText) {
  EXPECT_TRUE(
      DetectEncoding("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x04\0\0\0\x03\0\x08\x06"s, true).binary);
  EXPECT_TRUE(DetectEncoding("\x1F\x8B\x08\0\0\0\0\0\0\x03\xCB\x48\xCD\xC9"s, true).binary);
}

TEST(DetectEncoding, SeesThatRandomBytesAreNoText) {
  std::string bytes;
  uint32_t state = 1;
  for (int i = 0; i < 4096; ++i) {
    state = state * 1664525 + 1013904223;
    bytes.push_back(static_cast<char>(state >> 24));
  }
  EXPECT_TRUE(DetectEncoding(bytes, true).binary);
}

TEST(DetectEncoding, IsNotCertainWithoutEvidence) {
  // Two rare characters in either encoding.
  EXPECT_FALSE(DetectEncoding("\xE6\xE4\xF0\xF1", true).certain);
  EXPECT_FALSE(DetectEncoding("\xFF\xFF\xFF", true).certain);
}

TEST(DetectEncoding, CallsAnEmptyFileUtf8) {
  EXPECT_EQ(DetectEncoding("", true).encoding, Encoding::kUtf8);
  EXPECT_TRUE(DetectEncoding("", true).certain);
}

}  // namespace
}  // namespace siku
